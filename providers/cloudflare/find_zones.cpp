#include "providers/cloudflare/account.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "base/domain_name.h"
#include "providers/cloudflare/zone.h"
#include "providers/locate.h"

namespace understudy::cloudflare {
namespace {

constexpr int kPageSize = 50;  // the most that the service takes
// Fewer names with one suffix are asked for by name.
constexpr int kNamesWorthASuffix = 3;

// "example.com" of "a.b.example.com": what no zone of it is above.
std::string suffix_of(const std::string& name) {
    const auto candidates = zone_candidates(name);
    return candidates.size() < 2 ? name : candidates[candidates.size() - 2];
}

// Nobody hosts a top-level domain.
bool may_be_zone(const std::string& candidate) {
    return candidate.find('.') != std::string::npos;
}

Error nowhere() {
    return not_found("no zone of it exists or is visible to the token",
                     "add the zone to the token's resources and give it Zone:Read, or set "
                     "settings.zone_id");
}

class FindZones {
  public:
    FindZones(const Account& account, std::vector<std::string> names)
        : account_(account), names_(std::move(names)), absent_(nowhere()) {}

    Talk<Result<ZoneFindings>> run() {
        if (account_.zone_id()) co_return co_await configured();
        if (names_.size() != 1) {
            const auto listed = co_await list();
            if (!listed) co_return listed.error();
            if (*listed || names_.empty()) co_return findings(*listed);
            if (auto error = co_await by_suffix()) co_return *std::move(error);
        }
        if (auto error = co_await by_name()) co_return *std::move(error);
        co_return findings(false);
    }

  private:
    struct Trouble {
        Error error;
        bool hidden = false;  // it may only mean "not yours"
    };
    enum class OddZones { Skip, Fail };

    Talk<Result<ZoneFindings>> configured() {
        const auto body = co_await account_.get("/zones/" + *account_.zone_id());
        if (!body) co_return body.error();
        auto zone = read_zone(body->root()["result"]);
        if (!zone) co_return zone.error();
        absent_ =
            not_found("it is not in the zone '" + zone->name + "', which settings.zone_id names",
                      "use another provider for it, or leave zone_id out");
        put(*std::move(zone));
        co_return findings(true);
    }

    // --- the list of all -------------------------------------------------------------------------

    // Whether they are all there are; otherwise the names are asked for.
    Talk<Result<bool>> list() {
        do {
            const auto trouble = co_await take_page("", OddZones::Skip);
            // Whoever may not list may still ask by name.
            if (trouble && trouble->hidden) co_return false;
            if (trouble) co_return trouble->error;
            if (paging_.page == 1 && cheaper_by_name()) {
                found_.clear();
                co_return false;
            }
        } while (more_pages());
        for (const auto& [zone, _] : found_)
            listed_.insert(zone);
        // An empty list may only mean that the token may not list.
        co_return paging_.whole() && (names_.empty() || !found_.empty());
    }

    bool cheaper_by_name() const {
        if (names_.empty()) return false;
        std::set<std::string> candidates;
        for (const auto& name : names_) {
            for (auto& candidate : zone_candidates(name))
                candidates.insert(std::move(candidate));
        }
        return paging_.total_pages - 1 > static_cast<std::int64_t>(candidates.size());
    }

    bool more_pages() {
        if (paging_.page >= paging_.total_pages) return false;
        ++paging_.page;
        return true;
    }

    // --- all zones below a suffix ----------------------------------------------------------------

