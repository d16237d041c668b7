#include "providers/powerdns/set_reader.h"

#include <utility>

#include "providers/powerdns/unserved.h"

namespace understudy::powerdns {
namespace {

constexpr std::size_t kNamesAskedSingly = 10;

class SetReader {
  public:
    SetReader(const Server& server, const std::string& zone_id, std::vector<std::string> names,
              Extent extent)
        : server_(server),
          path_("/zones/" + url_encode(zone_id)),
          names_(std::move(names)),
          extent_(extent) {}

    Talk<Result<ZoneReading>> run() {
        const bool at_once = extent_ == Extent::Whole || names_.size() > kNamesAskedSingly;
        auto way = at_once ? whole_zone() : by_name();
        if (const auto error = co_await way) co_return *error;
        co_return std::move(reading_);
    }

  private:
    Talk<std::optional<Error>> whole_zone() {
        begin_anew();
        auto error = co_await take_zone({});
        if (error && error->code == Errc::Transient) error = co_await by_name();
        co_return error;
    }

    Talk<std::optional<Error>> by_name() {
        begin_anew();
        for (const auto& name : names_) {
            auto error = co_await take_zone("?rrset_name=" + url_encode(absolute(name)));
            if (!error && extent_ == Extent::Whole) error = co_await take_unserved(name);
            if (error) co_return error;
        }
        co_return std::nullopt;
    }

    void begin_anew() {
        for (const auto& name : names_)
            reading_.sets[name].clear();
    }

    Talk<std::optional<Error>> take_zone(std::string filter) {
        const auto body = co_await server_.get(path_ + filter);
        if (!body) co_return body.error();
        auto zone = read_zone(body->root());
        if (!zone) co_return zone.error();
        reading_.zone = *std::move(zone);
        if (auto error = refuse(reading_.zone)) co_return error;
        co_return read_sets(body->root(), reading_.sets);
    }

    Talk<std::optional<Error>> take_unserved(std::string name) {
        const auto hits = co_await server_.get(search_path(name));
        if (!hits) co_return hits.error();
        co_return add_unserved(hits->root(), reading_.zone, name, reading_.sets[name]);
    }

    const Server& server_;
    std::string path_;
    std::vector<std::string> names_;
    Extent extent_;
    ZoneReading reading_;
};

}  // namespace

Talk<Result<ZoneReading>> read_sets_of(const Server& server, std::string zone_id,
                                       std::vector<std::string> names, Extent extent) {
    SetReader reader{server, zone_id, std::move(names), extent};
    co_return co_await reader.run();
}

}  // namespace understudy::powerdns
