#include "ctl/command.h"
#include "ctl/display.h"
#include "ctl/input.h"
#include "ctl/listing.h"
#include "ctl/request_body.h"

namespace understudy::ctl {
namespace {

std::string provider_list(const Session& session, json::Value answer) {
    return draw_list(session, answer["items"],
                     {{"NAME", "name", text_of},
                      {"KIND", "kind", text_of},
                      {"DOMAINS", "domains", number_text},
                      {"CREDENTIAL", "credential_problem", credential_cell},
                      {"SETTINGS", "settings", labels_text}},
                     "No providers yet. See: understudyctl provider add --help");
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

const PlainOrder kVerify{"POST", "/providers/{}/verify", {}, verification_view};

// The API takes strings, and booleans where a setting is a switch.
void write_settings(RequestBody& body) {
    const auto settings = body.arguments().pairs("set");
    if (!settings) return body.refuse(settings.error());
    body.writer().key("settings").begin_object();
    for (const auto& [key, text] : *settings) {
        const bool is_switch = text == "true" || text == "false";
        is_switch ? body.field(key, text == "true") : body.field(key, text);
    }
    body.writer().end_object();
}

int add_provider(Session& session, const Arguments& arguments) {
    RequestBody body{arguments};
    body.field("name", arguments.words[0]).text("kind");
    write_settings(body);
    const auto text = body.secret("credential").take();
    if (!text) return session.complain(kUsage, text.error());
    const auto answer = session.post("/providers", *text);
    if (!answer || session.json()) return session.show(answer, nullptr);
    const std::string& name = arguments.words[0];
    session.print("Provider " + name + " added. Checking what its credential can do:\n");
    const int code = give(session, arguments, kVerify);
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
    const auto body = RequestBody{arguments}.secret("credential").take();
    if (!body) return session.complain(kUsage, body.error());
    const auto answer =
        session.request("PUT", "/providers" + path_part(name) + "/credential", *body);
    if (!answer || session.json()) return session.show(answer, nullptr);
    session.print("Credential of provider " + name + " replaced. Checking what it can do:\n");
    return give(session, arguments, kVerify);
}

}  // namespace

std::vector<Command> provider_commands() {
    std::vector<Option> add_options = secret_options("credential", "API token or key");
    add_options.insert(add_options.begin(),
                       needed("kind", "KIND", "cloudflare, powerdns, ...: docs/providers.md",
                              "for example: --kind cloudflare"));
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
         "      --credential-env PDNS_API_KEY\n"
         "  understudyctl provider add bind --kind rfc2136 --set server=192.0.2.53:53 \\\n"
         "      --set key_name=understudy --credential-file secret.txt\n",
         add_options, 1, 1, add_provider},
        {"provider", "list", "", "List providers", "", kNoOptions, 0, 0, nullptr,
         shows("/providers", provider_list)},
        {"provider", "verify", "NAME", "Ask the provider what the credential can do", "",
         kNoOptions, 1, 1, nullptr, kVerify},
        {"provider", "set-credential", "NAME [options]",
         "Replace a provider's credential, also while it serves domains",
         "Make the new credential first, replace it here, and void the old one at the provider "
         "when the\n"
         "check below is content. Records are compared at once with the new one.\n\n"
         "Example:\n"
         "  understudyctl provider set-credential main --credential-file token.txt\n",
         secret_options("credential", "New API token or key"), 1, 1, set_credential},
        {"provider", "remove", "NAME", "Remove a provider without domains", "", kNoOptions, 1, 1,
         nullptr, removes("/providers/{}", "Provider {} removed, and its credential with it.\n")},
    };
}

}  // namespace understudy::ctl
