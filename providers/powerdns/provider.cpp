#include "providers/powerdns/provider.h"

#include "providers/powerdns/find_zones.h"
#include "providers/powerdns/names.h"
#include "providers/powerdns/server.h"
#include "providers/settings.h"

namespace understudy::powerdns {
namespace {

constexpr int kBatchSize = 100;  // names in a write
constexpr int kOperationSize = 5000;

class PowerDns final : public Service {
  public:
    explicit PowerDns(Server server) : server_(std::move(server)) {}

    Capabilities capabilities() const override {
        Capabilities can;
        can.operation_size = kOperationSize;
        can.batch_size = kBatchSize;
        return can;
    }

    Talk<Result<ZoneFindings>> find_zones(std::vector<std::string> names) const override {
        return powerdns::find_zones(server_, std::move(names));
    }

    Talk<Read> read(ZoneRef zone, std::vector<std::string> names, Extent extent) const override {
        auto sets = co_await read_sets_of(server_, zone.id, std::move(names), extent);
        if (!sets) co_return sets.error();
        co_return make_names(server_, zone.id, *std::move(sets), capabilities());
    }

    Talk<Result<Verification>> verify() const override {
        const auto server = co_await server_.get("");
        if (!server) co_return server.error();
        const auto text = [&server](const char* key) {
            return foreign_text(server->root()[key].string().value_or("unknown"), {});
        };
        // The recursor's API looks alike.
        if (text("daemon_type") != "authoritative") {
            co_return rejected("the server is a PowerDNS of type '" + text("daemon_type") +
                                   "', not an authoritative one",
                               "give the web server address of pdns_server");
        }
        Verification report;
        report.proven.push_back("the key is accepted by PowerDNS Authoritative " + text("version"));
        report.unproven.push_back(
            "that records may be changed: a proxy in front may refuse PATCH, and some backends "
            "are read-only; only a change proves it");
        co_return std::move(report);
    }

  private:
    Server server_;
};

}  // namespace

Result<std::unique_ptr<Provider>> make(std::string_view settings, const Secret& credential) {
    auto server = Server::make(settings, credential);
    if (!server) return server.error();
    return make_provider_of(std::make_unique<const PowerDns>(*std::move(server)));
}

}  // namespace understudy::powerdns
