#include <set>

#include "base/channel_kinds.h"
#include "base/text.h"
#include "ctl/channel_test.h"
#include "ctl/command.h"
#include "ctl/display.h"
#include "ctl/input.h"
#include "ctl/listing.h"
#include "ctl/policy_options.h"
#include "ctl/request_body.h"

namespace understudy::ctl {
namespace {

std::string or_all(const std::string& text) {
    return text.empty() ? "all" : text;
}

// What of its settings says where it leads.
std::string settings_text(json::Value channel) {
    std::string text;
    const ChannelKind* kind = find_channel_kind(text_of(channel["kind"]));
    if (kind == nullptr) return text;
    const json::Value settings = channel["settings"];
    for (const ChannelSetting& setting : kind->settings) {
        std::string one;
        if (!setting.secret) {
            one = setting.single ? text_of(settings[setting.name]) : joined(settings[setting.name]);
        } else if (setting.shown != nullptr) {
            one = text_of(settings[setting.shown_as]);
        }
        if (!one.empty()) add_item(text, one);
    }
    return text;
}

Cell channel_state(json::Value channel) {
    if (is_true(channel["disabled"])) return {"disabled", Tone::Bad};
    return credential_cell(channel["credential_problem"]);
}

std::string channel_list(const Session& session, json::Value answer) {
    const auto all_or_joined = [](json::Value list) { return or_all(joined(list)); };
    return draw_list(
        session, answer["items"],
        {{"NAME", "name", text_of},
         {"KIND", "kind", text_of},
         {"TO", "", settings_text},
         {"TYPES", "types", all_or_joined},
         {"SEVERITY", "severity", text_of},
         {"POOLS", "pools", all_or_joined},
         {"LABELS", "labels", [](json::Value labels) { return or_all(labels_text(labels)); }},
         {"QUIET", "quiet_hours", joined, kOnlyFilled},
         {"STATE", "", channel_state}},
        "No channels yet: nobody is told. See: understudyctl channel add --help");
}

// A secret is asked for when it is needed, and taken when it is given.
void write_by_kind(RequestBody& body, const ChannelSetting& setting) {
    const std::string name{setting.name};
    const Arguments& arguments = body.arguments();
    const bool given = arguments.text(name + "-file") || arguments.text(name + "-env");
    if (!setting.secret && setting.single) {
        body.text(name);
    } else if (!setting.secret) {
        body.list(name, arguments.list(name));
    } else if (given || setting.required) {
        body.secret(name);
    }
}

std::string channel_added_view(const Session&, json::Value answer) {
    const std::string name = name_in(answer["channel"]);
    std::string out =
        "Channel " + name + " added. Try it: understudyctl channel test " + name + "\n";
    if (!answer["secret"].is_null()) {
        out += "\nSigning secret of the webhook, shown only now; give it to the receiver:\n\n  " +
               text_of(answer["secret"]) + "\n";
    }
    return out;
}

void write_channel(RequestBody& body) {
    const Arguments& arguments = body.arguments();
    const ChannelKind* kind = find_channel_kind(arguments.words[0]);
    if (kind == nullptr) {
        return body.refuse(invalid({}, "'" + arguments.words[0] + "' is no kind of channel",
                                   "one of: " + channel_kind_words()));
    }
    body.field("kind", kind->name).field("name", arguments.words[1]);
    body.list("types", arguments.list("type")).list("pools", arguments.list("pool")).labels();
    if (const auto written = write_attention(body.writer(), arguments); !written)
        body.refuse(written.error());
    // A secret is asked for last: not for what is refused anyway.
    for (const ChannelSetting& setting : kind->settings)
        write_by_kind(body, setting);
}

// What several kinds have is one option, with the same help.
std::vector<Option> channel_add_options() {
    std::vector<Option> options;
    std::set<std::string_view> known;
    for (const ChannelKind& kind : channel_kinds()) {
        for (const ChannelSetting& setting : kind.settings) {
            if (!known.insert(setting.name).second) continue;
            const std::string name{setting.name}, help{setting.help};
            if (!setting.secret) {
                options.push_back({name, std::string{setting.value}, help, 0, !setting.single});
                continue;
            }
            for (const Option& option : secret_options(name, help))
                options.push_back(option);
        }
    }
    options.push_back({"type", "TYPE", "Only these types, e.g. failover_triggered", 0, true});
    options.push_back({"pool", "NAME", "Only about these pools", 0, true});
    options.push_back({"label", "KEY=VALUE", "Only about servers with these labels", 0, true});
    return with_attention_options(std::move(options));
}

}  // namespace

std::vector<Command> channel_commands() {
    const std::vector<Option> test_options = {
        {"timeout", "SECONDS", "How long to wait (default 60)"}};
    return {
        {"channel", "add", "KIND NAME [options]", "Say where notifications go",
         "KIND is one of " + channel_kind_words() +
             ".\n\n"
             "Examples:\n"
             "  understudyctl channel add email oncall --to ops@example.org --to "
             "second@example.org\n"
             "  understudyctl channel add webhook chat --url-file url.txt \\\n"
             "      --type failover_triggered,server_recovered\n"
             "  echo https://hooks.example.org/abc | understudyctl channel add webhook hook\n"
             "  understudyctl channel add telegram night --chat -1001234567890 --credential-file "
             "bot.txt\n",
         channel_add_options(), 2, 2, nullptr,
         order("POST", "/channels", channel_added_view, write_channel)},
        {"channel", "list", "", "List channels", "", kNoOptions, 0, 0, nullptr,
         shows("/channels", channel_list)},
        {"channel", "test", "NAME", "Send a test message and wait for what becomes of it", "",
         test_options, 1, 1, test_channel},
        {"channel", "enable", "NAME", "Enable a channel whose receiver had answered 410",
         "What was not delivered before is tried again with: understudyctl notifications retry "
         "--channel NAME\n",
         kNoOptions, 1, 1, nullptr,
         order("POST", "/channels/{}/enable",
               "Channel {} enabled. Try it: understudyctl channel test {}\n")},
        {"channel", "remove", "NAME", "Remove a channel", "", kNoOptions, 1, 1, nullptr,
         removes("/channels/{}", "Channel {} removed, with what it had not delivered.\n")},
    };
}

}  // namespace understudy::ctl
