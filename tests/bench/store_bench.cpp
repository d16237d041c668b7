// How fast the SQLite store is with a large fleet. Prints figures; judges nothing. Each stands
// beside a plain file's, which is written and made durable as often, or read. The files are in a
// folder of their own in TMPDIR, removed at the end.
//
//   bench_store [--quick]   (100,000 domains; --quick: 5,000)
#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include "controller/store/sqlite_store.h"
#include "tests/bench/figure.h"

namespace understudy {
namespace {

constexpr WallTime kStart{Duration{1'790'000'000'000}};
const PoolId kPool{2};
const ProviderId kProvider{3};

constexpr std::int64_t kFirstLine = 10'000'000;
constexpr std::size_t kPageBytes = 4096;  // SQLite's; a commit writes whole pages

double spent_ms(const std::function<void()>& work) {
    const auto start = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start)
        .count();
}

void must(bool done, const char* what) {
    if (done) return;
    std::perror(what);
    std::exit(1);
}

// The floors: a file beside the store's, on the same disk.
class PlainFile {
  public:
    explicit PlainFile(const std::string& path)
        : descriptor_(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
        must(descriptor_ >= 0, path.c_str());
    }
    ~PlainFile() { close(descriptor_); }
    PlainFile(const PlainFile&) = delete;
    PlainFile& operator=(const PlainFile&) = delete;

    double write_ms(std::size_t bytes, int times) const {
        const std::string block(bytes, 'x');
        return spent_ms([&] {
            for (int i = 0; i < times; ++i) {
                must(write(descriptor_, block.data(), bytes) == static_cast<ssize_t>(bytes),
                     "write");
                must(fdatasync(descriptor_) == 0, "fdatasync");
            }
        });
    }

    double read_ms(std::size_t bytes) const {
        std::string block(bytes, '\0');
        must(ftruncate(descriptor_, static_cast<off_t>(bytes)) == 0, "ftruncate");
        return spent_ms([&] {
            must(pread(descriptor_, block.data(), bytes, 0) == static_cast<ssize_t>(bytes), "read");
        });
    }

  private:
    int descriptor_;
};

template <typename T>
T checked(Result<T> result) {
    if (!result) {
        std::cerr << result.error().text() << "\n";
        std::exit(1);
    }
    return std::move(*result);
}

Domain domain_number(std::int64_t number, std::int64_t generation) {
    Domain domain;
    domain.id.value = 1000 + number;
    domain.name = "d" + std::to_string(number) + ".example.org";
    domain.provider = kProvider;
    domain.zone_id = "023e105f4ecef8ad9ca31a8372d0c353";
    domain.zone_name = "example.org";
    domain.pool = kPool;
    domain.record.desired = *parse_address_set("192.0.2.20");
    domain.record.generation = generation;
    domain.record.confirmed = *parse_address_set("192.0.2.10");
    return domain;
}

std::vector<Change> domains(std::int64_t first, std::int64_t count, std::int64_t generation) {
    std::vector<Change> changes;
    for (std::int64_t number = first; number < first + count; ++number) {
        changes.push_back(SaveDomain{domain_number(number, generation)});
    }
    return changes;
}

void add_lines(std::vector<Change>& changes, std::int64_t first, std::int64_t count) {
    for (std::int64_t id = first; id < first + count; ++id) {
        LogLine line;
        line.id.value = id;
        line.type = EventType::FailoverDecided;
        line.pool = kPool;
        line.domain.value = 1000 + id % 1000;
        line.reason = "Primary server down";
        line.domain_name = "d1.example.org";
        changes.push_back(AppendLog{line});
    }
}

void add_fleet(SqliteStore& store) {
    Server server;
    server.id.value = 1;
    server.name = "shield-1";
    Pool pool;
    pool.id = kPool;
    pool.name = "eu";
    pool.members = {server.id};
    ProviderAccount account;
    account.id = kProvider;
    account.name = "cf";
    checked(store.commit(
        std::vector<Change>{SaveServer{server}, SavePool{pool}, SaveProvider{account}}, kStart));
}

// The strings and the two addresses of so many domains: the least that a file could keep.
std::size_t bare_bytes(std::int64_t count) {
    std::size_t bytes = 0;
    for (std::int64_t number = 0; number < count; ++number) {
        const Domain domain = domain_number(number, 1);
        bytes += domain.name.size() + domain.zone_id.size() + domain.zone_name.size() + 8;
    }
    return bytes;
}

void measure_writes(Store& store, const PlainFile& plain, std::int64_t count) {
    show("all domains added, one commit",
         spent_ms([&] { checked(store.commit(domains(0, count, 1), kStart)); }), "ms",
         {"their bare bytes written, one sync", plain.write_ms(bare_bytes(count), 1)});
    auto moves = domains(0, 1000, 2);
    add_lines(moves, kFirstLine, 1000);
    show("1,000 domains moved, one commit", spent_ms([&] { checked(store.commit(moves, kStart)); }),
         "ms", {"their bare bytes written, one sync", plain.write_ms(bare_bytes(1000), 1)});
    const double one_by_one = spent_ms([&] {
        for (std::int64_t number = 0; number < 1000; ++number) {
            auto changes = domains(number, 1, 3);
            add_lines(changes, kFirstLine + 1000 + number, 1);
            checked(store.commit(changes, kStart));
        }
    });
    show("1,000 domains moved, a commit each", one_by_one, "ms",
         {"two pages written and a sync, 1,000 times", plain.write_ms(2 * kPageBytes, 1000)});
}

void measure_reads(Store& store, const PlainFile& plain, std::size_t file_bytes) {
    DueWork due, copy;
    const double asked = spent_ms([&] { due = checked(store.due(10'000)); });
    const double copied = spent_ms([&] { copy = due; });
    show("what is due", asked, "ms",
         {"a copy of the answer, " + std::to_string(copy.records.size()) + " records", copied});
    show("all loaded", spent_ms([&] { checked(store.load()); }), "ms",
         {"as many bytes read", plain.read_ms(file_bytes)});
}

void measure(const std::string& folder, std::int64_t count) {
    const std::string path = folder + "/store.db";
    auto store = checked(SqliteStore::open(path));
    add_fleet(*store);
    const PlainFile plain{folder + "/plain"};
    note(number(static_cast<double>(count)) + " domains.");
    measure_writes(*store, plain, count);
    const auto file_bytes = static_cast<std::size_t>(std::filesystem::file_size(path));
    measure_reads(*store, plain, file_bytes);
    store.reset();
    show("opened again, which checks the whole file",
         spent_ms([&] { store = checked(SqliteStore::open(path)); }), "ms",
         {"as many bytes read", plain.read_ms(file_bytes)});
    show("size of the file", static_cast<double>(std::filesystem::file_size(path)) / 1024, "kB",
         {"the domains' bare bytes", static_cast<double>(bare_bytes(count)) / 1024});
}

}  // namespace
}  // namespace understudy

int main(int argc, char** argv) {
    std::string pattern = (std::filesystem::temp_directory_path() / "bench-store-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) return 1;
    const bool quick = argc > 1 && std::string_view{argv[1]} == "--quick";
    understudy::measure(pattern, quick ? 5'000 : 100'000);
    std::filesystem::remove_all(pattern);
    return 0;
}
