// How fast the SQLite store is with a large fleet. Prints figures; judges nothing.
//
//   bench_store [domains]   (default 100,000; the file is made in the temporary folder and removed)
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <iostream>

#include "controller/store/sqlite_store.h"

namespace understudy {
namespace {

constexpr WallTime kStart{Duration{1'790'000'000'000}};
const PoolId kPool{2};
const ProviderId kProvider{3};

void report(const char* what, const std::function<void()>& work) {
    const auto start = std::chrono::steady_clock::now();
    work();
    const std::chrono::duration<double, std::milli> spent =
        std::chrono::steady_clock::now() - start;
    std::cout << what << ": " << spent.count() << " ms\n";
}

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
        line.type = "failover_decided";
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

void measure(const std::string& path, std::int64_t count) {
    auto store = checked(SqliteStore::open(path));
    add_fleet(*store);
    report("add all domains, one commit",
           [&] { checked(store->commit(domains(0, count, 1), kStart)); });
    std::int64_t next_line = 10'000'000;
    report("1,000 domains moved and 1,000 log lines, one commit", [&] {
        auto changes = domains(0, 1000, 2);
        add_lines(changes, next_line, 1000);
        checked(store->commit(changes, kStart));
    });
    next_line += 1000;
    report("due, 1,000 behind", [&] { checked(store->due(kStart, 10'000)); });
    report("1,000 commits of one domain and one line", [&] {
        for (std::int64_t number = 0; number < 1000; ++number) {
            auto changes = domains(number, 1, 1);
            add_lines(changes, next_line++, 1);
            checked(store->commit(changes, kStart));
        }
    });
    report("due, nothing behind", [&] { checked(store->due(kStart, 10'000)); });
    report("load", [&] { checked(store->load()); });
    store.reset();
    report("open again (checks the whole file)", [&] { store = checked(SqliteStore::open(path)); });
    std::cout << "file: " << std::filesystem::file_size(path) / 1024 << " kB\n";
}

}  // namespace
}  // namespace understudy

int main(int argc, char** argv) {
    std::string pattern = (std::filesystem::temp_directory_path() / "bench-store-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) return 1;
    understudy::measure(pattern + "/store.db", argc > 1 ? std::atoll(argv[1]) : 100'000);
    std::filesystem::remove_all(pattern);
    return 0;
}
