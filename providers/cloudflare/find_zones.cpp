#include "providers/cloudflare/find_zones.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "base/domain_name.h"
#include "providers/cloudflare/zone.h"
#include "providers/conversation.h"

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

class FindZones final : public Conversation {
  public:
    FindZones(std::shared_ptr<const Account> account, std::vector<std::string> names)
        : account_(std::move(account)), names_(std::move(names)), absent_(nowhere()) {}

    Step start() override {
        if (account_->zone_id()) return ask_configured();
        return names_.size() == 1 ? next_by_name() : ask_list();
    }

  private:
    // One question, over several pages where it takes them.
    struct Paging {
        std::int64_t page = 1;
        std::int64_t total_pages = 0;  // as told; 0 unknown
        std::int64_t total_count = -1;
        std::set<std::string> ids;
    };

    Step ask_configured() {
        return ask(
            account_->get("/zones/" + *account_->zone_id()), [this](const HttpAnswer& answer) {
                const auto accepted = account_->read(answer);
                if (!accepted) return failed(accepted.error());
                auto zone = read_zone(accepted->result());
                if (!zone) return failed(zone.error());
                absent_ = not_found(
                    "it is not in the zone '" + zone->name + "', which settings.zone_id names",
                    "use another provider for it, or leave zone_id out");
                put(*std::move(zone));
                return finish(true);
            });
    }

    HttpRequest page_request(const std::string& filter) const {
        std::string path = "/zones?" + filter + "per_page=" + std::to_string(kPageSize);
        if (account_->account_id()) path += "&account.id=" + *account_->account_id();
        if (paging_.page > 1 || filter.empty()) path += "&page=" + std::to_string(paging_.page);
        return account_->get(path);
    }

    // --- the list of all -------------------------------------------------------------------------

