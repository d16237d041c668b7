#include "providers/cloudflare/record_reader.h"

namespace understudy::cloudflare {
namespace {

// Far below the documented maximum: huge pages are reported to time out. Many names are worth
// longer pages, as long as these are answered.
constexpr std::size_t kListPageSize = 1000;
constexpr std::size_t kLongListPageSize = 5000;
constexpr std::size_t kNamePageSize = 100;
constexpr std::size_t kNamesAskedSingly = 2;
constexpr std::int64_t kMostPages = 1000;  // a zone has a few thousand records at most by default

std::string paged(std::size_t page_size, std::int64_t page) {
    return "per_page=" + std::to_string(page_size) + "&page=" + std::to_string(page);
}

}  // namespace

Step RecordReader::read(const std::string& zone_id, const std::vector<std::string>& names,
                        Done done) {
    path_ = "/zones/" + url_encode(zone_id) + "/dns_records?";
    names_ = names;
    next_name_ = 0;
    found_.clear();
    for (const auto& name : names)
        found_[name];
    done_ = std::move(done);
    paging_ = {};
    list_size_ = names.size() > kListPageSize ? kLongListPageSize : kListPageSize;
    return names.size() <= kNamesAskedSingly ? next_name() : list_page();
}

// The continuation may read again: it must not be destroyed while it runs.
Step RecordReader::tell(Result<RecordsByName> result) {
    return std::exchange(done_, nullptr)(std::move(result));
}

Step RecordReader::list_page() {
    paging_.page_size = list_size_;
    return conversation_.ask(account_->get(path_ + paged(list_size_, paging_.page)),
                             [this](const HttpAnswer& answer) { return on_listed(answer); });
}

Step RecordReader::on_listed(const HttpAnswer& answer) {
    if (auto error = take_page(answer)) {
        const bool too_long = error->code == Errc::Transient && list_size_ > kListPageSize;
        return too_long ? list_in_short_pages() : tell(*std::move(error));
    }
    if (complete()) {
        if (auto error = inconsistency()) return tell(*std::move(error));
        return tell(std::move(found_));
    }
    const auto names = static_cast<std::int64_t>(names_.size());
    if (paging_.page == 1 && paging_.total_pages - 1 > names) {
        for (auto& entry : found_)
            entry.second.clear();
        return next_name();
    }
    ++paging_.page;
    return list_page();
}

Step RecordReader::list_in_short_pages() {
    list_size_ = kListPageSize;
    for (auto& entry : found_)
        entry.second.clear();
    paging_ = {};
    return list_page();
}

Step RecordReader::next_name() {
    if (next_name_ == names_.size()) return tell(std::move(found_));
    paging_ = {};
    return ask_name_page();
}

Step RecordReader::ask_name_page() {
    paging_.page_size = kNamePageSize;
    const auto filter = "name.exact=" + url_encode(names_[next_name_]) + "&";
    return conversation_.ask(account_->get(path_ + filter + paged(kNamePageSize, paging_.page)),
                             [this](const HttpAnswer& answer) { return on_named(answer); });
}

Step RecordReader::on_named(const HttpAnswer& answer) {
    if (auto error = take_page(answer)) return tell(*std::move(error));
    if (!complete()) {
        ++paging_.page;
        return ask_name_page();
    }
    if (auto error = inconsistency()) return tell(*std::move(error));
    ++next_name_;
    return next_name();
}

std::optional<Error> RecordReader::take_page(const HttpAnswer& answer) {
    const auto accepted = account_->read(answer);
    if (!accepted) return accepted.error();
    const auto result = accepted->result();
    if (!result.is_array())
        return transient("no usable answer from Cloudflare: no list of records");
    const auto info = accepted->body.root()["result_info"];
    paging_.total_pages = info["total_pages"].integer().value_or(0);
    paging_.total_count = info["total_count"].integer().value_or(-1);
    // What the service made of the page size asked for.
    const auto page_size = info["per_page"].integer().value_or(0);
    if (page_size > 0) paging_.page_size = static_cast<std::size_t>(page_size);
    paging_.seen_on_page = result.size();
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
    return error;
}

// An empty zone is told with one page or with none.
bool RecordReader::complete() const {
    if (paging_.seen_on_page == 0 || paging_.seen_on_page < paging_.page_size) return true;
    if (paging_.page >= kMostPages) return true;
    return paging_.total_pages > 0 && paging_.page >= paging_.total_pages;
}

// Records that come and go between two pages move others from page to page: one may have been
// missed.
std::optional<Error> RecordReader::inconsistency() const {
    if (paging_.page >= kMostPages)
        return transient("the zone has more records than can be listed");
    if (paging_.total_count < 0) return std::nullopt;
    if (paging_.ids.size() == static_cast<std::size_t>(paging_.total_count)) return std::nullopt;
    return transient("the zone changed while its records were listed");
}

}  // namespace understudy::cloudflare
