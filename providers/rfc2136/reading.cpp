// How a name is read: one question for each type, and one for its zone where no answer told it.
#include <utility>

#include "base/domain_name.h"
#include "providers/rfc2136/server.h"

namespace understudy::rfc2136 {
namespace {

class ReadName {
  public:
    ReadName(const Server& server, const ZoneRef& zone, std::string name)
        : server_(server), zone_(zone), name_(std::move(name)) {}

    Talk<Result<NameReading>> run() {
        if (const auto error = co_await take(dns::kA)) co_return *error;
        if (more() && !reading_.alias) {
            if (const auto error = co_await take(dns::kAaaa)) co_return *error;
        }
        if (more() && !reading_.alias && !zone_told_) {
            if (const auto error = co_await take(dns::kSoa)) co_return *error;
            if (more() && !zone_told_ && !reading_.alias)
                reading_.problem = not_served(name_, server_);
        }
        co_return std::move(reading_);
    }

  private:
    bool more() const { return !gone_ && !reading_.problem; }

    Talk<std::optional<Error>> take(std::uint16_t type) {
        const Reply reply = co_await server_.query(name_, type);
        if (const auto* error = error_of(reply)) co_return *error;
        const auto& message = std::get<DnsMessage>(reply);
        if (!message.authoritative) {
            reading_.problem = not_served(name_, server_);
            co_return std::nullopt;
        }
        for (const auto& record : message.answer)
            take_record(record);
        if (!reading_.alias) judge_zone(message);
        gone_ = message.code == dns::kNxDomain && !reading_.alias;
        co_return std::nullopt;
    }

    void judge_zone(const DnsMessage& message) {
        const auto told = zone_told(message, name_);
        if (!told) return;
        zone_told_ = true;
        if (*told == zone_.name) return;
        reading_.problem = conflict(
            "'" + name_ + "' is in the zone '" + *told + "', and not in '" + zone_.name + "'",
            "remove the domain and add it again, so that its zone is looked for; check "
            "settings.zone");
    }

    // What stands behind a CNAME has another name.
    void take_record(const DnsRecord& record) {
        if (record.name != name_ || record.kind != dns::kIn) return;
        if (record.type == dns::kCname) reading_.alias = true;
        for (auto* set : {&reading_.a, &reading_.aaaa}) {
            if (set->type != record.type) continue;
            set->ttl = record.ttl;
            set->contents.push_back(record.data);
        }
    }

    const Server& server_;
    const ZoneRef& zone_;
    std::string name_;
    NameReading reading_;
    bool zone_told_ = false;
    bool gone_ = false;  // there is no such name
};

}  // namespace

Error not_served(const std::string& name, const Server& server) {
    return not_found("DNS server " + server.where() + " does not decide about '" + name +
                         "': the name is delegated to others, or this server only passes on",
                     "give the primary server of the zone that the name is in");
}

Talk<Service::Read> Server::read(ZoneRef zone, std::vector<std::string> names, Extent) const {
    NameReadings readings;
    for (const auto& name : names) {
        ReadName reader{*this, zone, name};
        auto reading = co_await reader.run();
        if (!reading) co_return reading.error();
        readings.insert_or_assign(name, *std::move(reading));
    }
    co_return make_names(*this, zone.name, std::move(readings));
}

}  // namespace understudy::rfc2136