    Step ask_list() {
        return ask(page_request(""), [this](const HttpAnswer& answer) {
            const auto trouble = take_page(answer, OddZones::Skip);
            if (trouble && !refusal_) return failed(*trouble);
            // Whoever may not list may still ask by name.
            if (std::exchange(refusal_, std::nullopt)) return begin_suffixes();
            if (paging_.page == 1 && cheaper_by_name()) {
                found_.clear();
                return begin_suffixes();
            }
            if (more_pages()) return ask_list();
            for (const auto& [zone, _] : found_)
                listed_.insert(zone);
            const bool whole = paging_.total_count < 0 ||
                               paging_.ids.size() == static_cast<std::size_t>(paging_.total_count);
            // An empty list may only mean that the token may not list.
            if (names_.empty() || (whole && !found_.empty())) return finish(whole);
            return begin_suffixes();
        });
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

    Step begin_suffixes() {
        std::map<std::string, int> counts;
        for (const auto& name : names_)
            ++counts[suffix_of(name)];
        for (const auto& [suffix, count] : counts) {
            if (count >= kNamesWorthASuffix && may_be_zone(suffix)) suffixes_.push_back(suffix);
        }
        return next_suffix();
    }

    Step next_suffix() {
        if (suffixes_.empty()) return next_by_name();
        paging_ = {};
        return ask_suffix();
    }

    Step ask_suffix() {
        const std::string& suffix = suffixes_.back();
        const auto filter = "name=" + url_encode("ends_with:" + spellings(suffix).front()) + "&";
        return ask(page_request(filter), [this](const HttpAnswer& answer) {
            const auto trouble = take_page(answer, OddZones::Skip);
            const bool hidden = std::exchange(refusal_, std::nullopt).has_value();
            if (trouble && trouble->code != Errc::Rejected && !hidden) return failed(*trouble);
            if (!trouble && more_pages()) return ask_suffix();
            if (!trouble && !paging_.ids.empty()) covered_.insert(suffixes_.back());
            suffixes_.pop_back();
            return next_suffix();
        });
    }

    // --- by name ---------------------------------------------------------------------------------

    bool found_already(const std::string& name) const {
        if (covered_.contains(suffix_of(name))) return true;
        return std::ranges::any_of(zone_candidates(name), [this](const std::string& candidate) {
            return listed_.contains(candidate);
        });
    }

    Step next_by_name() {
        for (; next_ < names_.size(); ++next_) {
            if (found_already(names_[next_])) continue;
            for (const auto& candidate : zone_candidates(names_[next_])) {
                if (found_.contains(candidate)) break;
                if (!may_be_zone(candidate) || !asked_.insert(candidate).second) continue;
                spellings_ = spellings(candidate);
                return ask_spelling();
            }
        }
        if (refusal_) absent_ = *refusal_;
        return finish(false);
    }

    Step ask_spelling() {
        paging_ = {};
        const auto filter = "name=" + url_encode(spellings_.front()) + "&";
        return ask(page_request(filter), [this](const HttpAnswer& answer) {
            refusal_met_ = false;
            const auto trouble = take_page(answer, OddZones::Fail);
            if (trouble && !refusal_met_) return failed(*trouble);
            spellings_.erase(spellings_.begin());
            if (!spellings_.empty() && (trouble || paging_.ids.empty())) return ask_spelling();
            return next_by_name();
        });
    }

    // --- answers ---------------------------------------------------------------------------------

    enum class OddZones { Skip, Fail };

    // "Not yours" may be said of a longer name while the zone itself can be seen: refusal_ is kept.
    std::optional<Error> take_page(const HttpAnswer& answer, OddZones odd) {
        auto reply = account_->reply(answer);
        if (auto* lost = std::get_if<Lost>(&reply)) return std::move(lost->error);
        if (auto* refusal = std::get_if<Refusal>(&reply)) {
            refusal_met_ = refusal->may_hide_zone;
            if (refusal_met_) refusal_ = refusal->error;
            return std::move(refusal->error);
        }
        const auto& accepted = std::get<Accepted>(reply);
        const auto info = accepted.body.root()["result_info"];
        paging_.total_pages = info["total_pages"].integer().value_or(0);
        paging_.total_count = info["total_count"].integer().value_or(-1);
        std::optional<Error> damaged;
        accepted.result().each([&](json::Value value) {
            auto zone = read_zone(value);
            if (!zone && odd == OddZones::Fail) damaged = zone.error();
            if (zone && paging_.ids.insert(zone->id).second) put(*std::move(zone));
        });
        return damaged;
    }

    void put(Zone zone) {
        auto& alike = found_[zone.name];
        alike.push_back(std::move(zone));
    }

    Step finish(bool complete) {
        ZoneFindings findings;
        findings.complete = complete;
        findings.absent = absent_;
        for (const auto& [name, zones] : found_) {
            FoundZone found;
            const auto zone = choose(zones);
            if (zone) {
                found.zone = zone->ref();
                found.warnings = warnings(*zone, account_->plan().batch_operations);
                found.unusable = refuse(*zone);
            } else {
                found.unusable = zone.error();
            }
            findings.zones.emplace(name, std::move(found));
        }
        return finished(std::move(findings));
    }

    std::shared_ptr<const Account> account_;
    std::vector<std::string> names_;
    Error absent_;
    std::map<std::string, std::vector<Zone>> found_;
    Paging paging_;
    std::set<std::string> listed_;  // zones that the list showed
    std::vector<std::string> suffixes_;
    std::set<std::string> covered_;  // suffixes all of whose zones are found
    std::size_t next_ = 0;
    std::set<std::string> asked_;
    std::vector<std::string> spellings_;
    std::optional<Error> refusal_;
    bool refusal_met_ = false;
};

}  // namespace

std::unique_ptr<Operation> make_find_zones(std::shared_ptr<const Account> account,
                                           std::vector<std::string> names) {
    return std::make_unique<FindZones>(std::move(account), std::move(names));
}

}  // namespace understudy::cloudflare
