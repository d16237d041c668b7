#include "providers/powerdns/locate.h"

#include <utility>

#include "base/domain_name.h"
#include "providers/conversation.h"
#include "providers/powerdns/set_reader.h"

namespace understudy::powerdns {
namespace {

class Locate final : public Conversation {
  public:
    Locate(std::shared_ptr<const Server> server, std::string name)
        : server_(server),
          reader_(std::move(server), *this),
          name_(std::move(name)),
          candidates_(zone_candidates(name_)) {}

    Step start() override { return ask_next(); }

  private:
    Step ask_next() {
        if (next_ == candidates_.size()) {
            return failed(not_found("PowerDNS has no zone of '" + name_ + "'",
                                    "create the zone, or use the server that has it"));
        }
        const auto path = "/zones?zone=" + url_encode(absolute(candidates_[next_]));
        return ask(server_->get(path),
                   [this](const HttpAnswer& answer) { return on_list(answer); });
    }

    Step on_list(const HttpAnswer& answer) {
        const auto accepted = server_->read(answer);
        if (!accepted) return failed(accepted.error());
        if (!accepted->root().is_array()) {
            return failed(transient("no usable answer from PowerDNS: no list of zones"));
        }
        std::optional<Zone> zone;
        std::optional<Error> damaged;
        accepted->root().each([&](json::Value value) {
            auto read = read_zone(value);
            if (!read) damaged = read.error();
            if (read && read->name == candidates_[next_]) zone = *std::move(read);
        });
        if (damaged) return failed(*std::move(damaged));
        if (zone) return use(*zone);
        ++next_;
        return ask_next();
    }

    Step use(const Zone& zone) {
        return reader_.read(zone.id, {name_}, Extent::Served, [this](Result<ZoneReading> read) {
            if (!read) return failed(read.error());
            auto reading = fold(name_, read->sets[name_]);
            if (reading.problem) return failed(*std::move(reading.problem));
            return finished(Location{read->zone.ref(), std::move(reading), warnings(read->zone)});
        });
    }

    std::shared_ptr<const Server> server_;
    SetReader reader_;
    std::string name_;
    std::vector<std::string> candidates_;
    std::size_t next_ = 0;
};

}  // namespace

std::unique_ptr<Operation> make_locate(std::shared_ptr<const Server> server, std::string name) {
    return std::make_unique<Locate>(std::move(server), std::move(name));
}

}  // namespace understudy::powerdns
