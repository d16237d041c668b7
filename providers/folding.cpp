#include "providers/folding.h"

#include <algorithm>

#include "base/domain_name.h"
#include "providers/settings.h"

namespace understudy {

std::string comparable_name(std::string_view name) {
    auto canonical = canonical_name("name", name);
    if (canonical) return *std::move(canonical);
    return std::string{name.ends_with('.') ? name.substr(0, name.size() - 1) : name};
}

std::string alias_in_the_way(std::string_view type, std::string_view) {
    const bool is = type == "CNAME" || type == "ALIAS" || type == "LUA";
    return is ? "has a record of type " + std::string{type} : std::string{};
}

std::string sets_differ_in_ttl(const std::string& quoted_name, Ttl first, Ttl other) {
    return "the A and AAAA records of " + quoted_name + " differ in TTL (" +
           std::to_string(first.seconds) + " and " + std::to_string(other.seconds) + ")";
}

std::string records_differ_in_ttl(const std::string& quoted_name, Ttl first, Ttl other) {
    const auto shown = [](Ttl ttl) { return ttl.automatic() ? 1 : ttl.seconds; };
    const auto [least, most] = std::minmax({shown(first), shown(other)});
    return "the address records of " + quoted_name + " differ in TTL (" + std::to_string(least) +
           " and " + std::to_string(most) + ")";
}

void Folding::refuse(const std::string& what, std::string_view remedy) {
    std::string mended{remedy};
    mended.replace(mended.find('@'), 1, words_.where);
    reading_.problem = conflict(what, std::move(mended));
}

void Folding::add(std::string_view type, std::span<const std::string> contents, Ttl ttl,
                  bool proxied) {
    if (contents.empty() || reading_.problem) return;
    const auto name = [this] { return "'" + reading_.name + "'"; };
    const auto way = words_.in_the_way(type, contents.front());
    if (!way.empty()) return refuse(name() + " " + way, "replace it @ by an A record");
    if (type != "A" && type != "AAAA") return;
    auto& state = reading_.state;
    for (const auto& content : contents) {
        if (add_address(type, content, state.addresses)) continue;
        return refuse(name() + " has the " + std::string{type} + " record '" +
                          foreign_text(content, {}) + "', which is no address",
                      "correct it @");
    }
    constexpr std::string_view kAlike = "make them alike @: they move as one";
    if (reading_.exists && state.proxied != proxied) {
        return refuse("some address records of " + name() + " are proxied and some are not",
                      kAlike);
    }
    if (reading_.exists && state.ttl != ttl)
        return refuse(words_.ttls_differ(name(), state.ttl, ttl), kAlike);
    reading_.exists = true;
    state.proxied = proxied;
    state.ttl = ttl;
}

RecordReading Folding::take() && {
    if (reading_.problem) return {std::move(reading_.name), false, {}, std::move(reading_.problem)};
    reading_.state.addresses.normalise();
    return std::move(reading_);
}

std::vector<std::string> address_texts(const AddressSet& addresses, std::string_view type) {
    std::vector<std::string> out;
    if (type == "A") {
        for (const auto& address : addresses.ipv4)
            out.push_back(to_string(address));
    } else {
        for (const auto& address : addresses.ipv6)
            out.push_back(to_string(address));
    }
    return out;
}

std::string plain_address(const std::string& content) {
    const auto ipv6 = parse_ipv6(content);
    return ipv6 ? to_string(*ipv6) : content;
}

bool add_address(std::string_view type, std::string_view content, AddressSet& addresses) {
    if (type == "A") {
        const auto ipv4 = parse_ipv4(content);
        if (ipv4) addresses.ipv4.push_back(*ipv4);
        return ipv4.has_value();
    }
    const auto ipv6 = parse_ipv6(content);
    if (ipv6) addresses.ipv6.push_back(*ipv6);
    return ipv6.has_value();
}

}  // namespace understudy
