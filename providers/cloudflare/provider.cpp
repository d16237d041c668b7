#include "providers/cloudflare/provider.h"

#include <utility>

#include "providers/cloudflare/account.h"
#include "providers/cloudflare/find_zones.h"
#include "providers/cloudflare/rate_limit.h"
#include "providers/cloudflare/read.h"
#include "providers/cloudflare/replace.h"
#include "providers/cloudflare/verify.h"
#include "providers/locate.h"

namespace understudy::cloudflare {
namespace {

// The most records that a zone holds by default: a dead shield's whole zone is one operation, which
// reads the zone once, however many batches its changes take.
// developers.cloudflare.com/dns/manage-dns-records
constexpr int kOperationSize = 3500;

class Cloudflare final : public Provider {
  public:
    explicit Cloudflare(std::shared_ptr<const Account> account) : account_(std::move(account)) {}

    Capabilities capabilities() const override {
        Capabilities can;
        can.operation_size = kOperationSize;
        can.batch_size = static_cast<int>(account_->plan().batch_operations);
        can.minimum_ttl_s = account_->plan().minimum_ttl_s;
        can.automatic_ttl = true;
        can.proxying = true;
        can.calls_per_window = 1200;
        can.window = std::chrono::minutes{5};
        return can;
    }

    std::unique_ptr<Operation> find_zones(std::vector<std::string> names) const override {
        return make_find_zones(account_, std::move(names));
    }

    std::unique_ptr<Operation> locate(const std::string& name) const override {
        return make_locate(name, make_find_zones(account_, {name}),
                           [account = account_, name](const ZoneRef& zone) {
                               return make_read(account, zone, {name});
                           });
    }

    std::unique_ptr<Operation> read(const ZoneRef& zone,
                                    std::vector<std::string> names) const override {
        return make_read(account_, zone, std::move(names));
    }

    std::unique_ptr<Operation> replace(const ZoneRef& zone,
                                       std::vector<RecordReplacement> replacements) const override {
        return make_replace(account_, zone, std::move(replacements));
    }

    std::unique_ptr<Operation> verify() const override { return make_verify(account_); }

    std::optional<CallsLeft> calls_left(const HttpResponse& response) const override {
        return read_calls_left(response.header("Ratelimit"));
    }

  private:
    std::shared_ptr<const Account> account_;
};

}  // namespace

Result<std::unique_ptr<Provider>> make(std::string_view settings, const Secret& credential) {
    auto account = Account::make(settings, credential);
    if (!account) return account.error();
    std::unique_ptr<Provider> provider =
        std::make_unique<Cloudflare>(std::make_shared<const Account>(*std::move(account)));
    return provider;
}

}  // namespace understudy::cloudflare
