#include <algorithm>
#include <utility>

#include "base/domain_name.h"
#include "providers/rfc2136/server.h"

namespace understudy::rfc2136 {
namespace {

class FindZones {
  public:
    FindZones(const Server& server, std::optional<std::string> only)
        : server_(server), only_(std::move(only)) {
        findings_.absent = not_found(
            "DNS server " + server.where() + " has no zone of it, or does not decide about it",
            "make the zone there, or give the server that has it");
    }

    Talk<Result<ZoneFindings>> run(std::vector<std::string> names) {
        if (only_) {
            names.assign(1, *only_);
            findings_.complete = true;
        }
        for (const auto& name : names) {
            if (const auto error = co_await look_for(name)) co_return *error;
        }
        co_return std::move(findings_);
    }

  private:
    Talk<std::optional<Error>> look_for(std::string name) {
        auto asked = zone_candidates(name);
        if (asked.front() != name) asked.insert(asked.begin(), name);
        for (const auto& each : asked) {
            const Reply reply = co_await server_.query(each, dns::kSoa);
            const auto* denied = std::get_if<Denied>(&reply);
            if (denied != nullptr && denied->may_hide) {
                if (!denied->is_signed) findings_.absent = unproven_absence();
                co_return std::nullopt;
            }
            if (const auto* error = error_of(reply)) co_return *error;
            const auto& message = std::get<DnsMessage>(reply);
            if (is_alias(message)) continue;
            const auto zone = zone_told(message, each);
            zone ? take(*zone) : refuse(name);
            co_return std::nullopt;
        }
        co_return std::nullopt;
    }

    // Its answer is about another name, and so may be the zone in it. No zone begins where a CNAME
    // is: it is in its parent's.
    static bool is_alias(const DnsMessage& message) {
        return message.authoritative && std::ranges::find(message.answer, dns::kCname,
                                                          &DnsRecord::type) != message.answer.end();
    }

    void take(const std::string& zone) {
        if (!only_ || zone == *only_)
            findings_.zones.insert_or_assign(zone, FoundZone{{zone, zone}, {}, {}});
    }

    // The zone of another name may be above it, and would be taken for its own.
    void refuse(const std::string& name) {
        const auto below = zone_candidates(name).front();
        findings_.zones.insert_or_assign(below,
                                         FoundZone{{below, below}, {}, not_served(name, server_)});
    }

    Error unproven_absence() const {
        return not_found("DNS server " + server_.where() +
                             " refuses it without a signature: it has no zone of it, or does not "
                             "accept the key",
                         "make the zone there, or give the server that has it; check "
                         "settings.key_name, settings.algorithm, the secret and both clocks");
    }

    const Server& server_;
    std::optional<std::string> only_;
    ZoneFindings findings_;
};

}  // namespace

Talk<Result<ZoneFindings>> Server::find_zones(std::vector<std::string> names) const {
    FindZones find{*this, account_.zone};
    co_return co_await find.run(std::move(names));
}

}  // namespace understudy::rfc2136
