#include "providers/cloudflare/locate.h"

#include <algorithm>
#include <utility>

#include "base/domain_name.h"
#include "providers/cloudflare/record_reader.h"
#include "providers/cloudflare/zone.h"
#include "providers/conversation.h"

namespace understudy::cloudflare {
namespace {

// Every candidate is asked for by name, longest first: subdomain zones are legal, and a token made
// for single zones may be refused the unfiltered list.
class Locate final : public Conversation {
  public:
    Locate(std::shared_ptr<const Account> account, std::string name)
        : account_(account), name_(std::move(name)), reader_(std::move(account), *this) {
        for (const auto& candidate : zone_candidates(name_)) {
            if (candidate.find('.') == std::string::npos)
                continue;  // nobody hosts a top-level domain
            for (auto& spelling : spellings(candidate))
                queries_.push_back({candidate, spelling});
        }
    }

    Step start() override { return account_->zone_id() ? ask_configured() : ask_next(); }

  private:
    struct Query {
        std::string candidate;
        std::string spelling;
    };

    Step ask_configured() {
        return ask(
            account_->get("/zones/" + *account_->zone_id()), [this](const HttpAnswer& answer) {
                const auto accepted = account_->read(answer);
                if (!accepted) return failed(accepted.error());
                auto zone = read_zone(accepted->result());
                if (!zone) return failed(zone.error());
                if (name_in_zone(name_, zone->name)) return use(*std::move(zone));
                return failed(not_found("'" + name_ + "' is not in the zone '" + zone->name +
                                            "', which settings.zone_id names",
                                        "use another provider for it, or leave zone_id out"));
            });
    }

    Step ask_next() {
        if (next_ == queries_.size()) return failed(nowhere());
        std::string path = "/zones?name=" + url_encode(queries_[next_].spelling) + "&per_page=50";
        if (account_->account_id()) path += "&account.id=" + *account_->account_id();
        return ask(account_->get(path),
                   [this](const HttpAnswer& answer) { return on_list(answer); });
    }

    Step on_list(const HttpAnswer& answer) {
        auto reply = account_->reply(answer);
        if (auto* lost = std::get_if<Lost>(&reply)) return failed(std::move(lost->error));
        if (auto* refusal = std::get_if<Refusal>(&reply)) return on_refusal(std::move(*refusal));
        std::vector<Zone> zones;
        std::optional<Error> damaged;
        std::get<Accepted>(reply).result().each([&](json::Value value) {
            auto zone = read_zone(value);
            if (!zone) damaged = zone.error();
            if (zone && zone->name == queries_[next_].candidate) zones.push_back(*std::move(zone));
        });
        if (damaged) return failed(*std::move(damaged));
        if (zones.empty()) {
            ++next_;
            return ask_next();
        }
        auto zone = choose(zones);
        return zone ? use(*std::move(zone)) : failed(zone.error());
    }

    // "Not yours" may be said of a longer name while the zone itself can be seen.
    Step on_refusal(Refusal refusal) {
        if (!refusal.may_hide_zone) return failed(std::move(refusal.error));
        refusal_ = std::move(refusal.error);
        ++next_;
        return ask_next();
    }

    Error nowhere() const {
        if (refusal_) return *refusal_;
        return not_found("no zone of '" + name_ + "' exists or is visible to the token",
                         "add the zone to the token's resources and give it Zone:Read, or set "
                         "settings.zone_id");
    }

    Step use(Zone zone) {
        if (auto error = refuse(zone)) return failed(*std::move(error));
        zone_ = std::move(zone);
        return reader_.read(zone_.id, {name_}, [this](Result<RecordsByName> records) {
            if (!records) return failed(records.error());
            auto reading = fold(name_, (*records)[name_]);
            if (reading.problem) return failed(*std::move(reading.problem));
            return finished(Location{zone_.ref(), std::move(reading),
                                     warnings(zone_, account_->plan().batch_operations)});
        });
    }

    std::shared_ptr<const Account> account_;
    std::string name_;
    RecordReader reader_;
    std::vector<Query> queries_;
    std::size_t next_ = 0;
    std::optional<Error> refusal_;
    Zone zone_;
};

}  // namespace

std::unique_ptr<Operation> make_locate(std::shared_ptr<const Account> account, std::string name) {
    return std::make_unique<Locate>(std::move(account), std::move(name));
}

}  // namespace understudy::cloudflare
