// Replacing records: read, compare, write, read back - the same for every provider, because this is
// where a record could be damaged.
//
//   * What is there already, TTL included, is confirmed without a write; what nobody vouches for is
//     Foreign.
//   * The changes of one name are never divided over two writes: half a change would read as a
//     record whose members differ, and nobody would dare to touch it again.
//   * When a write of many names is refused for the sake of one, the others are written without it;
//     where it is not told which it was, halves are, until it is alone: 200 names cost about 16
//     calls then, and not 200.
//   * When an answer is lost, writing stops and reading back decides. When one name was written in
//     part it is read back as well, and the others go on.
//   * When the service refuses to go on, each name is told as far as it came.
//   * A service that cannot change a name at once (Capabilities::whole_names) may have stopped
//     halfway: what such a change may have left (halfway.h) is gone on with.
//   * When the world moved under a write, it is read and judged again, once.
#pragma once

#include <vector>

#include "providers/service.h"

namespace understudy {

// See Provider::replace. The service outlives it.
Talk<Result<std::vector<ReplaceOutcome>>> replace_records(
    const Service& service, ZoneRef zone, std::vector<RecordReplacement> replacements);

}  // namespace understudy
