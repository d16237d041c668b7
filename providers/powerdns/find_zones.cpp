#include "providers/powerdns/find_zones.h"

#include <deque>
#include <set>
#include <utility>

#include "base/domain_name.h"
#include "providers/conversation.h"
#include "providers/powerdns/zone.h"

namespace understudy::powerdns {
namespace {

class FindZones final : public Conversation {
  public:
    FindZones(std::shared_ptr<const Server> server, std::vector<std::string> names)
        : server_(std::move(server)), names_(std::move(names)) {
        findings_.absent = not_found("PowerDNS has no zone of it",
                                     "create the zone, or use the server that has it");
    }

    Step start() override { return names_.size() == 1 ? next_by_name() : ask_list(); }

  private:
    Step ask_list() {
        return ask(server_->get("/zones"), [this](const HttpAnswer& answer) {
            const auto trouble = take_list(answer);
            if (trouble && trouble->code == Errc::Transient && !names_.empty())
                return next_by_name();
            if (trouble) return failed(*trouble);
            findings_.complete = true;
            return look_closer();
        });
    }

    Step next_by_name() {
        for (; next_ < names_.size(); ++next_) {
            for (const auto& candidate : zone_candidates(names_[next_])) {
                if (findings_.zones.contains(candidate)) break;
                if (!asked_.insert(candidate).second) continue;
                const auto path = "/zones?zone=" + url_encode(absolute(candidate));
                return ask(server_->get(path), [this](const HttpAnswer& answer) {
                    if (auto trouble = take_list(answer)) return failed(*std::move(trouble));
                    return next_by_name();
                });
            }
        }
        return look_closer();
    }

    std::optional<Error> take_list(const HttpAnswer& answer) {
        const auto accepted = server_->read(answer);
        if (!accepted) return accepted.error();
        if (!accepted->root().is_array())
            return transient("no usable answer from PowerDNS: no list of zones");
        std::optional<Error> damaged;
        accepted->root().each([&](json::Value value) {
            const auto zone = read_zone(value);
            if (zone) {
                take(*zone);
            } else {
                damaged = zone.error();
            }
        });
        return damaged;
    }

    void take(const Zone& zone) {
        findings_.zones.insert_or_assign(zone.name,
                                         FoundZone{zone.ref(), warnings(zone), refuse(zone)});
    }

    // The list does not say whether a zone's serial moves: the zones of our names are asked.
    Step look_closer() {
        std::set<std::string> used;
        for (const auto& name : names_) {
            for (const auto& candidate : zone_candidates(name)) {
                const auto found = findings_.zones.find(candidate);
                if (found == findings_.zones.end()) continue;
                if (!found->second.unusable && used.insert(candidate).second)
                    closer_.push_back(found->second.zone.id);
                break;
            }
        }
        return next_closer();
    }

    Step next_closer() {
        if (closer_.empty()) return finished(std::move(findings_));
        const auto path = "/zones/" + url_encode(closer_.front()) + "?rrsets=false";
        closer_.pop_front();
        return ask(server_->get(path), [this](const HttpAnswer& answer) {
            const auto accepted = server_->read(answer);
            if (!accepted) return failed(accepted.error());
            const auto zone = read_zone(accepted->root());
            if (!zone) return failed(zone.error());
            take(*zone);
            return next_closer();
        });
    }

    std::shared_ptr<const Server> server_;
    std::vector<std::string> names_;
    ZoneFindings findings_;
    std::size_t next_ = 0;
    std::set<std::string> asked_;
    std::deque<std::string> closer_;
};

}  // namespace

std::unique_ptr<Operation> make_find_zones(std::shared_ptr<const Server> server,
                                           std::vector<std::string> names) {
    return std::make_unique<FindZones>(std::move(server), std::move(names));
}

}  // namespace understudy::powerdns
