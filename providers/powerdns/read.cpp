#include "providers/powerdns/read.h"

#include <utility>

#include "providers/conversation.h"
#include "providers/powerdns/set_reader.h"

namespace understudy::powerdns {
namespace {

class Read final : public Conversation {
  public:
    Read(std::shared_ptr<const Server> server, std::string zone_id, std::vector<std::string> names)
        : zone_id_(std::move(zone_id)),
          names_(std::move(names)),
          reader_(std::move(server), *this) {}

    Step start() override {
        if (names_.empty()) return finished(std::vector<RecordReading>{});
        return reader_.read(zone_id_, names_, Extent::Served, [this](Result<ZoneReading> read) {
            if (!read) return failed(read.error());
            std::vector<RecordReading> readings;
            for (const auto& name : names_) {
                readings.push_back(fold(name, read->sets[name]));
            }
            return finished(std::move(readings));
        });
    }

  private:
    std::string zone_id_;
    std::vector<std::string> names_;
    SetReader reader_;
};

}  // namespace

std::unique_ptr<Operation> make_read(std::shared_ptr<const Server> server, const ZoneRef& zone,
                                     std::vector<std::string> names) {
    return std::make_unique<Read>(std::move(server), zone.id, std::move(names));
}

}  // namespace understudy::powerdns
