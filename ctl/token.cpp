#include "ctl/command.h"
#include "ctl/display.h"
#include "ctl/listing.h"
#include "ctl/request_body.h"

namespace understudy::ctl {
namespace {

std::string scope_text(json::Value token) {
    const json::Value scope = token["scope"];
    if (!is_set(scope)) return "everything";
    std::string text;
    if (is_set(scope["pools"])) text = "pools " + joined(scope["pools"]);
    if (scope["labels"].size() == 0) return text;
    return text + (text.empty() ? "" : ", ") + labels_text(scope["labels"]);
}

std::string or_word(json::Value value, const char* otherwise) {
    return is_set(value) ? time_text(value) : std::string{otherwise};
}

Cell end_cell(json::Value token) {
    const std::string text = or_word(token["expires"], "never");
    if (is_true(token["expired"])) return {text + " (expired)", Tone::Bad};
    return {text, Tone::Plain};
}

std::string sources_text(json::Value token) {
    return token["sources"].size() == 0 ? std::string{"everywhere"} : joined(token["sources"]);
}

std::string last_use(json::Value token) {
    const std::string when = or_word(token["last_used"], "never");
    return is_set(token["last_used_from"]) ? when + " from " + text_of(token["last_used_from"])
                                           : when;
}

std::string token_list(const Session& session, json::Value answer) {
    return draw_list(session, answer["items"],
                     {{"ACCESSOR", "id", number_text},
                      {"NAME", "name", text_of},
                      {"ROLE", "role", text_of},
                      {"SCOPE", "", scope_text},
                      {"FROM", "", sources_text, kOnlyWide},
                      {"EXPIRES", "", end_cell},
                      {"LAST USED", "", last_use},
                      {"MADE BY", "made_by", text_of, kOnlyWide}});
}

std::string token_view(const Session& session, json::Value token) {
    return session.draw({{"accessor", number_text(token["id"])},
                         {"name", text_of(token["name"])},
                         {"role", text_of(token["role"])},
                         {"scope", scope_text(token)},
                         {"taken from", sources_text(token)},
                         {"expires", end_cell(token)},
                         {"made", time_text(token["made"])},
                         {"made by", is_set(token["made_by"]) ? text_of(token["made_by"])
                                                              : std::string{"on its machine"}},
                         {"last used", last_use(token)}});
}

std::string made_view(const Session& session, json::Value answer) {
    return token_view(session, answer["token"]) + "\nThe token, shown only this once:\n" +
           text_of(answer["secret"]) + "\n" +
           (is_set(answer["note"]) ? "\nNote: " + text_of(answer["note"]) + "\n" : "");
}

int add_token(Session& session, const Arguments& arguments) {
    RequestBody body{arguments};
    body.field("name", arguments.words[0]).text("role");
    if (const auto pools = arguments.list("pool"); !pools.empty()) body.list("pools", pools);
    if (!arguments.list("label").empty()) body.labels();
    if (const auto from = arguments.list("from"); !from.empty()) body.list("sources", from);
    body.text("until", "expires").text("for");
    const auto text = body.take();
    if (!text) return session.complain(kUsage, text.error());
    return session.show(session.post("/tokens", *text),
                        [&](json::Value answer) { return made_view(session, answer); });
}

}  // namespace

std::vector<Command> token_commands() {
    return {
        {"token",
         "add",
         "NAME --role ROLE [options]",
         "Make a token for a person or a program",
         "It is shown once and kept nowhere. A guest sees the page for others, a viewer looks at "
         "everything; an operator\n"
         "also moves, holds and maintains what is there; an admin also says what there is. With "
         "--pool or --label it sees,\n"
         "hears and moves nothing else. No token makes one that may do more than itself.\n\n"
         "Examples:\n"
         "  understudyctl token add grafana --role viewer --from 192.0.2.10\n"
         "  understudyctl token add acme --role operator --label owner=acme --for 90d\n"
         "  understudyctl token add acme-page --role guest --label owner=acme\n",
         {needed("role", "ROLE", "guest, viewer, operator or admin", "for example: --role viewer"),
          {"pool", "NAME", "Only these pools and their servers", 0, true},
          {"label", "KEY=VALUE", "Only servers that carry it, and pools of only such", 0, true},
          {"from", "ADDRESS", "Taken only from there: an address or a network", 0, true},
          {"for", "TIME", "Expires after that: 12h, 90d"},
          {"until", "TIME", "Expires then: 2027-03-01T00:00:00Z"}},
         1,
         1,
         add_token},
        {"token", "list", "", "List tokens, with what they may do and their last use",
         "The last use is known to some ten minutes.\n", kNoOptions, 0, 0, nullptr,
         shows("/tokens", token_list)},
        {"token", "show", "NAME", "Show a token by name or accessor", "", kNoOptions, 1, 1, nullptr,
         shows("/tokens/{}", token_view)},
        {"token", "revoke", "NAME", "Make a token worthless, at once",
         "By name or accessor. What it was used for stands in the log under its name.\n",
         kNoOptions, 1, 1, nullptr, removes("/tokens/{}", "Token {} revoked.\n")},
    };
}

}  // namespace understudy::ctl
