#include "ctl/fleet_apply.h"

#include <algorithm>

#include "ctl/display.h"

namespace understudy::ctl {
namespace {

constexpr Duration kLookAgain{1'000};
// The controller stops reading when nobody asks for so long, and a half more.
constexpr Duration kAskAgain{60'000};
constexpr Duration kLineEach{10'000};  // where a line cannot be written over

std::string bar_of(std::int64_t read, std::int64_t wanted) {
    constexpr std::int64_t kWidth = 24;
    const auto full = static_cast<std::size_t>(kWidth * read / std::max<std::int64_t>(1, wanted));
    return "[" + std::string(full, '#') + std::string(kWidth - full, '.') + "] ";
}

// How far the reading is, as often as a person wants to see it.
class Progress {
  public:
    explicit Progress(Session& session) : session_(session) {}

    void show(json::Value reading) {
        wanted_ = count_of(reading["wanted"]);
        read_ = count_of(reading["read"]);
        if (done()) return;
        const Instant now = session_.clock().now();
        if (!begun_) introduce();
        if (begun_ && !session_.terminal() && now < next_line_) return;
        begun_ = true;
        next_line_ = now + kLineEach;
        std::string text = session_.terminal() ? bar_of(read_, wanted_) : "";
        text += std::to_string(read_) + " of " + std::to_string(wanted_) + " records read";
        if (const auto left = reading["estimate_s"].integer())
            text += ", about " +
                    to_text(Duration{std::chrono::seconds{std::max<std::int64_t>(1, *left)}}) +
                    " left";
        session_.progress(text);
    }
    bool done() const { return read_ >= wanted_; }

  private:
    void introduce() {
        session_.progress(
            "Reading records at their providers; after a break the same command goes on.");
        session_.end_progress();
    }

    Session& session_;
    std::int64_t wanted_ = 0, read_ = 0;
    bool begun_ = false;
    Instant next_line_{};
};

// Until all is read, or it is time to ask for it again. False: it failed.
bool wait_for_reading(Session& session, Progress& progress) {
    const Instant until = session.clock().now() + kAskAgain;
    do {
        session.clock().sleep(kLookAgain);
        const auto reading = session.get("/fleet/reading");
        if (!reading) return false;
        progress.show(reading->root());
    } while (!progress.done() && session.clock().now() < until);
    return true;
}

}  // namespace

std::optional<json::Document> post_fleet(Session& session, const std::string& body) {
    Progress progress{session};
    while (true) {
        auto answer = session.post("/fleet", body);
        const bool reading = answer && !answer->root()["changes"].exists();
        if (!reading) {
            session.end_progress();
            return answer;
        }
        progress.show(answer->root());
        if (!wait_for_reading(session, progress)) return std::nullopt;
    }
}

}  // namespace understudy::ctl
