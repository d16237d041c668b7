#include "providers/cloudflare/read.h"

#include <utility>

#include "providers/cloudflare/record_reader.h"
#include "providers/conversation.h"

namespace understudy::cloudflare {
namespace {

class Read final : public Conversation {
  public:
    Read(std::shared_ptr<const Account> account, std::string zone_id,
         std::vector<std::string> names)
        : zone_id_(std::move(zone_id)),
          names_(std::move(names)),
          reader_(std::move(account), *this) {}

    Step start() override {
        if (names_.empty()) return finished(std::vector<RecordReading>{});
        return reader_.read(zone_id_, names_, [this](Result<RecordsByName> records) {
            if (!records) return failed(records.error());
            std::vector<RecordReading> readings;
            for (const auto& name : names_) {
                readings.push_back(fold(name, (*records)[name]));
            }
            return finished(std::move(readings));
        });
    }

  private:
    std::string zone_id_;
    std::vector<std::string> names_;
    RecordReader reader_;
};

}  // namespace

std::unique_ptr<Operation> make_read(std::shared_ptr<const Account> account, const ZoneRef& zone,
                                     std::vector<std::string> names) {
    return std::make_unique<Read>(std::move(account), zone.id, std::move(names));
}

}  // namespace understudy::cloudflare
