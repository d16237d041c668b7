#include "controller/api/record_survey.h"

#include <algorithm>

#include "providers/locate.h"

namespace understudy::api {
namespace {

// Enough to hide the provider's delays, few enough to leave places for a failover.
constexpr int kZonesAtOnce = 8;
// Then a caller is told how far it is.
constexpr Duration kPatience{5'000};
// Reading goes on so long after the last one asked, and what was read is kept for so long.
constexpr Duration kReadsOn{120'000};
constexpr Duration kKept{900'000};

Error no_provider() {
    return not_found("the provider does not exist any more", "see the list of providers");
}

}  // namespace

void RecordSurvey::read(const std::vector<UnreadRecord>& records, Instant now, Done done,
                        Late late) {
    now_ = now;
    Reader reader{records, {}, now, std::move(done), std::move(late)};
    for (const UnreadRecord& record : records) {
        Book* book = book_of(record.provider, now);
        if (book == nullptr) continue;
        want(*book, record.name);
        if (!book->names.at(record.name)) reader.open.emplace(record.provider, record.name);
    }
    readers_.push_back(std::move(reader));
    go_on();
}

// None: there is no such account.
RecordSurvey::Book* RecordSurvey::book_of(ProviderId provider, Instant now) {
    const ProviderAccount* account = fleet_.provider(provider);
    if (account == nullptr) return nullptr;
    const auto known = books_.find(provider);
    if (known != books_.end() && known->second.account == *account) {
        known->second.asked_at = now;
        return &known->second;
    }
    Book book;
    book.number = ++last_book_;
    book.account = *account;
    book.asked_at = book.began = now;
    // Who waits for the old one waits for this one now.
    for (const Reader& reader : readers_) {
        for (const auto& [id, name] : reader.open) {
            if (id == provider) want(book, name);
        }
    }
    return &books_.insert_or_assign(provider, std::move(book)).first->second;
}

void RecordSurvey::want(Book& book, const std::string& name) {
    const auto [entry, fresh] = book.names.try_emplace(name);
    if (!fresh) return;
    if (!book.working()) {
        book.began = now_;
        book.zones_read = 0;
    }
    book.to_find.push_back(name);
}

// An answer may come while it is being asked for: then this goes round again instead of deeper.
void RecordSurvey::go_on() {
    go_on_again_ = true;
    if (std::exchange(going_on_, true)) return;
    while (std::exchange(go_on_again_, false)) {
        for (auto& [provider, book] : books_)
            work_on(provider, book);
        tell_readers();
    }
    going_on_ = false;
}

void RecordSurvey::work_on(ProviderId provider, Book& book) {
    if (!book.to_find.empty() && !book.finding) find(provider, book);
    while (!book.to_read.empty() && book.reading < kZonesAtOnce)
        read_zone(provider, book);
}

RecordSurvey::Book* RecordSurvey::answered(ProviderId provider, std::uint64_t number) {
    const auto book = books_.find(provider);
    return book != books_.end() && book->second.number == number ? &book->second : nullptr;
}

// --- zones -----------------------------------------------------------------------------------

void RecordSurvey::find(ProviderId provider, Book& book) {
    const auto names = std::make_shared<std::vector<std::string>>(std::exchange(book.to_find, {}));
    if (const ZoneFindings* known = directory_.known(book.account, now_)) {
        // A zone that was made since is not in it.
        std::vector<std::string> unknown;
        std::erase_if(*names, [&](const std::string& name) {
            const auto zone = zone_of(*known, name);
            const bool absent = !zone && zone.error().code == Errc::NotFound;
            if (absent) unknown.push_back(name);
            return absent;
        });
        sort_out(provider, book, *names, *known);
        if (unknown.empty()) return;
        *names = std::move(unknown);
    }
    book.finding = true;
    desk_.ask_patiently(
        provider,
        {[names](const Provider& asked) { return asked.find_zones(*names); },
         [this, provider, number = book.number, names](const Result<ZoneFindings>& findings) {
             Book* asked = answered(provider, number);
             if (asked == nullptr) return;
             asked->finding = false;
             if (findings) {
                 directory_.learnt(asked->account, *findings, now_);
                 sort_out(provider, *asked, *names, *findings);
             } else {
                 for (const std::string& name : *names)
                     settle(provider, *asked, name, findings.error());
             }
             go_on();
         }});
}

void RecordSurvey::sort_out(ProviderId provider, Book& book, const std::vector<std::string>& names,
                            const ZoneFindings& findings) {
    std::map<ZoneRef, Zone> zones;
    for (const std::string& name : names) {
        auto found = zone_of(findings, name);
        if (!found) {
            settle(provider, book, name, found.error());
            continue;
        }
        Zone& zone = zones[found->zone];
        zone.names.push_back(name);
        if (zone.names.size() == 1) zone.found = *std::move(found);
    }
    for (auto& [ref, zone] : zones)
        book.to_read.push_back(std::move(zone));
}

// --- records ---------------------------------------------------------------------------------

void RecordSurvey::read_zone(ProviderId provider, Book& book) {
    const auto zone = std::make_shared<const Zone>(std::move(book.to_read.front()));
    book.to_read.pop_front();
    ++book.reading;
    desk_.ask_patiently(provider, {[zone](const Provider& asked) {
                                       return asked.read(zone->found.zone, zone->names);
                                   },
                                   [this, provider, number = book.number,
                                    zone](const Result<std::vector<RecordReading>>& readings) {
                                       Book* asked = answered(provider, number);
                                       if (asked == nullptr) return;
                                       --asked->reading;
                                       ++asked->zones_read;
                                       take_zone(provider, *asked, *zone, readings);
                                       go_on();
                                   }});
}

void RecordSurvey::take_zone(ProviderId provider, Book& book, const Zone& zone,
                             const Result<std::vector<RecordReading>>& readings) {
    if (!readings) {
        if (readings.error().code == Errc::NotFound) directory_.forget(provider);
        for (const std::string& name : zone.names)
            settle(provider, book, name, readings.error());
        return;
    }
    ensure(readings->size() == zone.names.size());
    for (const RecordReading& reading : *readings)
        settle(provider, book, reading.name, location_in(zone.found, reading));
}

void RecordSurvey::settle(ProviderId provider, Book& book, const std::string& name,
                          const Result<Location>& result) {
    const auto entry = book.names.find(name);
    if (entry == book.names.end()) return;  // given up meanwhile
    entry->second = result;
    for (Reader& reader : readers_)
        reader.open.erase({provider, name});
}

// --- readers ---------------------------------------------------------------------------------

void RecordSurvey::tell_readers() {
    std::list<Reader> ready;
    for (auto reader = readers_.begin(); reader != readers_.end();) {
        const auto next = std::next(reader);
        if (reader->open.empty()) ready.splice(ready.end(), readers_, reader);
        reader = next;
    }
    for (const Reader& reader : ready) {
        Locations found;
        for (const UnreadRecord& record : reader.records) {
            std::optional<Result<Location>> known;
            if (const auto book = books_.find(record.provider); book != books_.end()) {
                const auto entry = book->second.names.find(record.name);
                if (entry != book->second.names.end()) known = entry->second;
            }
            found.insert_or_assign(record.name, known.value_or(no_provider()));
        }
        reader.done(found);
    }
}

void RecordSurvey::settled(const std::vector<UnreadRecord>& records,
                           const std::set<std::string>& misfits) {
    for (const UnreadRecord& record : records) {
        const auto book = books_.find(record.provider);
        if (book == books_.end()) continue;
        const auto entry = book->second.names.find(record.name);
        if (entry == book->second.names.end() || !entry->second) continue;
        const bool kept =
            book->second.slow && entry->second->ok() && !misfits.contains(record.name);
        if (!kept) book->second.names.erase(entry);
    }
}

void RecordSurvey::time_passed(Instant now) {
    now_ = now;
    std::list<Reader> late;
    for (auto reader = readers_.begin(); reader != readers_.end();) {
        const auto next = std::next(reader);
        if (now - reader->since >= kPatience) late.splice(late.end(), readers_, reader);
        reader = next;
    }
    for (const Reader& reader : late) {
        for (const auto& [provider, name] : reader.open) {
            const auto book = books_.find(provider);
            if (book != books_.end()) book->second.slow = true;
        }
        reader.late(progress_of(reader));
    }
    for (auto& [provider, book] : books_) {
        if (now - book.asked_at >= kReadsOn) give_up_unwatched(book);
    }
    std::erase_if(books_, [&](const auto& each) {
        return now - each.second.asked_at >= kKept || fleet_.provider(each.first) == nullptr;
    });
}

// Whoever wanted it has gone away. What was read stays; what is under way comes to nothing.
void RecordSurvey::give_up_unwatched(Book& book) {
    if (!book.working()) return;
    book.number = ++last_book_;
    book.finding = false;
    book.reading = 0;
    book.to_find.clear();
    book.to_read.clear();
    std::erase_if(book.names, [](const auto& each) { return !each.second.has_value(); });
}

// --- progress --------------------------------------------------------------------------------

SurveyProgress RecordSurvey::progress(Instant now) {
    now_ = now;
    SurveyProgress all;
    for (auto& [provider, book] : books_) {
        if (!book.working()) continue;
        book.asked_at = now;
        all.wanted += book.names.size();
        all.read += static_cast<std::size_t>(std::ranges::count_if(
            book.names, [](const auto& each) { return each.second.has_value(); }));
        all.left = std::max(all.left, time_left(provider, book));
    }
    return all;
}

SurveyProgress RecordSurvey::progress_of(const Reader& reader) const {
    SurveyProgress own{reader.records.size(), reader.records.size() - reader.open.size(), {}};
    for (const auto& [provider, book] : books_) {
        if (book.working()) own.left = std::max(own.left, time_left(provider, book));
    }
    return own;
}

// What the provider's windows make it wait, or at the pace kept so far, whichever is longer.
std::optional<Duration> RecordSurvey::time_left(ProviderId provider, const Book& book) const {
    const std::size_t zones = book.to_read.size() + static_cast<std::size_t>(book.reading);
    auto left = desk_.wait_for_calls(provider, static_cast<int>(zones) + (book.finding ? 1 : 0));
    if (book.zones_read > 0) {
        const Duration pace = (now_ - book.began) / static_cast<std::int64_t>(book.zones_read);
        const Duration at_that_pace = pace * static_cast<std::int64_t>(zones);
        const bool waits = left && *left > Duration{0};
        if (!waits) left = at_that_pace;
    }
    return left;
}

}  // namespace understudy::api
