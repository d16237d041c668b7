#include "controller/api/fleet_reads.h"

namespace understudy::api {
namespace {

// Enough to hide the provider's delays, few enough to leave room for a failover.
constexpr std::size_t kAtOnce = 8;

class Reads : public std::enable_shared_from_this<Reads> {
  public:
    Reads(OrderDesk& desk, std::vector<UnreadRecord> records, std::function<void(Locations)> done)
        : desk_(desk), records_(std::move(records)), done_(std::move(done)) {}

    void go_on() {
        if (std::exchange(asking_, true)) return;  // an answer came at once: the loop below goes on
        while (next_ < records_.size() && open_ < kAtOnce)
            ask(records_[next_++]);
        asking_ = false;
        if (open_ == 0 && next_ == records_.size()) std::exchange(done_, {})(std::move(found_));
    }

  private:
    void ask(const UnreadRecord& record) {
        ++open_;
        desk_.ask(
            record.provider,
            [name = record.name](const Provider& provider) { return provider.locate(name); },
            [self = shared_from_this(), name = record.name](const Result<Outcome>& outcome) {
                self->take(name, outcome);
                self->go_on();
            });
    }

    void take(const std::string& name, const Result<Outcome>& outcome) {
        --open_;
        const auto* location = outcome ? std::get_if<Location>(&*outcome) : nullptr;
        if (location != nullptr) {
            found_.insert_or_assign(name, *location);
        } else {
            found_.insert_or_assign(
                name,
                outcome ? transient("the provider's answer was not understood") : outcome.error());
        }
    }

    OrderDesk& desk_;
    std::vector<UnreadRecord> records_;
    std::function<void(Locations)> done_;
    Locations found_;
    std::size_t next_ = 0, open_ = 0;
    bool asking_ = false;
};

}  // namespace

void read_records(const Context& api, std::vector<UnreadRecord> records,
                  std::function<void(Locations)> done) {
    std::make_shared<Reads>(api.desk, std::move(records), std::move(done))->go_on();
}

}  // namespace understudy::api
