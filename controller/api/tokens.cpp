// The API's tokens: made, listed, revoked. What a new one may do is what its maker may do, or less.
#include <algorithm>

#include "base/text.h"
#include "controller/api/answers.h"
#include "controller/api/handlers.h"
#include "controller/api/lookup.h"
#include "controller/api/page.h"
#include "controller/api/view_parts.h"

namespace understudy::api {
namespace {

Role read_role(Fields& fields) {
    const std::string word = fields.required_text("role");
    const auto role = from_text<Role>(word);
    if (!role && !word.empty()) {
        fields.complain("role", quoted(word) + " is no role",
                        "one of: " + listed(all_words<Role>()));
    }
    return role.value_or(Role::Guest);
}

// What is left out is as the maker has it.
Scope read_scope(const Fleet& fleet, Fields& fields, const Scope& own) {
    Scope scope = own;
    if (fields.has("pools")) {
        const auto names = fields.texts("pools");
        scope.pools.emplace();
        if (names.empty())
            fields.complain("pools", "the list is empty", "name a pool, or leave it out");
        for (std::size_t i = 0; i < names.size(); ++i) {
            const std::string field = "pools[" + std::to_string(i) + "]";
            if (const auto pool = fields.take(as_field(find_pool(fleet, names[i]), field)))
                scope.pools->push_back((*pool)->id);
        }
        // What is seen of the fleet is kept for each scope: the same one is the same.
        std::ranges::sort(*scope.pools);
        scope.pools->erase(std::unique(scope.pools->begin(), scope.pools->end()),
                           scope.pools->end());
    }
    for (const auto& [key, content] : fields.labels("labels"))
        scope.labels[key] = content;
    return scope;
}

std::vector<Network> read_sources(Fields& fields) {
    std::vector<Network> sources;
    const auto texts = fields.texts("sources");
    for (std::size_t i = 0; i < texts.size(); ++i) {
        if (const auto network = parse_network(texts[i])) {
            sources.push_back(*network);
        } else {
            fields.complain("sources[" + std::to_string(i) + "]",
                            quoted(texts[i]) + " is no address or network", kNetworkForms);
        }
    }
    return sources;
}

WallTime read_end(Fields& fields, WallTime now) {
    const auto until = fields.time("expires");
    const auto span = fields.span("for");
    if (until && span) fields.complain("for", "expires says the end already", "give one of them");
    return span ? now + *span : until.value_or(WallTime{});
}

Token read_token(const Call& call, Fields& fields) {
    Token token;
    token.name = fields.label("name");
    token.role = read_role(fields);
    token.scope = read_scope(call.api.fleet(), fields, call.caller.scope);
    token.sources = read_sources(fields);
    token.expires = read_end(fields, call.wall);
    return token;
}

constexpr const char* kVouchedNote =
    "whom a proxy vouches for makes tokens of at most 90 days: make another one before it expires";

// {"token": {...}, "secret": "usk_...", "note": null}
AfterCommit show_made(const Call& call, Secret secret) {
    return [secret = std::move(secret), wall = call.wall,
            note = call.caller.vouched ? kVouchedNote : ""](const Context& api, std::int64_t id) {
        return shown(api.fleet().token(TokenId{id}), [&](json::Writer& out, const Token& token) {
            out.begin_object().key("token");
            write_token(out, api.fleet(), token, wall);
            out.field("secret", secret.reveal()).text_or_null("note", note).end_object();
        });
    };
}

}  // namespace

void write_scope(json::Writer& out, const Fleet& fleet, const Scope& scope) {
    const Scope* narrow = scope.everything() ? nullptr : &scope;
    out.object_or_null("scope", narrow, [&](const Scope& its) {
        if (its.pools) {
            out.list("pools", *its.pools, [&](PoolId id) {
                const Pool* pool = fleet.pool(id);
                out.value(pool ? pool->name : "(removed pool " + to_string(id) + ")");
            });
        } else {
            out.key("pools").null();
        }
        write_labels(out, its.labels);
    });
}

void write_token(json::Writer& out, const Fleet& fleet, const Token& token, WallTime now) {
    out.begin_object().field("id", token.id.value).field("name", token.name);
    out.field("role", to_text(token.role));
    write_scope(out, fleet, token.scope);
    out.list("sources", token.sources, [&](const Network& each) { out.value(to_string(each)); });
    out.field("expires", unless_epoch(token.expires)).field("expired", token.expired(now));
    out.field("made", token.made).text_or_null("made_by", token.made_by);
    out.field("last_used", unless_epoch(token.used));
    out.text_or_null("last_used_from", token.used_from);
    out.end_object();
}

void list_tokens(const Call& call) {
    answer_list(call, call.api.fleet().tokens(), [&](json::Writer& out, const Token& token) {
        write_token(out, call.api.fleet(), token, call.wall);
    });
}

void add_token(const Call& call) {
    AddToken order;
    if (!read_body(call, [&](Fields& fields) { order.token = read_token(call, fields); })) return;
    Secret secret = make_token("usk");
    order.token.hash = token_hash(secret.reveal());
    order.token.prefix = token_lookup_prefix(secret.reveal()).value_or("");
    const std::string location = "/api/v1/tokens/" + order.token.name;
    give_order(call, std::move(order), as_created(show_made(call, std::move(secret)), location));
}

void revoke_token(const Call& call) {
    const auto token = find_token(call.api.fleet(), call.capture());
    if (!token) return call.refuse(token.error());
    if (!read_no_body(call)) return;
    give_order(call, RemoveToken{(*token)->id}, showing(call, nothing));
}

}  // namespace understudy::api
