#include "ctl/command.h"
#include "ctl/display.h"
#include "ctl/input.h"

namespace understudy::ctl {
namespace {

int list_providers(Session& session, const Arguments&) {
    const auto answer = session.get("/providers");
    if (!answer) return session.failure();
    return session.show(*answer, [&](json::Value root) {
        Table table;
        table.header = {"NAME", "KIND", "DOMAINS", "CREDENTIAL", "SETTINGS"};
        table.when_empty = "No providers yet. See: understudyctl provider add --help";
        root["items"].each([&](json::Value provider) {
            table.rows.push_back({name_in(provider), text_of(provider["kind"]),
                                  number_text(provider["domains"]),
                                  credential_cell(provider["credential_problem"]),
                                  labels_text(provider["settings"])});
        });
        return session.draw(table);
    });
}

std::string verification_view(const Session& session, json::Value answer) {
    std::string out;
    const auto add = [&](const char* list, const char* mark, Tone tone) {
        answer[list].each([&](json::Value line) {
            out += toned({mark, tone}, session.colours()) + toned(text_of(line), false) + "\n";
        });
    };
    add("proven", "ok        ", Tone::Good);
    add("unproven", "not shown ", Tone::Faint);
    add("warnings", "warning   ", Tone::Warning);
    return out;
}

int verify(Session& session, const std::string& name) {
    const auto answer = session.post("/providers" + path_part(name) + "/verify");
    if (!answer) return session.failure();
    return session.show(*answer,
                        [&](json::Value root) { return verification_view(session, root); });
}

int verify_provider(Session& session, const Arguments& arguments) {
    return verify(session, arguments.words[0]);
}

// The API takes strings, and booleans where a setting is a switch.
void write_setting(json::Writer& body, const std::string& key, const std::string& text) {
    if (text == "true" || text == "false") {
        body.field(key, text == "true");
    } else {
        body.field(key, text);
    }
}

int add_provider(Session& session, const Arguments& arguments) {
    const auto kind = arguments.text("kind");
    if (!kind) return session.usage("--kind", "this is missing", "for example: --kind cloudflare");
    const auto settings = arguments.pairs("set");
    if (!settings) return session.complain(kUsage, settings.error());
    const auto credential = read_secret(arguments, "credential");
    if (!credential) return session.complain(kUsage, credential.error());
    json::Writer body;
    body.begin_object().field("name", arguments.words[0]).field("kind", *kind);
    body.key("settings").begin_object();
    for (const auto& [key, value] : *settings)
        write_setting(body, key, value);
    body.end_object().field("credential", credential->reveal()).end_object();
    const auto answer = session.post("/providers", body.take());
    if (!answer) return session.failure();
    if (session.json()) return session.show(*answer, nullptr);
    const std::string& name = arguments.words[0];
    session.print("Provider " + name + " added. Checking what its credential can do:\n");
    const int code = verify(session, name);
    if (code == kRefused) {
        session.print(
            "It stays, and serves nobody until this is mended; or: understudyctl provider "
            "remove " +
            name + "\n");
    }
    return code;
}

int set_credential(Session& session, const Arguments& arguments) {
    const std::string& name = arguments.words[0];
    const auto credential = read_secret(arguments, "credential");
    if (!credential) return session.complain(kUsage, credential.error());
    json::Writer body;
    body.begin_object().field("credential", credential->reveal()).end_object();
    const auto answer = session.put("/providers" + path_part(name) + "/credential", body.take());
    if (!answer) return session.failure();
    if (session.json()) return session.show(*answer, nullptr);
    session.print("Credential of provider " + name + " replaced. Checking what it can do:\n");
    return verify(session, name);
}

}  // namespace

std::vector<Command> provider_commands() {
    std::vector<Option> add_options = secret_options("credential", "API token or key");
    add_options.insert(add_options.begin(), {"kind", "KIND", "cloudflare or powerdns"});
    add_options.push_back(
        {"set", "KEY=VALUE", "A setting of that kind, e.g. base_url=https://...", 0, true});
    return {
        {"provider", "add", "NAME --kind KIND [options]", "Register an account at a DNS provider",
         "The credential is read from a file, the environment or stdin, never from the command "
         "line; the\n"
         "controller keeps it encrypted and never shows it. For Cloudflare make an API token with "
         "Zone:Read and\n"
         "DNS:Edit for the zones concerned.\n\n"
         "Examples:\n"
         "  understudyctl provider add main --kind cloudflare --credential-file token.txt\n"
         "  pass show cloudflare | understudyctl provider add main --kind cloudflare\n"
         "  understudyctl provider add own --kind powerdns --set "
         "base_url=https://ns1.example.org:8081 \\\n"
         "      --credential-env PDNS_API_KEY\n",
         add_options, 1, 1, add_provider},
        {"provider", "list", "", "List providers", "", {}, 0, 0, list_providers},
        {"provider",
         "verify",
         "NAME",
         "Ask the provider what the credential can do",
         "",
         {},
         1,
         1,
         verify_provider},
        {"provider", "set-credential", "NAME [options]",
         "Replace a provider's credential, also while it serves domains",
         "Make the new credential first, replace it here, and void the old one at the provider "
         "when the\n"
         "check below is content. Records are compared at once with the new one.\n\n"
         "Example:\n"
         "  understudyctl provider set-credential main --credential-file token.txt\n",
         secret_options("credential", "New API token or key"), 1, 1, set_credential},
        {"provider",
         "remove",
         "NAME",
         "Remove a provider without domains",
         "",
         {},
         1,
         1,
         nullptr,
         {"DELETE", "/providers/{}", "Provider {} removed, and its credential with it.\n"}},
    };
}

}  // namespace understudy::ctl
