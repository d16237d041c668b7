// JsonService: a Service over an HTTP API that speaks JSON. Builds requests with their credential
// and says of every answer which of three things it means.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "base/json.h"
#include "base/secret.h"
#include "providers/service.h"

namespace understudy {

// Of a list that is told by pages.
struct ListPage {
    std::string next;         // how the next one is asked for; empty: this is the last
    std::int64_t total = -1;  // items on all of them, as told; -1 unknown
};

// The service said yes. A change may be answered without a body.
struct Accepted {
    std::optional<json::Document> body;
    ListPage page = {};
    json::Value root() const { return body ? body->root() : json::Value{}; }
};
using Reply = std::variant<Accepted, Refused, Unknown>;

// Why it is no yes; null: it is one.
const Error* error_of(const Reply& reply);
// It may only mean that the credential does not see what was asked for.
bool may_hide(const Reply& reply);
// What it means of a write: a yes is all that is told.
WriteResult written(const Reply& reply);

class JsonService : public Service {
  public:
    // path: "/zones?..." below the base URL, already encoded.
    Talk<Reply> call(std::string method, std::string path, std::string body = {}) const;
    // For calls that change nothing: whatever is not a yes with JSON is an Error.
    Talk<Result<json::Document>> get(std::string path) const;

  protected:
    struct Terms {
        std::string name;  // as errors have it
        std::string base_url;
        // Every request carries "header: prefix secret".
        std::string header;
        std::string prefix;
        Secret secret;
        std::string silence_remedy = {};  // what to do where no answer comes
        Duration timeout = HttpRequest{}.timeout;
    };
    explicit JsonService(Terms terms) : terms_(std::move(terms)) {}

    // What an answer means. Foreign words in errors go through foreign().
    virtual Reply judge(const HttpResponse& response) const = 0;
    std::string foreign(std::string_view text) const;

  private:
    HttpRequest request(std::string method, const std::string& path, std::string body) const;

    Terms terms_;
};

// The text there; empty where there is none.
std::string text_of(json::Value value);

}  // namespace understudy
