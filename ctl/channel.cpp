#include "ctl/channel_test.h"
#include "ctl/command.h"
#include "ctl/display.h"
#include "ctl/input.h"

namespace understudy::ctl {
namespace {

std::string or_all(const std::string& text) {
    return text.empty() ? "all" : text;
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
            const json::Value settings = channel["settings"];
            table.rows.push_back({name_in(channel), text_of(channel["kind"]),
                                  joined(settings["to"]) + text_of(settings["origin"]),
                                  or_all(joined(channel["types"])),
                                  or_all(joined(channel["pools"])),
                                  or_all(labels_text(channel["labels"])), channel_state(channel)});
        });
        return session.draw(table);
    });
}

void write_list(json::Writer& body, const char* name, const std::vector<std::string>& items) {
    body.key(name).begin_array();
    for (const std::string& item : items)
        body.value(item);
    body.end_array();
}

// Writes what a webhook needs; the URL is a secret, because chat services put tokens into it.
std::optional<Error> write_webhook(json::Writer& body, const Arguments& arguments) {
    const auto url = read_secret(arguments, "url");
    if (!url) return url.error();
    body.field("url", url->reveal());
    if (!arguments.text("secret-file") && !arguments.text("secret-env")) return std::nullopt;
    const auto secret = read_secret(arguments, "secret");
    if (!secret) return secret.error();
    body.field("secret", secret->reveal());
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
    const std::string& kind = arguments.words[0];
    const auto labels = arguments.pairs("label");
    if (!labels) return session.complain(kUsage, labels.error());
    json::Writer body;
    body.begin_object().field("kind", kind).field("name", arguments.words[1]);
    if (kind == "webhook") {
        if (const auto trouble = write_webhook(body, arguments))
            return session.complain(kUsage, *trouble);
    } else if (kind == "email") {
        write_list(body, "to", arguments.list("to"));
    } else {
        return session.usage("", "'" + kind + "' is no kind of channel", "one of: email, webhook");
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

int enable_channel(Session& session, const Arguments& arguments) {
    const std::string& name = arguments.words[0];
    const auto answer = session.post("/channels" + path_part(name) + "/enable");
    if (!answer) return session.failure();
    return session.show(*answer, [&](json::Value) {
        return "Channel " + name + " enabled. Try it: understudyctl channel test " + name + "\n";
    });
}

int remove_channel(Session& session, const Arguments& arguments) {
    if (!session.remove("/channels" + path_part(arguments.words[0]))) return session.failure();
    if (!session.json()) {
        session.print("Channel " + arguments.words[0] +
                      " removed, with what it had not delivered.\n");
    }
    return kOk;
}

std::vector<Option> channel_add_options() {
    std::vector<Option> options = {
        {"to", "ADDRESS", "E-mail: a recipient; may be given several times", 0, true},
    };
    for (const Option& option : secret_options("url", "Webhook: the receiver's URL"))
        options.push_back(option);
    for (const Option& option :
         secret_options("secret", "Webhook: signing secret (whsec_...); made if left out")) {
        options.push_back(option);
    }
    options.push_back({"type", "TYPE", "Only these types, e.g. failover_triggered", 0, true});
    options.push_back({"pool", "NAME", "Only about these pools", 0, true});
    options.push_back({"label", "KEY=VALUE", "Only about servers with these labels", 0, true});
    return options;
}

}  // namespace

std::vector<Command> channel_commands() {
    return {
        {"channel", "add", "email|webhook NAME [options]", "Say where notifications go",
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
         enable_channel},
        {"channel", "remove", "NAME", "Remove a channel", "", {}, 1, 1, remove_channel},
    };
}

}  // namespace understudy::ctl
