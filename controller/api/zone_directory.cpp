#include "controller/api/zone_directory.h"

#include <memory>

#include "providers/locate.h"

namespace understudy::api {
namespace {

// A zone that is made meanwhile is found all the same: a name in no known zone is looked up.
constexpr Duration kListKept{300'000};
// Who adds one name after the other is worth a list of all zones.
constexpr int kLookUpsBeforeList = 2;

Result<Location> with(bool can_proxy, Result<Location> location) {
    if (location) location->can_proxy = can_proxy;
    return location;
}

}  // namespace

const ZoneFindings* ZoneDirectory::known(const ProviderAccount& account, Instant now) const {
    const auto found = books_.find(account.id);
    if (found == books_.end() || !found->second.listed) return nullptr;
    const Book& book = found->second;
    return book.account == account && now - book.since < kListKept ? &book.findings : nullptr;
}

void ZoneDirectory::learnt(const ProviderAccount& account, const ZoneFindings& findings,
                           Instant now) {
    if (!findings.complete) return;
    books_.insert_or_assign(account.id, Book{account, findings, true, 0, now});
}

ZoneDirectory::Book& ZoneDirectory::book_of(const ProviderAccount& account, Instant now) {
    const auto found = books_.find(account.id);
    const bool good = found != books_.end() && found->second.account == account &&
                      now - found->second.since < kListKept;
    if (good) return found->second;
    return books_.insert_or_assign(account.id, Book{account, {}, false, 0, now}).first->second;
}

void ZoneDirectory::locate(const ProviderAccount& account, const std::string& name, Instant now,
                           const Located& located) {
    Book& book = book_of(account, now);
    if (book.listed) {
        const auto zone = zone_of(book.findings, name);
        if (zone) return read_in(*zone, account.id, name, located);
    } else if (++book.looked_up == kLookUpsBeforeList + 1) {
        return list_first(account, name, now, located);
    }
    look_up(account.id, name, located);
}

void ZoneDirectory::list_first(const ProviderAccount& account, const std::string& name, Instant now,
                               const Located& located) {
    desk_.ask(account.id,
              {[](const Provider& provider) { return provider.find_zones({}); },
               [this, account, name, now, located](const Result<ZoneFindings>& findings) {
                   if (findings) learnt(account, *findings, now);
                   const auto zone =
                       findings ? zone_of(*findings, name) : Result<FoundZone>{findings.error()};
                   if (zone) return read_in(*zone, account.id, name, located);
                   look_up(account.id, name, located);
               }});
}

void ZoneDirectory::read_in(const FoundZone& zone, ProviderId provider, const std::string& name,
                            const Located& located) {
    const auto can_proxy = std::make_shared<bool>(false);
    desk_.ask(provider,
              {[zone, name, can_proxy](const Provider& asked) {
                   *can_proxy = asked.capabilities().proxying;
                   return asked.read(zone.zone, {name});
               },
               [this, zone, provider, name, located,
                can_proxy](const Result<std::vector<RecordReading>>& readings) {
                   if (readings) {
                       ensure(readings->size() == 1);
                       return located(with(*can_proxy, location_in(zone, readings->front())));
                   }
                   if (readings.error().code != Errc::NotFound) return located(readings.error());
                   forget(provider);  // the zone is gone, or was made anew
                   look_up(provider, name, located);
               }});
}

void ZoneDirectory::look_up(ProviderId provider, const std::string& name, const Located& located) {
    const auto can_proxy = std::make_shared<bool>(false);
    desk_.ask(provider, {[name, can_proxy](const Provider& asked) {
                             *can_proxy = asked.capabilities().proxying;
                             return asked.locate(name);
                         },
                         [located, can_proxy](const Result<Location>& location) {
                             located(with(*can_proxy, location));
                         }});
}

}  // namespace understudy::api
