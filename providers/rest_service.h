// RestService: a JsonService of the kind that most vendors offer. A token in one header, zones
// under their names, lists told page by page, errors as a word and a sentence. What differs from
// one to the next is a Dialect; finding zones and looking at a token are written once over it.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "providers/json_service.h"
#include "providers/refusal.h"

namespace understudy {

struct Dialect {
    Answering answering;
    std::string_view base_url;
    const char* prefix = "Bearer ";  // before the token in "Authorization"
    // A row of code 0 is found by the service's own word, which is its hint; the others by the HTTP
    // status and what must occur in "word: sentence".
    std::span<const ErrorRow> rows;

    struct Words {
        std::string word;
        std::string sentence;
    };
    Words (*words)(json::Value body);
    // Of a refusal of things that were sent as a list: which of them are refused. Null: never told.
    std::vector<bool> (*refused_items)(json::Value body) = nullptr;
    // As the query of a list names it: "page=1" at first.
    const char* first_page = "page=1";
    ListPage (*page)(const HttpResponse& response, json::Value body);

    // Zones: the list is at "/domains?per_page=200", one of them at "/domains/example.org".
    const char* zones;
    const char* zones_end = "";  // after each such path
    const char* zones_query = "";
    const char* zones_key = "";  // where the list is in the answer; "": it is all of it
    const char* zone_key = "";
    // Errc::Invalid: its name is none that a domain of ours could be in.
    Result<FoundZone> (*read_zone)(json::Value value);
    const char* create_zone;  // what to do where there is none
};

class RestService : public JsonService {
  public:
    Talk<Result<ZoneFindings>> find_zones(std::vector<std::string> names) const override;
    Talk<Result<Verification>> verify() const override;
    std::optional<CallsLeft> calls_left(const HttpResponse& response) const override;

    // Takes one item; gives what tells it from all others, or why it cannot be read.
    using TakeItem = std::function<Result<std::string>(json::Value)>;
    // path: with its query, to which the page is added. False: given up after the first page, since
    // more than so many pages follow.
    Talk<Result<bool>> list(std::string path, std::string key, TakeItem take,
                            std::size_t patience) const;

    // The path of a zone and of what is below it.
    std::string zone_path(const std::string& zone, std::string_view below = {}) const;
    const Dialect& dialect() const { return dialect_; }
    // Of something asked for otherwise than by HTTP status: an action that has failed, say.
    Refused refused(const Dialect::Words& words, const HttpResponse& response) const;

  protected:
    RestService(Terms terms, const Dialect& dialect)
        : JsonService(std::move(terms)), dialect_(dialect) {}

    // Of settings {"base_url"?, "allow_plain_http"?} and the token.
    static Result<Terms> terms_of(const Dialect& dialect, std::string_view settings,
                                  const Secret& credential);

  private:
    Reply judge(const HttpResponse& response) const override;
    Talk<std::optional<Error>> find_one(std::string zone, ZoneFindings& findings) const;

    const Dialect& dialect_;
};

// The name of a zone as a service tells it. Errc::Invalid: it is there, and no name of ours.
Result<std::string> read_zone_name(const std::string& service, json::Value name);

// What a list of the records of a zone is asked for, of some names or of all.
struct NameList {
    std::string path;  // "/zones/example.org/rrsets"
    std::string query;
    std::string key;
    // "name=www", for one name; null: there are only lists.
    std::function<std::string(const std::string&)> by_name;
    std::function<void()> begin;  // what was taken so far is void
    RestService::TakeItem take;
};

// All that the zone shows of some names, in as few calls as possible: one or two names are asked
// for by name, more are picked from the list, unless that has more pages than there are names.
// What `list` refers to outlives the talk.
Talk<std::optional<Error>> read_names(const RestService& service, const NameList& list,
                                      const std::vector<std::string>& names);

// Where a list goes on, if a header says so: the value of `key` in the query of the link that is
// called "next" (RFC 8288). Nothing else of the link is heeded: it is foreign.
std::string next_in_link(const HttpResponse& response, std::string_view key);
// The value of `key` in the query of a URL.
std::string query_value(std::string_view url, std::string_view key);

// Whether that is longer than visitors should be kept at a dead address.
bool is_slow(std::uint32_t minimum_ttl_s);
// What is said of a zone whose records cannot be given a short TTL.
std::string slow_zone(const std::string& zone, std::uint32_t minimum_ttl_s,
                      const std::string& remedy);

}  // namespace understudy
