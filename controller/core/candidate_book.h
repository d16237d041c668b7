// CandidateBook: which public addresses each server's agent says its machine has, and how far the
// proof of one that the server does not have has come. Volatile: after a start agents say it anew.
// Used by the engine only; candidates.h judges by it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>

#include "base/clock.h"
#include "base/undo_log.h"
#include "controller/core/input.h"

namespace understudy {

// Another address than the server has, as long as its agent reports it.
struct Candidate {
    struct Finding {
        std::optional<Instant> proven;  // when the newest probe that proved it was asked for
        std::string sentence;           // what the newest word was
    };
    std::optional<Ipv4> ipv4;  // only what is another than the server's
    std::optional<Ipv6> ipv6;
    Finding at_ipv4, at_ipv6;
    Instant since{};
    int tries = 0;               // since nothing keeps it back
    Instant tried_at{};          // the first of them
    std::uint64_t question = 0;  // the newest: an answer to an older one is not fresh
    Instant asked{};
    Instant next{};    // not asked again before
    std::string told;  // the kind of restraint that was logged last
};

class CandidateBook {
  public:
    struct Reported {
        LinkId link = 0;  // it was said on this one
        std::optional<Ipv4> ipv4;
        std::optional<Ipv6> ipv6;
        Instant begins{};  // no other candidate before: who reports in turns is heard now and then
        std::optional<Candidate> candidate;
        std::string noticed;  // the kind of restraint that people were told of last, and when
        Instant noticed_at{};
    };

    explicit CandidateBook(UndoLog& log)
        : book_(log), last_question_(log, 0), most_told_(log, false) {}

    Reported& of(ServerId server) { return book_[server]; }
    Reported* edit(ServerId server) { return book_.edit(server); }
    const Reported* find(ServerId server) const { return book_.find(server); }
    const std::unordered_map<ServerId, Reported>& all() const { return book_.all(); }
    void forget(ServerId server) { book_.erase(server); }
    std::uint64_t next_question() { return ++*last_question_; }
    // Whether people know that too many servers have another address at once.
    bool& most_told() { return *most_told_; }

  private:
    UndoMap<std::unordered_map<ServerId, Reported>> book_;
    UndoValue<std::uint64_t> last_question_;
    UndoValue<bool> most_told_;
};

// What a person is shown of it.
struct ReportedAddress {
    std::optional<Ipv4> ipv4;
    std::optional<Ipv6> ipv6;
    std::string sentence;  // "as registered", "not followed: ..."
};

}  // namespace understudy
