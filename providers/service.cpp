#include "providers/service.h"

#include <algorithm>

#include "providers/locate.h"
#include "providers/replace_operation.h"

namespace understudy {
namespace {

constexpr Ttl kTtlOfNew{300};  // of a record that is made and is to have any TTL

Talk<Result<std::vector<RecordReading>>> read_names(const Service& service, ZoneRef zone,
                                                    std::vector<std::string> names) {
    std::vector<RecordReading> readings;
    if (names.empty()) co_return std::move(readings);
    const auto read = co_await service.read(zone, names, Extent::Served);
    if (!read) co_return read.error();
    for (const auto& name : names)
        readings.push_back((*read)->fold(name));
    co_return std::move(readings);
}

Talk<Result<Location>> locate_name(const Service& service, std::string name) {
    const std::vector<std::string> names(1, name);
    const auto findings = co_await service.find_zones(names);
    if (!findings) co_return findings.error();
    const auto zone = zone_of(*findings, name);
    if (!zone) co_return zone.error();
    auto readings = co_await read_names(service, zone->zone, names);
    if (!readings) co_return readings.error();
    co_return location_in(*zone, std::move(readings->front()));
}

// One conversation, carried step by step.
template <typename T>
class TalkOperation final : public Operation<T> {
  public:
    TalkOperation(std::shared_ptr<const Service> service, Talk<Result<T>> talk)
        : service_(std::move(service)), talk_(std::move(talk)) {}

    Step start(WallTime now) override {
        line_.now = now;
        talk_.begin(line_);
        return next();
    }

    Step resume(const StepAnswer& answer, WallTime now) override {
        ensure(line_.waiting != nullptr);  // resumed before start() or after the result
        line_.now = now;
        line_.answer = answer;
        std::exchange(line_.waiting, nullptr).resume();
        return next();
    }

  private:
    Step next() {
        if (!talk_.done()) return std::exchange(line_.question, Finished{});
        return this->finish(talk_.take());
    }

    std::shared_ptr<const Service> service_;  // what the talk is about: outlives it
    TalkLine line_;
    Talk<Result<T>> talk_;
};

class ServiceProvider final : public Provider {
  public:
    explicit ServiceProvider(std::unique_ptr<const Service> service)
        : service_(std::move(service)) {}

    Capabilities capabilities() const override { return service_->capabilities(); }

    std::unique_ptr<Operation<ZoneFindings>> find_zones(
        std::vector<std::string> names) const override {
        return operation(service_->find_zones(std::move(names)));
    }
    std::unique_ptr<Operation<Location>> locate(const std::string& name) const override {
        return operation(locate_name(*service_, name));
    }
    std::unique_ptr<Operation<std::vector<RecordReading>>> read(
        const ZoneRef& zone, std::vector<std::string> names) const override {
        return operation(read_names(*service_, zone, std::move(names)));
    }
    std::unique_ptr<Operation<std::vector<ReplaceOutcome>>> replace(
        const ZoneRef& zone, std::vector<RecordReplacement> replacements) const override {
        return operation(replace_records(*service_, zone, std::move(replacements)));
    }
    std::unique_ptr<Operation<Verification>> verify() const override {
        return operation(service_->verify());
    }

    std::optional<CallsLeft> calls_left(const HttpResponse& response) const override {
        return service_->calls_left(response);
    }

  private:
    template <typename T>
    std::unique_ptr<Operation<T>> operation(Talk<Result<T>> talk) const {
        return std::make_unique<TalkOperation<T>>(service_, std::move(talk));
    }

    std::shared_ptr<const Service> service_;
};

}  // namespace

Capabilities limits_of(const Service& service, const NamesRead& read) {
    auto can = service.capabilities();
    can.minimum_ttl_s = std::clamp(read.minimum_ttl_s(), can.minimum_ttl_s, can.maximum_ttl_s);
    return can;
}

Ttl ttl_to_write(const Capabilities& can, const Write& write) {
    if (can.proxying && write.before.proxied) return Ttl{};
    const Ttl wanted = write.wanted.ttl;
    if (!wanted.automatic())
        return Ttl{std::clamp(wanted.seconds, can.minimum_ttl_s, can.maximum_ttl_s)};
    if (can.automatic_ttl) return wanted;
    return write.before.addresses.empty() ? kTtlOfNew : write.before.ttl;
}

std::unique_ptr<Provider> make_provider_of(std::unique_ptr<const Service> service) {
    return std::make_unique<ServiceProvider>(std::move(service));
}

}  // namespace understudy
