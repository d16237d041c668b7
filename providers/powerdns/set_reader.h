// SetReader: the record sets of some names of one zone, and the zone itself.
//
// A stretch of a conversation. What is served of a few names is asked for one by one; for more, and
// for sets that shall be replaced, the whole zone is read once, and if that fails (it may be huge),
// one by one after all.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "providers/conversation.h"
#include "providers/powerdns/server.h"
#include "providers/powerdns/zone.h"

namespace understudy::powerdns {

struct ZoneReading {
    Zone zone;
    SetsByName sets;  // an entry for every name
};

enum class Extent {
    Served,  // disabled records may be missing
    Whole,   // nothing is missing: what was read may be replaced
};

class SetReader {
  public:
    using Done = std::function<Step(Result<ZoneReading>)>;

    // The conversation must outlive the reader.
    SetReader(std::shared_ptr<const Server> server, Conversation& conversation)
        : server_(std::move(server)), conversation_(conversation) {}

    // An error, too, when the zone's records come from elsewhere. One reading at a time; at least
    // one name.
    Step read(const std::string& zone_id, const std::vector<std::string>& names, Extent extent,
              Done done);

  private:
    Step tell(Result<ZoneReading> result);
    Step ask_whole_zone();
    Step ask_name();
    Step ask_unserved();
    Step next_name();
    std::optional<Error> take(const HttpAnswer& answer);

    std::shared_ptr<const Server> server_;
    Conversation& conversation_;
    std::string path_;
    std::vector<std::string> names_;
    Extent extent_ = Extent::Served;
    std::size_t next_ = 0;
    ZoneReading reading_;
    Done done_;
};

}  // namespace understudy::powerdns
