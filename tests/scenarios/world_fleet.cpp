// Commands that register things, change them and remove them.
#include <algorithm>

#include "tests/scenarios/script.h"
#include "tests/scenarios/world.h"
#include "tests/support/policy_words.h"

namespace understudy::scenarios {
namespace {

using Options = std::map<std::string, std::string>;

std::uint32_t number_of(const std::string& text) {
    return static_cast<std::uint32_t>(std::stoul(text));
}

void change(Policy& policy, const std::string& key, const std::string& text) {
    if (!test::set_policy_word(policy, key, text))
        fail("a policy cannot have '" + key + "=" + text + "'");
}

}  // namespace

const World::Commands& World::fleet_commands() {
    static const Commands commands{{"adopt", &World::adopt},
                                   {"channel", &World::add_channel},
                                   {"domain", &World::add_domain},
                                   {"edit-server", &World::edit_server},
                                   {"enforce", &World::enforce},
                                   {"enroll", &World::enroll},
                                   {"move", &World::move_domains},
                                   {"pool", &World::add_pool},
                                   {"replace-credential", &World::replace_credential},
                                   {"rotate-token", &World::rotate_token},
                                   {"server", &World::add_server},
                                   {"set-policy", &World::set_policy}};
    return commands;
}

// labels=region:eu
static std::map<std::string, std::string> labels_in(
    const std::map<std::string, std::string>& given) {
    if (!given.contains("labels")) return {};
    const auto label = split(given.at("labels"), ':');
    return {{label.at(0), label.at(1)}};
}

void World::add_server(const Words& words) {
    const auto addresses = addresses_of(words.at(2));
    AddServer order_;
    order_.name = words.at(1);
    order_.ipv4 = addresses.ipv4.at(0);
    if (!addresses.ipv6.empty()) order_.ipv6 = addresses.ipv6.front();
    order_.token_prefix = words.at(1);
    order_.token_hash = "hash";
    order_.labels = labels_in(options(words, 3));
    order_.dynamic = options(words, 3).contains("dynamic");
    if (options(words, 3).contains("code")) order_.code_hash = options(words, 3).at("code");
    order(std::move(order_));
}

void World::add_domain(const Words& words) {
    const auto given = options(words, 3);
    AddDomain add;
    add.name = words.at(1);
    add.provider = provider("cloudflare");
    add.zone_id = "zone";
    add.zone_name = given.contains("zone") ? given.at("zone") : "example.org";
    for (const std::string& name : split(words.at(2), ',')) {
        if (engine_->fleet().pool_named(name) != nullptr) {
            add.pool.name = name;
        } else {
            add.pool.members.push_back(server(name));
        }
    }
    add.with_ipv6 = given.contains("ipv6");
    add.enforce = given.contains("enforce");
    add.exists = !given.contains("absent");
    add.observed.ttl = given.contains("ttl")
                           ? Ttl{static_cast<std::uint32_t>(std::stoul(given.at("ttl")))}
                           : Ttl{300};
    add.observed.proxied = given.contains("proxied");
    if (given.contains("holds")) {
        add.observed.addresses = addresses_of(given.at("holds"));
    } else if (add.exists) {
        add.observed.addresses = usual_content(add);
    }
    add.pool.policy = policy_;
    order(std::move(add));
}

// Of a server: its name is the token's prefix, the same word with + that of the one that waits.
void World::rotate_token(const Words& words) {
    const auto given = options(words, 2);
    RotateToken rotate{server(words.at(1)), "hash", words.at(1) + "+"};
    if (given.contains("code")) rotate.code_hash = given.at("code");
    rotate.at_once = given.contains("at-once");
    order(std::move(rotate));
}

void World::enroll(const Words& words) {
    const std::string token = words.size() > 2 ? words.at(2) : words.at(1) + "+";
    order(EnrollAgent{words.at(1), token, token});
}

// The primary's address, or those of all that an active_active pool publishes.
AddressSet World::usual_content(const AddDomain& add) const {
    const Fleet& fleet = engine_->fleet();
    const Pool* known = fleet.pool_named(add.pool.name);
    if (known != nullptr) {
        const Target target = known->active_active() ? known->target : Target{known->primary()};
        return fleet.addresses_of(*known, target, add.with_ipv6);
    }
    const Server& first = *fleet.server(add.pool.members.at(0));
    return make_address_set(first.ipv4, add.with_ipv6 ? first.ipv6 : std::nullopt);
}

void World::add_channel(const Words& words) {
    const auto given = options(words, 2);
    AddChannel add;
    add.channel.name = words.at(1);
    add.channel.kind = "webhook";
    add.channel.settings = "{}";
    if (given.contains("types")) {
        for (const auto& type : split(given.at("types"), ',')) {
            add.channel.types.insert(from_text<NoticeType>(type).value());
        }
    }
    if (given.contains("severity"))
        add.channel.attention.severity = from_text<Severity>(given.at("severity")).value();
    if (given.contains("remind"))
        add.channel.attention.remind_every_s = std::chrono::seconds{std::stoi(given.at("remind"))};
    if (given.contains("after"))
        add.channel.attention.after_min = std::chrono::minutes{std::stoi(given.at("after"))};
    // quiet=mon-fri_22:00-07:00_UTC
    if (given.contains("quiet")) {
        std::string text = given.at("quiet");
        std::ranges::replace(text, '_', ' ');
        add.channel.attention.quiet_hours.push_back(parse_kept_quiet_hours(text).value());
    }
    add.channel.labels = labels_in(given);
    if (given.contains("pool")) {
        add.channel.pools.push_back(pool(given.at("pool")));
    }
    order(std::move(add));
}

void World::edit_server(const Words& words) {
    const auto addresses = addresses_of(words.at(2));
    EditServer edit;
    edit.server = server(words.at(1));
    edit.ipv4 = addresses.ipv4.at(0);
    edit.ipv6.emplace();
    if (!addresses.ipv6.empty()) edit.ipv6 = addresses.ipv6.front();
    const auto given = options(words, 3);
    if (given.contains("dynamic")) edit.dynamic = given.at("dynamic") == "on";
    order(std::move(edit));
}

void World::set_default_policy(const Words& words) {
    for (const auto& [key, text] : options(words, 1))
        change(policy_, key, text);
}

void World::add_pool(const Words& words) {
    Policy policy = policy_;
    for (const auto& [key, text] : options(words, 3))
        change(policy, key, text);
    order(AddPool{words.at(1), split(words.at(2), ','), policy});
}

void World::set_policy(const Words& words) {
    Policy policy = engine_->fleet().pool(pool(words.at(1)))->policy;
    for (const auto& [key, text] : options(words, 2))
        change(policy, key, text);
    order(SetPolicy{pool(words.at(1)), policy});
}

// move DOMAIN... POOL [force]
void World::move_domains(const Words& words) {
    MoveDomains moving;
    moving.force = words.back() == "force";
    const std::size_t last = words.size() - (moving.force ? 2 : 1);
    for (std::size_t i = 1; i < last; ++i)
        moving.domains.push_back(domain(words[i]));
    moving.pool = pool(words.at(last));
    order(std::move(moving));
}

// What the provider serves when a person speaks: [ttl=N] [proxied]
static RecordState state_in(const std::vector<std::string>& words) {
    const auto given = options(words, 3);
    const Ttl ttl{given.contains("ttl") ? number_of(given.at("ttl")) : 300};
    return {addresses_of(words.at(2)), ttl, given.contains("proxied")};
}

void World::adopt(const Words& words) {
    order(AdoptDomain{domain(words.at(1)), state_in(words)});
}

void World::enforce(const Words& words) {
    order(EnforceDomain{domain(words.at(1)), state_in(words)});
}

void World::replace_credential(const Words& words) {
    order(ReplaceCredential{provider(words.at(1)), "sealed anew"});
}

}  // namespace understudy::scenarios
