// Machines: which agents use a server's token. Two that do are a cloned server. The one that linked
// last counts, so the death of the other goes unnoticed; that is why it has to be found out. Proof
// is either that the older link answers when a newer one takes over, or that two take turns: a
// machine that was started anew never comes back with its former boot id. Volatile; what people
// were told stands in the server's row.
#pragma once

#include <optional>
#include <string>
#include <unordered_map>

#include "base/undo_log.h"
#include "controller/core/input.h"

namespace understudy {

class MachineBook {
  public:
    explicit MachineBook(UndoLog& log) : book_(log) {}

    struct Pair {
        Machine linked;  // at present
        Machine other;
    };
    // A new link. Both machines, when it is the second turn of either within the hour.
    std::optional<Pair> linked(const AgentLinked& input, Instant now);
    std::optional<Pair> displaced(const AgentDisplaced& input) const;
    void forget(ServerId server) { book_.erase(server); }
    // Whose link the server's newest is; none: it never had one.
    const Machine* of(ServerId server) const;

  private:
    struct Entry {
        LinkId link = 0;
        Machine machine;
        LinkId other_link = 0;
        Machine other;  // the last one that was not `machine`
        int turns = 0;  // that `other` has come back, since then
        Instant first_turn{};
    };
    UndoMap<std::unordered_map<ServerId, Entry>> book_;
};

// "host 'web1' (boot 0f6d3c5e) at 203.0.113.10"
std::string to_text(const Machine& machine);

}  // namespace understudy
