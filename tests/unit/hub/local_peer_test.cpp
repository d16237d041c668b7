#include "controller/hub/local_peer.h"

#include <doctest/doctest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <functional>
#include <future>
#include <new>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

using namespace understudy;

namespace {

struct SocketFolder {
    SocketFolder() { REQUIRE(::mkdtemp(name) != nullptr); }
    ~SocketFolder() { std::filesystem::remove_all(name); }
    SocketFolder(const SocketFolder&) = delete;
    SocketFolder& operator=(const SocketFolder&) = delete;
    std::string path() const { return std::string{name} + "/api.sock"; }
    char name[32] = "/tmp/understudy-sock-XXXXXX";
};

LocalPeer named(LocalPeers& peers, const LocalCredentials& who) {
    while (true) {
        if (auto peer = peers.look_at(who)) return *std::move(peer);
        std::this_thread::yield();
    }
}

}  // namespace

TEST_CASE("local peer: root, our own user and members of the named groups administer") {
    CHECK(may_administer({0, {0}}, 990, {}));
    CHECK(may_administer({990, {990}}, 990, {}));
    CHECK_FALSE(may_administer({1000, {1000, 27}}, 990, {}));
    CHECK_FALSE(may_administer({1000, {1000, 27}}, 990, {4}));
    CHECK(may_administer({1000, {1000, 27}}, 990, {4, 27}));
    CHECK(may_administer({1000, {27}}, 990, {27}));
    // Root's group is not root.
    CHECK_FALSE(may_administer({1000, {0}}, 990, {}));
}

TEST_CASE("local peer: the kernel says who has connected") {
    int ends[2] = {-1, -1};
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
    const auto who = credentials_of(ends[0]);
    REQUIRE(who);
    CHECK(who->uid == ::geteuid());
    CHECK(std::ranges::find(who->gids, ::getegid()) != who->gids.end());
    LocalPeers peers{{}};
    const LocalPeer peer = named(peers, *who);
    CHECK(peer.administers);
    CHECK_FALSE(peer.user.empty());
    ::close(ends[0]);
    ::close(ends[1]);

    const int network = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CHECK_FALSE(credentials_of(network));
    ::close(network);
}

TEST_CASE("local peer: names are asked for beside the loop, and of who administers alone") {
    constexpr uid_t kAlice = 1'000, kBob = 1'001;
    std::promise<void> directory_answers;
    std::atomic<int> asked = 0;
    LocalPeers peers{{27}, [&, waited = directory_answers.get_future().share()](uid_t) {
                         ++asked;
                         waited.wait();
                         return std::optional<std::string>{"alice"};
                     }};
    const auto stranger = peers.look_at({kBob, {1'001}});
    REQUIRE(stranger);
    CHECK(stranger->user == "uid 1001");
    CHECK_FALSE(stranger->administers);
    const LocalCredentials alice{kAlice, {27}};
    CHECK_FALSE(peers.look_at(alice));  // at once, whatever the directory does
    CHECK_FALSE(peers.look_at(alice));
    CHECK(peers.by_number(alice).user == "uid 1000");
    CHECK(peers.by_number(alice).administers);
    directory_answers.set_value();
    CHECK(named(peers, alice).user == "alice");
    CHECK(named(peers, alice).user == "alice");
    CHECK(asked == 1);
}

TEST_CASE("user names: where no thread can be had it is the number, until one can") {
    bool full = true;
    UserNames names{[](uid_t) { return std::optional<std::string>{"alice"}; },
                    [&full](std::function<void()> work) {
                        if (full) throw std::system_error{EAGAIN, std::generic_category()};
                        UserNames::on_thread(std::move(work));
                    }};
    for (std::size_t i = 0; i <= UserNames::kAtOnce; ++i)
        CHECK(names.of(1'000 + static_cast<uid_t>(i)) == "uid " + std::to_string(1'000 + i));
    CHECK(names.of(1'000) == "uid 1000");
    full = false;
    CHECK_FALSE(names.of(1'000));  // it is being looked up
    std::optional<std::string> name;
    while (!(name = names.of(1'000)))
        std::this_thread::yield();
    CHECK(name == "alice");
}

TEST_CASE("user names: a lookup without memory is tried again") {
    std::vector<std::function<void()>> begun;
    bool full = true;
    UserNames names{[&full](uid_t) -> std::optional<std::string> {
                        if (full) throw std::bad_alloc{};
                        return "alice";
                    },
                    [&begun](std::function<void()> work) { begun.push_back(std::move(work)); }};
    CHECK_FALSE(names.of(1'000));
    CHECK_FALSE(names.of(1'000));
    REQUIRE(begun.size() == 1);
    CHECK_NOTHROW(begun.front()());
    full = false;
    CHECK_FALSE(names.of(1'000));
    REQUIRE(begun.size() == 2);
    begun.back()();
    CHECK(names.of(1'000) == "alice");
}

TEST_CASE("local peer: who has no name is called by number, and a failed lookup is none for good") {
    std::atomic<int> asked = 0;
    LocalPeers peers{{27}, [&](uid_t uid) {
                         if (uid == 0) return std::optional<std::string>{""};
                         return ++asked == 1 ? std::nullopt : std::optional<std::string>{"alice"};
                     }};
    CHECK(named(peers, {0, {}}).user == "uid 0");
    CHECK(named(peers, {1'000, {27}}).user == "uid 1000");
    CHECK(named(peers, {1'000, {27}}).user == "alice");
}

TEST_CASE("local peer: a socket that a former process left is replaced, nothing else is") {
    const SocketFolder folder;
    const std::string path = folder.path();
    const auto first = listen_locally(path);
    REQUIRE(first.ok());
    struct stat about {};
    REQUIRE(::stat(path.c_str(), &about) == 0);
    CHECK((about.st_mode & 0777) == 0666);

    const auto second = listen_locally(path);  // the first one listens
    REQUIRE_FALSE(second.ok());
    CHECK(second.error().field == "listen.local.path");
    CHECK(second.error().message.find("listens there already") != std::string::npos);
    ::close(*first);
    const auto third = listen_locally(path);
    REQUIRE(third.ok());
    ::close(*third);

    std::filesystem::remove(path);
    std::ofstream{path} << "mine";
    CHECK_FALSE(listen_locally(path).ok());
    CHECK(std::filesystem::file_size(path) == 4);
    CHECK_FALSE(listen_locally(std::string{folder.name} + "/away/api.sock").ok());
    CHECK_FALSE(listen_locally("/tmp/" + std::string(kSocketPathLimit, 'x')).ok());
    CHECK_FALSE(listen_locally("").ok());
}

TEST_CASE("local peer: where nobody named a place the folder must be there and ours") {
    const SocketFolder folder;
    CHECK(folder_is_ours(folder.path()));
    CHECK_FALSE(folder_is_ours(std::string{folder.name} + "/away/api.sock"));
    if (::geteuid() != 0) CHECK_FALSE(folder_is_ours("/run/api.sock"));
}