    Talk<std::optional<Error>> by_suffix() {
        std::map<std::string, int> counts;
        for (const auto& name : names_)
            ++counts[suffix_of(name)];
        for (auto each = counts.rbegin(); each != counts.rend(); ++each) {
            const auto& [suffix, count] = *each;
            if (count < kNamesWorthASuffix || !may_be_zone(suffix)) continue;
            const auto filter =
                "name=" + url_encode("ends_with:" + spellings(suffix).front()) + "&";
            std::optional<Trouble> trouble;
            paging_ = {};
            do {
                trouble = co_await take_page(filter, OddZones::Skip);
            } while (!trouble && more_pages());
            if (!trouble && !paging_.ids.empty()) covered_.insert(suffix);
            if (trouble && trouble->error.code != Errc::Rejected && !trouble->hidden)
                co_return trouble->error;
        }
        co_return std::nullopt;
    }

    // --- by name ---------------------------------------------------------------------------------

    Talk<std::optional<Error>> by_name() {
        std::vector<std::string> names = names_;
        std::erase_if(names, [this](const std::string& name) { return found_already(name); });
        return ask_for_zones(
            std::move(names), [this](const std::string& zone) { return found_.contains(zone); },
            [this](const std::string& zone) { return by_spellings(zone); });
    }

    bool found_already(const std::string& name) const {
        if (covered_.contains(suffix_of(name))) return true;
        return std::ranges::any_of(zone_candidates(name), [this](const std::string& candidate) {
            return listed_.contains(candidate);
        });
    }

    // "Not yours" may be said of a longer name while the zone itself can be seen.
    Talk<std::optional<Error>> by_spellings(std::string candidate) {
        if (!may_be_zone(candidate)) co_return std::nullopt;
        for (const auto& spelling : spellings(candidate)) {
            paging_ = {};
            const auto trouble =
                co_await take_page("name=" + url_encode(spelling) + "&", OddZones::Fail);
            if (trouble && !trouble->hidden) co_return trouble->error;
            if (trouble) absent_ = trouble->error;
            if (!trouble && !paging_.ids.empty()) break;
        }
        co_return std::nullopt;
    }

    // --- answers ---------------------------------------------------------------------------------

    Talk<std::optional<Trouble>> take_page(std::string filter, OddZones odd) {
        std::string path = "/zones?" + filter + "per_page=" + std::to_string(kPageSize);
        if (account_.account_id()) path += "&account.id=" + *account_.account_id();
        if (paging_.page > 1 || filter.empty()) path += "&page=" + std::to_string(paging_.page);
        const auto reply = co_await account_.call("GET", std::move(path));
        if (const auto* error = error_of(reply)) co_return Trouble{*error, may_hide(reply)};
        const auto body = std::get<Accepted>(reply).root();
        take_totals(body, paging_);
        std::optional<Trouble> damaged;
        body["result"].each([&](json::Value value) {
            auto zone = read_zone(value);
            if (!zone && odd == OddZones::Fail) damaged = Trouble{zone.error()};
            if (zone && paging_.ids.insert(zone->id).second) put(*std::move(zone));
        });
        co_return damaged;
    }

    void put(Zone zone) {
        auto& alike = found_[zone.name];
        alike.push_back(std::move(zone));
    }

    ZoneFindings findings(bool complete) const {
        ZoneFindings findings;
        findings.complete = complete;
        findings.absent = absent_;
        for (const auto& [name, zones] : found_) {
            FoundZone found;
            const auto zone = choose(zones);
            if (zone) {
                found.zone = zone->ref();
                found.warnings = warnings(*zone, account_.plan().batch_operations);
                found.unusable = refuse(*zone);
            } else {
                found.unusable = zone.error();
            }
            findings.zones.emplace(name, std::move(found));
        }
        return findings;
    }

    const Account& account_;
    std::vector<std::string> names_;
    Error absent_;
    std::map<std::string, std::vector<Zone>> found_;
    Paging paging_;                  // of one question
    std::set<std::string> listed_;   // zones that the list showed
    std::set<std::string> covered_;  // suffixes all of whose zones are found
};

}  // namespace

Talk<Result<ZoneFindings>> Account::find_zones(std::vector<std::string> names) const {
    FindZones find{*this, std::move(names)};
    co_return co_await find.run();
}

}  // namespace understudy::cloudflare
