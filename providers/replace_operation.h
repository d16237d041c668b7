// ReplaceOperation: read, compare, write, read back - the same for every provider, because this is
// where a record could be damaged. A provider only says how to read names and how to write a chunk.
//
//   * What is there already, TTL included, is confirmed without a write; what nobody vouches for is
//     a Stranger.
//   * The changes of one name are never divided over two writes: half a change would read as a
//     record whose members differ, and nobody would dare to touch it again.
//   * When a write of many names is refused for the sake of one, it is halved until the culprit is
//     alone: 200 names cost about 16 calls then, and not 200.
//   * When an answer is lost, writing stops and reading back decides.
//   * When the service refuses to go on, each name is told as far as it came.
//   * When the world moved under a write, it is read and judged again, once.
#pragma once

#include <deque>
#include <functional>
#include <optional>
#include <vector>

#include "providers/conversation.h"
#include "providers/write_result.h"

namespace understudy {

class ReplaceOperation : public Conversation {
  public:
    Step start() final;

  protected:
    // One name on its way; `before` is what was read.
    struct Item {
        RecordReplacement wanted;
        RecordState before;
        std::optional<ReplaceOutcome> outcome;
        bool attempted = false;  // written, or perhaps written: to be read back
    };
    using Items = std::vector<const Item*>;
    using ReadDone = std::function<Step(Result<std::vector<RecordReading>>)>;
    using WriteDone = std::function<Step(WriteResult)>;

    // operations_per_write: what one write call may carry, counted by operations().
    ReplaceOperation(ZoneRef zone, std::vector<RecordReplacement> replacements,
                     std::size_t operations_per_write);

    const ZoneRef& zone() const { return zone_; }

    // One reading per item, in order. Items that were attempted are read back; the others are read
    // to be replaced, and so have to be read wholly.
    virtual Step read_names(const Items& items, ReadDone done) = 0;
    virtual Step write(const Items& items, WriteDone done) = 0;
    virtual std::size_t operations(const Item& item) const = 0;
    // The TTL that a write would leave: within the service's limits; `before`'s where it has none.
    virtual Ttl ttl_to_write(const Item& item) const = 0;

  private:
    using Chunk = std::vector<std::size_t>;  // indices into items_

    void refuse_nonsense();
    Items pointers(const Chunk& chunk) const;
    Chunk open_items(bool attempted) const;
    Step read_and_judge();
    void judge(Item& item, const RecordReading& reading) const;
    void queue_writes();
    Step write_next();
    Step on_written(const Chunk& chunk, const WriteResult& result);
    Step on_refused(const Chunk& chunk, const Refused& refused);
    void halve(const Chunk& chunk);
    Step stop_writing(const Error& error);
    Step give_up(const Error& error);
    Step read_back();
    void settle(Item& item, const RecordReading& reading) const;
    Step finish();

    ZoneRef zone_;
    std::vector<Item> items_;
    std::size_t operations_per_write_;
    std::deque<Chunk> queue_;
    std::optional<Error> lost_;  // an answer was lost: why
    bool read_again_ = false;
};

}  // namespace understudy
