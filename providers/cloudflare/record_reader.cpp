#include "providers/cloudflare/account.h"

#include <cstdint>

namespace understudy::cloudflare {
namespace {

// Far below the documented maximum: huge pages are reported to time out. Many names are worth
// longer pages, as long as these are answered.
constexpr std::size_t kListPageSize = 1000;
constexpr std::size_t kLongListPageSize = 5000;
constexpr std::size_t kNamePageSize = 100;
constexpr std::size_t kNamesAskedSingly = 2;
constexpr std::int64_t kMostPages = 1000;  // a zone has a few thousand records at most by default

class RecordReader {
  public:
    RecordReader(const Account& account, const std::string& zone_id, std::vector<std::string> names)
        : account_(account),
          path_("/zones/" + url_encode(zone_id) + "/dns_records?"),
          names_(std::move(names)) {}

    Talk<Result<RecordsByName>> run() {
        auto way = names_.size() <= kNamesAskedSingly ? by_name() : list();
        const auto error = co_await way;
        if (error) co_return *error;
        co_return std::move(found_);
    }

  private:
    void begin_anew() {
        for (const auto& name : names_)
            found_[name].clear();
        paging_ = {};
    }

    Talk<std::optional<Error>> list() {
        begin_anew();
        auto size = names_.size() > kListPageSize ? kLongListPageSize : kListPageSize;
        for (;;) {
            auto error = co_await take_page({}, size);
            if (error && error->code == Errc::Transient && size > kListPageSize) {
                size = kListPageSize;
                begin_anew();
                continue;
            }
            if (error) co_return error;
            if (complete()) co_return inconsistency();
            const auto names = static_cast<std::int64_t>(names_.size());
            if (paging_.page == 1 && paging_.total_pages - 1 > names) break;
            ++paging_.page;
        }
        auto error = co_await by_name();
        co_return error;
    }

    Talk<std::optional<Error>> by_name() {
        begin_anew();
        for (const auto& name : names_) {
            paging_ = {};
            for (;; ++paging_.page) {
                auto error =
                    co_await take_page("name.exact=" + url_encode(name) + "&", kNamePageSize);
                if (error) co_return error;
                if (complete()) break;
            }
            if (auto error = inconsistency()) co_return error;
        }
        co_return std::nullopt;
    }

    Talk<std::optional<Error>> take_page(std::string filter, std::size_t page_size) {
        const auto body =
            co_await account_.get(path_ + filter + "per_page=" + std::to_string(page_size) +
                                  "&page=" + std::to_string(paging_.page));
        if (!body) co_return body.error();
        const auto result = body->root()["result"];
        if (!result.is_array())
            co_return transient("no usable answer from Cloudflare: no list of records");
        take_totals(body->root(), paging_);
        // What the service made of the page size asked for.
        const auto made = body->root()["result_info"]["per_page"].integer().value_or(0);
        const auto full = made > 0 ? static_cast<std::size_t>(made) : page_size;
        last_is_full_ = result.size() > 0 && result.size() >= full;
        std::optional<Error> error;
        result.each([this, &error](json::Value value) {
            auto record = read_record(value);
            if (!record) {
                error = record.error();
            } else if (paging_.ids.insert(record->id).second) {
                const auto entry = found_.find(record->name);
                if (entry != found_.end()) entry->second.push_back(*std::move(record));
            }
        });
        co_return error;
    }

    // An empty zone is told with one page or with none.
    bool complete() const {
        if (!last_is_full_ || paging_.page >= kMostPages) return true;
        return paging_.total_pages > 0 && paging_.page >= paging_.total_pages;
    }

    std::optional<Error> inconsistency() const {
        if (paging_.page >= kMostPages)
            return transient("the zone has more records than can be listed");
        if (paging_.whole()) return std::nullopt;
        return transient("the zone changed while its records were listed");
    }

    const Account& account_;
    std::string path_;
    std::vector<std::string> names_;
    RecordsByName found_;
    Paging paging_;
    bool last_is_full_ = false;  // the page read last
};

}  // namespace

Talk<Service::Read> Account::read(ZoneRef zone, std::vector<std::string> names, Extent) const {
    RecordReader reader{*this, zone.id, std::move(names)};
    auto records = co_await reader.run();
    if (!records) co_return records.error();
    co_return make_names(*this, zone.id, *std::move(records));
}

}  // namespace understudy::cloudflare
