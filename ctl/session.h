// What every command works with: requests that explain their failures, and output in the form asked
// for.
#pragma once

#include <functional>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "ctl/client.h"
#include "ctl/exit_code.h"
#include "ctl/table.h"

namespace understudy::ctl {

enum class Output { Table, Wide, Json };

// What waiting is made of; tests bring their own.
// Of a terminal; 0: not known.
struct Size {
    std::size_t rows = 0, columns = 0;
};

struct Clock {
    std::function<Instant()> now = BootClock::now;
    std::function<void(Duration)> sleep;

    Clock();
};

// "understudyctl: ..." and, on a line of its own, what to do.
std::string complaint(const Error& error);

class Session {
  public:
    struct Streams {
        std::ostream& out;
        std::ostream& err;
        bool terminal = false;  // out is a terminal that takes escape sequences
        bool colours = false;
        std::istream* answers = nullptr;  // where a person answers; none: nobody is asked
        std::function<Size()> size = [] { return Size{}; };
    };
    Session(Transport& transport, Output output, Streams streams, Clock clock = {})
        : transport_(transport),
          output_(output),
          streams_(std::move(streams)),
          clock_(std::move(clock)) {}

    // `path` without "/api/v1". None: it failed, the reason is printed, return failure().
    std::optional<json::Document> get(const std::string& path);
    // The same, but that there is no such thing is an answer: `missing`, and nothing is printed.
    struct Found {
        std::optional<json::Document> document;
        bool missing = false;
    };
    Found find(const std::string& path);
    std::optional<json::Document> post(const std::string& path, const std::string& body = {});
    std::optional<json::Document> request(const std::string& method, const std::string& path,
                                          const std::string& body);
    // Takes away what goes by itself later: nobody is told when it cannot be done.
    void clear_away(const std::string& path);
    // All pages of a list, at most `limit` items (0: all), as {"items": [...]}.
    std::optional<json::Document> get_all(const std::string& path, std::size_t limit = 0);
    int failure() const { return failure_; }

    bool json() const { return output_ == Output::Json; }
    bool wide() const { return output_ == Output::Wide; }
    bool terminal() const { return streams_.terminal; }
    bool colours() const { return streams_.colours; }
    Size size() const { return streams_.size(); }

    const Clock& clock() const { return clock_; }

    void print(const std::string& text);
    // One line in the place of the last one on a terminal, a line of its own elsewhere.
    void progress(const std::string& text);
    void end_progress();
    bool can_ask() const { return streams_.answers != nullptr; }
    // Asks a person, who is there.
    bool confirm(const std::string& question);
    // The document itself with -o json, else what `view` makes of it.
    int show(const json::Document& document, const std::function<std::string(json::Value)>& view);
    // The same for what a request gave; failure() where that failed.
    int show(const std::optional<json::Document>& answer,
             const std::function<std::string(json::Value)>& view) {
        return answer ? show(*answer, view) : failure();
    }
    std::string draw(const Table& table) const { return render(table, colours()); }
    std::string draw(const std::vector<std::pair<std::string, Cell>>& fields) const {
        return render_fields(fields, colours());
    }
    // Prints "understudyctl: ..." and what to do; returns `code`.
    int complain(int code, const Error& error);
    int usage(std::string field, std::string message, std::string remedy = {});

  private:
    std::optional<json::Document> read(const HttpResponse& response);
    void explain(const HttpResponse& response);

    Transport& transport_;
    Output output_;
    Streams streams_;
    Clock clock_;
    int failure_ = kRefused;
    bool line_open_ = false;  // of progress()
};

}  // namespace understudy::ctl
