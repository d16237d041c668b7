// RecordReader: all records of some names of one zone, with as few calls as possible.
//
// A stretch of a conversation, used by locate, read and replace. One or two names are asked for by
// name; more are picked from the zone's list, page by page - unless the first page shows that the
// zone has more pages than there are names. No type filter: a CNAME has to be noticed.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "providers/cloudflare/account.h"
#include "providers/cloudflare/record.h"
#include "providers/conversation.h"

namespace understudy::cloudflare {

class RecordReader {
  public:
    using Done = std::function<Step(Result<RecordsByName>)>;

    // The conversation must outlive the reader.
    RecordReader(std::shared_ptr<const Account> account, Conversation& conversation)
        : account_(std::move(account)), conversation_(conversation) {}

    // The answer has an entry for every name, empty where there is no record. One reading at a
    // time.
    Step read(const std::string& zone_id, const std::vector<std::string>& names, Done done);

  private:
    struct Paging {
        std::int64_t page = 1;
        std::int64_t total_pages = 0;  // as told; 0 unknown
        std::int64_t total_count = -1;
        std::size_t seen_on_page = 0;
        std::size_t page_size = 0;
        std::set<std::string> ids;
    };

    Step tell(Result<RecordsByName> result);
    Step list_page();
    Step list_in_short_pages();
    Step on_listed(const HttpAnswer& answer);
    Step next_name();
    Step ask_name_page();
    Step on_named(const HttpAnswer& answer);
    std::optional<Error> take_page(const HttpAnswer& answer);
    bool complete() const;
    std::optional<Error> inconsistency() const;

    std::shared_ptr<const Account> account_;
    Conversation& conversation_;
    std::string path_;
    std::vector<std::string> names_;
    std::size_t next_name_ = 0;
    std::size_t list_size_ = 0;  // records on a page of the zone's list
    RecordsByName found_;
    Paging paging_;
    Done done_;
};

}  // namespace understudy::cloudflare
