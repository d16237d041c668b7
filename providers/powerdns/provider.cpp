#include "providers/powerdns/provider.h"

#include <utility>

#include "providers/locate.h"
#include "providers/powerdns/find_zones.h"
#include "providers/powerdns/read.h"
#include "providers/powerdns/replace.h"
#include "providers/powerdns/server.h"
#include "providers/powerdns/verify.h"

namespace understudy::powerdns {
namespace {

class PowerDns final : public Provider {
  public:
    explicit PowerDns(std::shared_ptr<const Server> server) : server_(std::move(server)) {}

    Capabilities capabilities() const override {
        Capabilities can;
        can.operation_size = kOperationSize;
        can.batch_size = kBatchSize;
        return can;
    }

    std::unique_ptr<Operation> find_zones(std::vector<std::string> names) const override {
        return make_find_zones(server_, std::move(names));
    }

    std::unique_ptr<Operation> locate(const std::string& name) const override {
        return make_locate(name, make_find_zones(server_, {name}),
                           [server = server_, name](const ZoneRef& zone) {
                               return make_read(server, zone, {name});
                           });
    }

    std::unique_ptr<Operation> read(const ZoneRef& zone,
                                    std::vector<std::string> names) const override {
        return make_read(server_, zone, std::move(names));
    }

    std::unique_ptr<Operation> replace(const ZoneRef& zone,
                                       std::vector<RecordReplacement> replacements) const override {
        return make_replace(server_, zone, std::move(replacements));
    }

    std::unique_ptr<Operation> verify() const override { return make_verify(server_); }

  private:
    std::shared_ptr<const Server> server_;
};

}  // namespace

Result<std::unique_ptr<Provider>> make(std::string_view settings, const Secret& credential) {
    auto server = Server::make(settings, credential);
    if (!server) return server.error();
    std::unique_ptr<Provider> provider =
        std::make_unique<PowerDns>(std::make_shared<const Server>(*std::move(server)));
    return provider;
}

}  // namespace understudy::powerdns
