#include "providers/relative_name.h"

#include "base/domain_name.h"
#include "base/ensure.h"
#include "providers/folding.h"

namespace understudy {

std::string relative_name(std::string_view name, const ZoneRef& zone) {
    ensure(name_in_zone(name, zone.name));
    if (name.size() == zone.name.size()) return "@";
    return std::string{name.substr(0, name.size() - zone.name.size() - 1)};
}

std::string name_in(const ZoneRef& zone, std::string_view relative) {
    if (relative.empty() || relative == "@" || relative == zone.name) return zone.name;
    return comparable_name(std::string{relative} + "." + zone.name);
}

}  // namespace understudy
