// All records of one name as one reading, or why they are none: the same for every service. Which
// of its records are served, and how they are read, the service says.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "providers/provider.h"

namespace understudy {

// The name of a record as it can be compared with ours: canonical, and without the dot at its end.
// Names of records that are no host names stay as they are.
std::string comparable_name(std::string_view name);

// What a service's own sentences are. They are kept with the record, and one that reads otherwise
// is told as a new drift: whoever changes a word makes every such record speak again.
struct FoldingWords {
    const char* where;  // "at Cloudflare"; where a person mends what stands in the way
    // What is said of a name that has a record of this type, beside which or in place of which no
    // address can stand; empty: it can.
    std::string (*in_the_way)(std::string_view type, std::string_view content);
    std::string (*ttls_differ)(const std::string& quoted_name, Ttl first, Ttl other);
};

// Of services that have one kind of it or another: what answers in place of addresses.
std::string alias_in_the_way(std::string_view type, std::string_view content);
// In the order of the zone: a set has one TTL, so there are no more than two.
std::string sets_differ_in_ttl(const std::string& quoted_name, Ttl first, Ttl other);
// Where each record has a TTL: the lesser first, whatever the order of the list. Automatic is 1.
std::string records_differ_in_ttl(const std::string& quoted_name, Ttl first, Ttl other);

class Folding {
  public:
    Folding(std::string name, const FoldingWords& words)
        : words_(words), reading_{std::move(name), false, {}, {}} {}

    // Records that are served, of one type: one at a time, or a whole set; none at all count as
    // nothing.
    void add(std::string_view type, std::span<const std::string> contents, Ttl ttl,
             bool proxied = false);
    RecordReading take() &&;

  private:
    void refuse(const std::string& what, std::string_view remedy);  // @: where

    const FoldingWords& words_;
    RecordReading reading_;
};

// The addresses of type A or AAAA as a service takes them, and the content of a record as it can be
// compared with them: an IPv6 address has many spellings.
std::vector<std::string> address_texts(const AddressSet& addresses, std::string_view type);
std::string plain_address(const std::string& content);

// Adds the content of an A or AAAA record; false when it is no address of that type.
bool add_address(std::string_view type, std::string_view content, AddressSet& addresses);

}  // namespace understudy
