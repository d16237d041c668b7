#include "base/channel_kinds.h"
#include "ctl/channel_test.h"
#include "ctl/command.h"
#include "ctl/display.h"
#include "ctl/input.h"

namespace understudy::ctl {
namespace {

std::string or_all(const std::string& text) {
    return text.empty() ? "all" : text;
}

// What of its settings says where it leads.
std::string settings_text(json::Value settings) {
    std::string text;
    for (const ChannelKind& kind : channel_kinds()) {
        for (const ChannelSetting& setting : kind.settings) {
            if (!setting.secret) {
                text += joined(settings[setting.name]);
            } else if (setting.shown != nullptr) {
                text += text_of(settings[setting.shown_as]);
            }
        }
    }
    return text;
}

Cell channel_state(json::Value channel) {
    if (channel["disabled"].boolean().value_or(false)) return {"disabled", Tone::Bad};
    return credential_cell(channel["credential_problem"]);
}

int list_channels(Session& session, const Arguments&) {
    const auto answer = session.get("/channels");
    if (!answer) return session.failure();
    return session.show(*answer, [&](json::Value root) {
        Table table;
        table.header = {"NAME", "KIND", "TO", "TYPES", "POOLS", "LABELS", "STATE"};
        table.when_empty = "No channels yet: nobody is told. See: understudyctl channel add --help";
        root["items"].each([&](json::Value channel) {
            table.rows.push_back(
                {name_in(channel), text_of(channel["kind"]), settings_text(channel["settings"]),
                 or_all(joined(channel["types"])), or_all(joined(channel["pools"])),
                 or_all(labels_text(channel["labels"])), channel_state(channel)});
        });
        return session.draw(table);
    });
}

void write_list(json::Writer& body, const std::string& name,
                const std::vector<std::string>& items) {
    body.key(name).begin_array();
    for (const std::string& item : items)
        body.value(item);
    body.end_array();
}

// A secret is asked for when it is needed, and taken when it is given.
std::optional<Error> write_by_kind(json::Writer& body, const Arguments& arguments,
                                   const ChannelSetting& setting) {
    const std::string name{setting.name};
    if (!setting.secret) {
        write_list(body, name, arguments.list(name));
        return std::nullopt;
    }
    const bool given = arguments.text(name + "-file") || arguments.text(name + "-env");
    if (!given && !setting.required) return std::nullopt;
    const auto secret = read_secret(arguments, name);
    if (!secret) return secret.error();
    body.field(name, secret->reveal());
    return std::nullopt;
}

std::string added_view(json::Value answer) {
    const std::string name = name_in(answer["channel"]);
    std::string out =
        "Channel " + name + " added. Try it: understudyctl channel test " + name + "\n";
    if (!answer["secret"].is_null()) {
        out += "\nSigning secret of the webhook, shown only now; give it to the receiver:\n\n  " +
               text_of(answer["secret"]) + "\n";
    }
    return out;
}

int add_channel(Session& session, const Arguments& arguments) {
    const auto labels = arguments.pairs("label");
    if (!labels) return session.complain(kUsage, labels.error());
    const ChannelKind* kind = find_channel_kind(arguments.words[0]);
    if (kind == nullptr) {
        return session.usage("", "'" + arguments.words[0] + "' is no kind of channel",
                             "one of: " + channel_kind_words());
    }
    json::Writer body;
    body.begin_object().field("kind", kind->name).field("name", arguments.words[1]);
    for (const ChannelSetting& setting : kind->settings) {
        if (const auto trouble = write_by_kind(body, arguments, setting))
            return session.complain(kUsage, *trouble);
    }
    write_list(body, "types", arguments.list("type"));
    write_list(body, "pools", arguments.list("pool"));
    body.key("labels").begin_object();
    for (const auto& [key, value] : *labels)
        body.field(key, value);
    body.end_object().end_object();
    const auto answer = session.post("/channels", body.take());
    if (!answer) return session.failure();
    return session.show(*answer, added_view);
}

std::vector<Option> channel_add_options() {
    std::vector<Option> options;
    for (const ChannelKind& kind : channel_kinds()) {
        for (const ChannelSetting& setting : kind.settings) {
            const std::string name{setting.name}, help{setting.help};
            if (!setting.secret) {
                options.push_back({name, std::string{setting.value}, help, 0, true});
                continue;
            }
            for (const Option& option : secret_options(name, help))
                options.push_back(option);
        }
    }
    options.push_back({"type", "TYPE", "Only these types, e.g. failover_triggered", 0, true});
    options.push_back({"pool", "NAME", "Only about these pools", 0, true});
    options.push_back({"label", "KEY=VALUE", "Only about servers with these labels", 0, true});
    return options;
}

}  // namespace

std::vector<Command> channel_commands() {
    return {
        {"channel", "add", channel_kind_words("|") + " NAME [options]",
         "Say where notifications go",
         "Examples:\n"
         "  understudyctl channel add email oncall --to ops@example.org --to second@example.org\n"
         "  understudyctl channel add webhook chat --url-file url.txt \\\n"
         "      --type failover_triggered,server_recovered\n"
         "  echo https://hooks.example.org/abc | understudyctl channel add webhook hook\n",
         channel_add_options(), 2, 2, add_channel},
        {"channel", "list", "", "List channels", "", {}, 0, 0, list_channels},
        {"channel",
         "test",
         "NAME",
         "Send a test message and wait for what becomes of it",
         "",
         {{"timeout", "SECONDS", "How long to wait (default 60)"}},
         1,
         1,
         test_channel},
        {"channel",
         "enable",
         "NAME",
         "Enable a channel whose receiver had answered 410",
         "What was not delivered before is tried again with: understudyctl notifications retry "
         "--channel NAME\n",
         {},
         1,
         1,
         nullptr,
         {"POST", "/channels/{}/enable",
          "Channel {} enabled. Try it: understudyctl channel test {}\n"}},
        {"channel",
         "remove",
         "NAME",
         "Remove a channel",
         "",
         {},
         1,
         1,
         nullptr,
         {"DELETE", "/channels/{}", "Channel {} removed, with what it had not delivered.\n"}},
    };
}

}  // namespace understudy::ctl
