#include "providers/cloudflare/provider.h"

#include "providers/cloudflare/account.h"
#include "providers/cloudflare/find_zones.h"
#include "providers/cloudflare/names.h"
#include "providers/cloudflare/rate_limit.h"
#include "providers/cloudflare/record_reader.h"
#include "providers/cloudflare/verify.h"

namespace understudy::cloudflare {
namespace {

// The most records that a zone holds by default: a dead shield's whole zone is one operation, which
// reads the zone once, however many batches its changes take.
// developers.cloudflare.com/dns/manage-dns-records
constexpr int kOperationSize = 3500;

class Cloudflare final : public Service {
  public:
    explicit Cloudflare(Account account) : account_(std::move(account)) {}

    Capabilities capabilities() const override {
        Capabilities can;
        can.operation_size = kOperationSize;
        can.batch_size = static_cast<int>(account_.plan().batch_operations);
        can.minimum_ttl_s = account_.plan().minimum_ttl_s;
        can.maximum_ttl_s = 86'400;
        can.automatic_ttl = true;
        can.proxying = true;
        can.calls_per_window = 1200;
        can.window = std::chrono::minutes{5};
        return can;
    }

    Talk<Result<ZoneFindings>> find_zones(std::vector<std::string> names) const override {
        return cloudflare::find_zones(account_, std::move(names));
    }

    Talk<Read> read(ZoneRef zone, std::vector<std::string> names, Extent) const override {
        auto records = co_await read_records(account_, zone.id, std::move(names));
        if (!records) co_return records.error();
        co_return make_names(account_, zone.id, *std::move(records), capabilities());
    }

    Talk<Result<Verification>> verify() const override { return cloudflare::verify(account_); }

    std::optional<CallsLeft> calls_left(const HttpResponse& response) const override {
        return read_calls_left(response.header("Ratelimit"));
    }

  private:
    Account account_;
};

}  // namespace

Result<std::unique_ptr<Provider>> make(std::string_view settings, const Secret& credential) {
    auto account = Account::make(settings, credential);
    if (!account) return account.error();
    return make_provider_of(std::make_unique<const Cloudflare>(*std::move(account)));
}

}  // namespace understudy::cloudflare
