// What an enrolment would do with the files that are there, and how it writes those that are not.
#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "agent/config.h"
#include "agent/enroll/request.h"
#include "agent/enroll/steps.h"

namespace understudy::enroll {
namespace {

namespace fs = std::filesystem;

const std::string kCode = "use_" + std::string(43, 'c');
const std::string kPin(32, 'a');

struct Folder {
    fs::path path = [] {
        std::string name = fs::temp_directory_path() / "understudy-enroll-XXXXXX";
        REQUIRE(mkdtemp(name.data()) != nullptr);
        return fs::path{name};
    }();
    ~Folder() { fs::remove_all(path); }

    std::string file(const char* name) const { return path / name; }
    std::string config() const { return file("agent.json"); }
    std::string token() const { return file("agent.token"); }
    void write(const char* name, const std::string& text) const {
        std::ofstream{file(name)} << text;
    }
    std::string read(const char* name) const {
        std::ifstream in{file(name)};
        return {std::istreambuf_iterator<char>{in}, {}};
    }
};

mode_t mode_of(const std::string& file) {
    struct stat status {};
    REQUIRE(stat(file.c_str(), &status) == 0);
    return status.st_mode & 07777;
}

Request request_for(const Folder& folder, std::vector<std::string> more = {}) {
    std::vector<std::string> words{"wss://controller.example.org:8443", kCode, "--config",
                                   folder.config()};
    words.insert(words.end(), more.begin(), more.end());
    const auto request = read_request(words);
    REQUIRE(request.ok());
    return *request;
}

std::string why_not(const Request& request) {
    const auto plan = make_plan(request, "/nowhere/agent.json");
    return plan ? "" : plan.error().text();
}

bool has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("enroll: a code comes with or without the certificate that it names") {
    const auto plain = read_request({"wss://c.example.org", kCode});
    REQUIRE(plain.ok());
    CHECK(plain->code.reveal() == kCode);
    CHECK(plain->fingerprint.empty());
    CHECK(plain->start);
    const auto pinned = read_request({"--no-start", "wss://c.example.org", kCode + "." + kPin});
    REQUIRE(pinned.ok());
    CHECK(pinned->code.reveal() == kCode);
    CHECK(pinned->fingerprint == kPin);
    CHECK_FALSE(pinned->start);
}

TEST_CASE("enroll: what is no whole line is refused with the remedy, and the code is not shown") {
    for (const std::string& code :
         {kCode.substr(1), kCode + "c", kCode + ".", kCode + "." + kPin + "a", kCode + ".." + kPin,
          std::string{"use_"} + std::string(42, 'c') + "*"}) {
        CAPTURE(code);
        const auto refused = read_request({"wss://c.example.org", code});
        REQUIRE_FALSE(refused.ok());
        CHECK(has(refused.error().text(), "copy the whole line"));
        CHECK_FALSE(has(refused.error().text(), code));
    }
    const auto token = read_request({"wss://c.example.org", "usa_" + std::string(43, 't')});
    CHECK(has(token.error().text(), "a token, not a code"));
    CHECK_FALSE(read_request({kCode}).ok());
    CHECK_FALSE(read_request({"wss://c.example.org", kCode, "--fast"}).ok());
    CHECK_FALSE(read_request({"wss://c.example.org", kCode, "--ca"}).ok());
}

TEST_CASE("enroll: a token that is there is replaced by force alone") {
    const Folder folder;
    CHECK(why_not(request_for(folder)) == "");
    folder.write("agent.token", "usa_former");
    CHECK(has(why_not(request_for(folder)), "--force"));
    CHECK(why_not(request_for(folder, {"--force"})) == "");
}

TEST_CASE("enroll: a configuration stays as it is, and must be for this controller") {
    const Folder folder;
    folder.write("agent.json", R"({"controller": "wss://controller.example.org:8443/agent",
        "token_file": ")" + folder.file("other.token") +
                                   R"(",
        "checks": [{"name": "https", "type": "tcp", "port": 443}]})");
    const auto plan = make_plan(request_for(folder), "/nowhere/agent.json");
    REQUIRE(plan.ok());
    CHECK(plan->config_there);
    CHECK(plan->token_file == folder.file("other.token"));
    CHECK(plan->controller.path == "/agent");
    CHECK(has(why_not(request_for(folder, {"--ca", "/etc/ca.pem"})), "another controller or ca"));
    folder.write("agent.json", R"({"controller": "wss://other.example.org:8443/agent"})");
    CHECK(has(why_not(request_for(folder, {"--force"})), "another controller"));
    folder.write("agent.json", "{\"controller\": 7}");
    CHECK(has(why_not(request_for(folder, {"--force"})), "mend it"));
}

TEST_CASE("enroll: a configuration of elsewhere has to say where the token is") {
    const Folder folder;
    folder.write("agent.json", R"({"controller": "wss://controller.example.org:8443"})");
    CHECK(has(why_not(request_for(folder)), "names no token_file"));
    folder.write("agent.json", R"({"controller": "wss://controller.example.org:8443",
        "token_file": ")" + folder.file("other.token") +
                                   "\"}");
    const auto plan = make_plan(request_for(folder), folder.config());
    REQUIRE(plan.ok());
    CHECK(plan->token_named);
    CHECK_FALSE(plan->token_there);
}

TEST_CASE("enroll: systemd's credential is no file of the configuration") {
    const Folder folder;
    folder.write("agent.json", R"({"controller": "wss://controller.example.org:8443"})");
    const auto plan = make_plan(request_for(folder), folder.config());
    REQUIRE(plan.ok());
    CHECK(plan->token_by_systemd);
    CHECK_FALSE(plan->token_named);
    CHECK(plan->token_file == folder.token());
}

TEST_CASE("enroll: the controller is known by a name") {
    auto request = request_for(Folder{});
    request.url = "wss://203.0.113.1:8443";
    CHECK(has(why_not(request), "connect by that name"));
    request.url = "ws://controller.example.org";
    CHECK(has(why_not(request), "in the clear"));
}

TEST_CASE("enroll: the token is on the disk before anybody hears of it, for its owner alone") {
    const Folder folder;
    const auto token = draft_token(folder.token());
    REQUIRE(token.ok());
    CHECK(token->reveal().size() == 47);
    CHECK(mode_of(folder.file("agent.token.enrolling")) == 0600);
    CHECK_FALSE(fs::exists(folder.token()));
    const auto again = draft_token(folder.token());  // after a lost answer
    REQUIRE(again.ok());
    CHECK(again->reveal() == token->reveal());
    REQUIRE(settle_token(folder.token(), false).ok());
    CHECK(mode_of(folder.token()) == 0600);
    CHECK(read_token(folder.token())->reveal() == token->reveal());
    CHECK_FALSE(fs::exists(folder.file("agent.token.enrolling")));
    CHECK(draft_token(folder.token())->reveal() != token->reveal());
}

TEST_CASE("enroll: a draft that others could read, or that is half a token, is none") {
    const Folder folder;
    const std::string draft = folder.file("agent.token.enrolling");
    folder.write("agent.token.enrolling", "usa_" + std::string(43, 'x') + "\n");
    fs::permissions(draft, fs::perms::owner_all | fs::perms::others_read);
    CHECK(draft_token(folder.token())->reveal().find("xxx") == std::string::npos);
    CHECK(mode_of(draft) == 0600);
    folder.write("agent.token.enrolling", "usa_half");
    CHECK(draft_token(folder.token())->reveal().size() == 47);
    drop_draft(folder.token());
    folder.write("elsewhere", "usa_" + std::string(43, 'y') + "\n");
    fs::create_symlink(folder.file("elsewhere"), draft);
    CHECK(draft_token(folder.token())->reveal().find("yyy") == std::string::npos);
    CHECK(has(folder.read("elsewhere"), "yyy"));
}

TEST_CASE("enroll: what was put in the place of the draft gets no owner and replaces nothing") {
    const Folder folder;
    const std::string draft = folder.file("agent.token.enrolling");
    folder.write("agent.token", "usa_former");
    folder.write("elsewhere", "another's");
    fs::permissions(folder.file("elsewhere"), fs::perms::owner_read | fs::perms::owner_write);
    fs::create_symlink(folder.file("elsewhere"), draft);
    CHECK(has(settle_token(folder.token(), true).error().text(), "is not the file"));
    fs::remove(draft);
    fs::create_hard_link(folder.file("elsewhere"), draft);
    CHECK(has(settle_token(folder.token(), true).error().text(), "is not the file"));
    CHECK(folder.read("agent.token") == "usa_former");
}

TEST_CASE("enroll: after a crash the draft may be the former owner's already") {
    if (geteuid() != 0) return;  // who else gives files away?
    const Folder folder;
    folder.write("agent.token", "usa_former");
    REQUIRE(chown(folder.token().c_str(), 4711, 4711) == 0);
    const auto token = draft_token(folder.token());
    REQUIRE(chown(folder.file("agent.token.enrolling").c_str(), 4711, 4711) == 0);
    CHECK(draft_token(folder.token())->reveal() == token->reveal());
    REQUIRE(settle_token(folder.token(), true).ok());
    struct stat status {};
    REQUIRE(stat(folder.token().c_str(), &status) == 0);
    CHECK(status.st_uid == 4711);
    REQUIRE(draft_token(folder.token()).ok());
    REQUIRE(chown(folder.file("agent.token.enrolling").c_str(), 4712, 4712) == 0);
    CHECK_FALSE(settle_token(folder.token(), true).ok());
}

TEST_CASE("enroll: nothing is replaced unasked") {
    const Folder folder;
    folder.write("agent.token", "usa_former");
    REQUIRE(draft_token(folder.token()).ok());
    CHECK_FALSE(settle_token(folder.token(), false).ok());
    CHECK(folder.read("agent.token") == "usa_former");
    REQUIRE(settle_token(folder.token(), true).ok());
    CHECK(folder.read("agent.token").size() == 48);

    const auto made = write_public(folder.config(), "{}\n");
    REQUIRE(made.ok());
    CHECK(*made);
    CHECK(mode_of(folder.config()) == 0644);
    CHECK_FALSE(write_public(folder.config(), "{}\n").value());
    CHECK_FALSE(write_public(folder.config(), "{ }\n").ok());
    CHECK(folder.read("agent.json") == "{}\n");
    CHECK(fs::directory_iterator{folder.path} != fs::directory_iterator{});
    CHECK_FALSE(fs::exists(folder.file("agent.json.enrolling")));
}

TEST_CASE("enroll: where nothing can be written the folder is named") {
    const auto refused = draft_token("/nowhere/agent.token");
    REQUIRE_FALSE(refused.ok());
    CHECK(has(refused.error().text(), "/nowhere/agent.token.enrolling"));
}

}  // namespace understudy::enroll
