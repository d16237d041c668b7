// Record sets: the records of one name and type as one thing, as many services keep them. How they
// are read as one, and what of them a change has to touch. Pure.
//
// A service that takes one set at a time can stop halfway: A is changed and AAAA is not. What is
// there then is ours, and must be mended and not refused: see Capabilities::whole_names.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "providers/rest_service.h"

namespace understudy {

struct SetRecord {
    std::string text;
    std::string comment;  // where the service has them; empty: none
};

struct RecordSet {
    std::string type;
    std::uint32_t ttl = 0;
    std::vector<SetRecord> records;
    bool locked = false;  // its owner has protected it against changes
};

using RecordSets = std::map<std::string, std::vector<RecordSet>>;  // by canonical names

// All sets of one name as one reading.
RecordReading fold_sets(const std::string& name, const std::vector<RecordSet>& sets,
                        const FoldingWords& words);
// The same in the middle of a change to that TTL: a set that has it already counts as one that has
// the other's.
RecordReading fold_sets_halfway(const std::string& name, std::vector<RecordSet> sets, Ttl wanted,
                                const FoldingWords& words);

// What has to become of one set.
struct SetChange {
    RecordSet wanted;      // no records: it goes
    bool there = false;    // something is there already
    bool content = false;  // whether the records differ
    bool ttl = false;
};

// Those of a name, in an order that never leaves it without an address: sets go last. Comments stay
// with their addresses, and those of addresses that go pass on to those that come.
std::vector<SetChange> set_changes(const Write& write, const std::vector<RecordSet>& present,
                                   std::uint32_t ttl);

// The sets of some names. `list` is as read_names() takes it, but for `begin` and `take`; read_set
// reads one item: the name it has in the zone, and the set.
using ReadSet = Result<std::pair<std::string, RecordSet>> (*)(json::Value);
Talk<Result<RecordSets>> read_sets(const RestService& service, ZoneRef zone, NameList list,
                                   std::vector<std::string> names, ReadSet read_set);

}  // namespace understudy
