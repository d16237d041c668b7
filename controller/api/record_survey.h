// RecordSurvey: reads the records of many names at their providers before their domains are added:
// the zones of all of them at once, then each zone's records at once, within what the failovers
// leave of the provider's calls. That may take several of the provider's windows, so readings
// outlive the request they were made for: who asks again for the same names goes on from there.
//
// Nothing here is durable, and nothing is decided by it: a reading that is some minutes old is only
// what a domain is taken over with; the next comparison with the provider finds what has changed.
// Loop thread only.
#pragma once

#include <deque>
#include <functional>
#include <list>
#include <map>
#include <set>
#include <unordered_map>
#include <vector>

#include "controller/api/fleet_plan.h"
#include "controller/api/zone_directory.h"

namespace understudy::api {

struct SurveyProgress {
    std::size_t wanted = 0;  // records
    std::size_t read = 0;
    std::optional<Duration> left;  // at best; none: not known
};

class RecordSurvey {
  public:
    RecordSurvey(const Fleet& fleet, OrderDesk& desk, ZoneDirectory& directory)
        : fleet_(fleet), desk_(desk), directory_(directory) {}

    using Done = std::function<void(const Locations&)>;
    using Late = std::function<void(const SurveyProgress&)>;
    // One of them is called once, now or in a later turn: `done` with an answer for each record, or
    // `late` when that takes longer than a caller can be kept waiting; reading goes on for a while.
    void read(const std::vector<UnreadRecord>& records, Instant now, Done done, Late late);
    // The caller has made use of them. What was read in one go is worth nothing later; what took
    // longer is kept, but for the misfits, which their owner will correct.
    void settled(const std::vector<UnreadRecord>& records, const std::set<std::string>& misfits);

    // Of all that is being read. Whoever looks is still there.
    SurveyProgress progress(Instant now);
    void time_passed(Instant now);

  private:
    using Name = std::pair<ProviderId, std::string>;
    struct Zone {
        FoundZone found;
        std::vector<std::string> names;
    };
    // What is known and wanted of one account.
    struct Book {
        std::uint64_t number = 0;  // answers to an earlier book are nobody's
        ProviderAccount account;   // as it was when it was asked
        std::unordered_map<std::string, std::optional<Result<Location>>> names;  // none: to be read
        std::vector<std::string> to_find;  // in zones yet to be found
        std::deque<Zone> to_read;
        bool finding = false;
        int reading = 0;    // zones, at this moment
        bool slow = false;  // somebody could not be kept waiting
        Instant asked_at{};
        Instant began{};
        std::size_t zones_read = 0;

        bool working() const {
            return finding || reading > 0 || !to_find.empty() || !to_read.empty();
        }
    };
    struct Reader {
        std::vector<UnreadRecord> records;
        std::set<Name> open;
        Instant since{};
        Done done;
        Late late;
    };

    Book* book_of(ProviderId provider, Instant now);
    Book* answered(ProviderId provider, std::uint64_t number);
    void want(Book& book, const std::string& name);
    void go_on();
    void work_on(ProviderId provider, Book& book);
    void find(ProviderId provider, Book& book);
    void sort_out(ProviderId provider, Book& book, const std::vector<std::string>& names,
                  const ZoneFindings& findings);
    void read_zone(ProviderId provider, Book& book);
    void take_zone(ProviderId provider, Book& book, const Zone& zone,
                   const Result<std::vector<RecordReading>>& readings);
    void settle(ProviderId provider, Book& book, const std::string& name,
                const Result<Location>& result);
    void tell_readers();
    void give_up_unwatched(Book& book);
    SurveyProgress progress_of(const Reader& reader) const;
    std::optional<Duration> time_left(ProviderId provider, const Book& book) const;

    const Fleet& fleet_;
    OrderDesk& desk_;
    ZoneDirectory& directory_;
    std::map<ProviderId, Book> books_;
    std::list<Reader> readers_;
    std::uint64_t last_book_ = 0;
    Instant now_{};
    bool going_on_ = false, go_on_again_ = false;
};

}  // namespace understudy::api
