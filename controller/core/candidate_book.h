// CandidateBook: which public addresses each server's agent says its machine has, and how far the
// proof of one that the server does not have has come. Volatile: after a start agents say it anew.
// Used by the engine only; candidates.h judges by it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "base/undo_log.h"
#include "controller/core/input.h"

namespace understudy {

// Other addresses than the server has, as long as its agent reports them.
struct Candidate {
    // Of one family.
    struct Finding {
        Instant since{};                // when it was reported
        std::optional<Instant> proven;  // when the newest question that proved it was asked
        std::string sentence;           // what the newest word was
        std::string told;  // the kind of restraint of this family alone that was logged last
        // To the newest question: what the controller found, who else found it serving, and how.
        std::optional<Verdict> controller;
        std::vector<ServerId> siblings;
        std::string seen_by_sibling;

        void forget_answers() {
            controller.reset();
            siblings.clear();
            seen_by_sibling.clear();
        }
        void forget_proof() {
            proven.reset();
            sentence.clear();
            forget_answers();
        }
    };
    std::optional<Ipv4> ipv4;  // only what is another than the server's
    std::optional<Ipv6> ipv6;
    Finding at_ipv4, at_ipv6;
    int tries = 0;               // since nothing keeps it back
    Instant tried_at{};          // the first of them
    std::uint64_t question = 0;  // the newest: an answer to an older one is not fresh
    Instant asked{};
    Instant next{};    // not asked again before
    std::string told;  // the kind of restraint that was logged last

    bool none() const { return !ipv4 && !ipv6; }
    void ask_anew() {
        question = 0;
        tries = 0;
    }
};

class CandidateBook {
  public:
    struct Reported {
        LinkId link = 0;  // it was said on this one
        std::optional<Ipv4> ipv4;
        std::optional<Ipv6> ipv6;
        bool ipv4_of_link = false;  // it is where the link comes from: the controller's own view
        bool ipv6_of_link = false;
        // No other candidate before: who reports in turns is heard now and then.
        Instant ipv4_begins{}, ipv6_begins{};
        std::optional<Candidate> candidate;
        // When people were last told of a kind of restraint.
        std::map<std::string, std::optional<Instant>> noticed;
        std::set<std::string> owed;  // kinds they are to be told of, a while after the last time
    };

    explicit CandidateBook(UndoLog& log)
        : book_(log), last_question_(log, 0), most_told_(log, {}) {}

    Reported& of(ServerId server) { return book_[server]; }
    Reported* edit(ServerId server) { return book_.edit(server); }
    const Reported* find(ServerId server) const { return book_.find(server); }
    const std::unordered_map<ServerId, Reported>& all() const { return book_.all(); }
    void forget(ServerId server) { book_.erase(server); }
    std::uint64_t next_question() { return ++*last_question_; }
    // When people last heard that too many servers have another address at once.
    std::optional<Instant>& most_told() { return *most_told_; }

  private:
    UndoMap<std::unordered_map<ServerId, Reported>> book_;
    UndoValue<std::uint64_t> last_question_;
    UndoValue<std::optional<Instant>> most_told_;
};

// What a person is shown of it.
struct ReportedAddress {
    enum class State {
        Registered,  // the server has no other
        NotDynamic,  // nothing follows from it
        Unheard,     // not said on the newest link, or there is none
        Held,        // something keeps it from being followed
        Unproven,    // its service was not found there yet
        Proven,
    };
    std::optional<Ipv4> ipv4;
    std::optional<Ipv6> ipv6;
    State state = State::Registered;
    std::string sentence;  // "as registered", "not followed: ..."
};
template <>
inline constexpr Words<ReportedAddress::State, 6> kWordsOf<ReportedAddress::State>{
    {{ReportedAddress::State::Registered, "registered"},
     {ReportedAddress::State::NotDynamic, "not_dynamic"},
     {ReportedAddress::State::Unheard, "unheard"},
     {ReportedAddress::State::Held, "held"},
     {ReportedAddress::State::Unproven, "unproven"},
     {ReportedAddress::State::Proven, "proven"}}};

}  // namespace understudy
