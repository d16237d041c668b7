#include "providers/locate.h"

#include <utility>

#include "base/domain_name.h"

namespace understudy {
namespace {

// Two operations, one after the other.
class Locate final : public Operation {
  public:
    using Read = std::function<std::unique_ptr<Operation>(const ZoneRef&)>;

    Locate(std::string name, std::unique_ptr<Operation> find, Read read)
        : name_(std::move(name)), operation_(std::move(find)), read_(std::move(read)) {}

    Step start() override { return pass_on(operation_->start()); }
    Step resume(const HttpAnswer& answer) override { return pass_on(operation_->resume(answer)); }

  private:
    Step pass_on(Step step) {
        auto* result = std::get_if<Result<Outcome>>(&step);
        if (result == nullptr || !*result) return step;
        if (auto* findings = std::get_if<ZoneFindings>(&**result)) return use(*findings);
        auto& readings = std::get<std::vector<RecordReading>>(**result);
        ensure(readings.size() == 1);
        auto location = location_in(zone_, std::move(readings.front()));
        if (!location) return Result<Outcome>{location.error()};
        return Result<Outcome>{Outcome{*std::move(location)}};
    }

    Step use(const ZoneFindings& findings) {
        auto zone = zone_of(findings, name_);
        if (!zone) return Result<Outcome>{zone.error()};
        zone_ = *std::move(zone);
        operation_ = read_(zone_.zone);
        return pass_on(operation_->start());
    }

    std::string name_;
    std::unique_ptr<Operation> operation_;
    Read read_;
    FoundZone zone_;
};

}  // namespace

Result<FoundZone> zone_of(const ZoneFindings& findings, std::string_view name) {
    for (const auto& candidate : zone_candidates(name)) {
        const auto found = findings.zones.find(candidate);
        if (found == findings.zones.end()) continue;
        if (found->second.unusable) return *found->second.unusable;
        return found->second;
    }
    Error error = findings.absent;
    if (error.code == Errc::NotFound)
        error.message = "'" + std::string{name} + "': " + error.message;
    return error;
}

Result<Location> location_in(const FoundZone& zone, RecordReading reading) {
    if (reading.problem) return *std::move(reading.problem);
    return Location{zone.zone, std::move(reading), zone.warnings};
}

std::unique_ptr<Operation> make_locate(
    std::string name, std::unique_ptr<Operation> find,
    std::function<std::unique_ptr<Operation>(const ZoneRef&)> read) {
    return std::make_unique<Locate>(std::move(name), std::move(find), std::move(read));
}

}  // namespace understudy
