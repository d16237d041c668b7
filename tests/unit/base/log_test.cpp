#include "base/log.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/json.h"

using namespace understudy;
using log::Format;
using log::Level;

namespace {

// Puts a file in place of stdout for its lifetime and gives back what was written to it.
class CapturedStdout {
  public:
    CapturedStdout() : saved_(dup(STDOUT_FILENO)), file_(memfd_create("stdout", MFD_CLOEXEC)) {
        REQUIRE(saved_ >= 0);
        REQUIRE(file_ >= 0);
        dup2(file_, STDOUT_FILENO);
    }
    ~CapturedStdout() {
        dup2(saved_, STDOUT_FILENO);
        close(saved_);
        close(file_);
        log::configure(Level::Info, Format::KeyValue);
    }
    CapturedStdout(const CapturedStdout&) = delete;
    CapturedStdout& operator=(const CapturedStdout&) = delete;

    std::string text() const {
        std::string out(1 << 20, '\0');
        const ssize_t got = pread(file_, out.data(), out.size(), 0);
        out.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
        return out;
    }
    std::string journal_stream() const {
        struct stat status {};
        fstat(file_, &status);
        return std::to_string(status.st_dev) + ":" + std::to_string(status.st_ino);
    }

  private:
    int saved_;
    int file_;
};

// The line without its "time=... ".
std::string without_time(const std::string& line) {
    REQUIRE(line.starts_with("time="));
    const auto space = line.find(' ');
    CHECK(parse_rfc3339(std::string_view{line}.substr(5, space - 5)).has_value());
    return line.substr(space + 1);
}

}  // namespace

TEST_CASE("log: one line of key=value") {
    const CapturedStdout captured;
    log::configure(Level::Info, Format::KeyValue);
    log::info("hub", "agent linked", {{"server", "web1"}, {"agents", 3LL}});
    CHECK(without_time(captured.text()) ==
          "level=info area=hub message=\"agent linked\" server=web1 agents=3\n");
}

TEST_CASE("log: levels below the lowest are not written") {
    const CapturedStdout captured;
    log::configure(Level::Warning, Format::KeyValue);
    log::debug("a", "no");
    log::info("a", "no");
    log::warning("a", "w");
    log::error("a", "e");
    const std::string text = captured.text();
    CHECK(text.find("no") == std::string::npos);
    CHECK(text.find("level=warning") != std::string::npos);
    CHECK(text.find("level=error") != std::string::npos);
}

TEST_CASE("log: foreign text cannot forge a line or move the cursor") {
    const CapturedStdout captured;
    log::configure(Level::Info, Format::KeyValue);
    log::info("hub", "a\nlevel=error", {{"v", "x\r\n\t\x1b[31m\x7f y=\"z\"\\"}, {"k k", ""}});
    CHECK(without_time(captured.text()) ==
          "level=info area=hub message=\"a\\nlevel=error\" "
          "v=\"x\\u000d\\n\\t\\u001b[31m\\u007f y=\\\"z\\\"\\\\\" \"k k\"=\"\"\n");
}

TEST_CASE("log: Unicode stays, except what is broken or turns a line around") {
    const CapturedStdout captured;
    log::configure(Level::Info, Format::KeyValue);
    log::info("a", "m", {{"v", "\xc3\xbc\xff\xe2\x80\xae\xc2\x85\xe2\x80\xa8"}});
    CHECK(without_time(captured.text()) ==
          "level=info area=a message=\"m\" v=\"\xc3\xbc\\xff\\u202e\\u0085\\u2028\"\n");
}

TEST_CASE("log: JSON lines are JSON") {
    const CapturedStdout captured;
    log::configure(Level::Debug, Format::Json);
    log::debug("store", "two\nlines", {{"path", "a\"b\xff"}});
    const std::string text = captured.text();
    CHECK(text.find('\n') == text.size() - 1);
    const auto document = json::Document::parse(text);
    REQUIRE(document.ok());
    CHECK(document->root()["level"].string() == "debug");
    CHECK(document->root()["area"].string() == "store");
    CHECK(document->root()["message"].string() == "two\nlines");
    CHECK(document->root()["path"].string() == "a\"b\xef\xbf\xbd");
    // Escaped there as well, and the same text to whoever reads the JSON.
    log::debug("a", "gro\u202E\U000E0041");
    const std::string all = captured.text();
    CHECK(all.find("gro\\u202e\\udb40\\udc41") != std::string::npos);
    CHECK(parse_rfc3339(*document->root()["time"].string()).has_value());
}

TEST_CASE("log: the journal gets the priority and adds the time itself") {
    const CapturedStdout captured;
    setenv("JOURNAL_STREAM", captured.journal_stream().c_str(), 1);
    log::configure(Level::Debug, Format::KeyValue);
    unsetenv("JOURNAL_STREAM");
    log::debug("a", "d");
    log::info("a", "i");
    log::warning("a", "w");
    log::error("a", "e");
    CHECK(captured.text() ==
          "<7>level=debug area=a message=\"d\"\n<6>level=info area=a message=\"i\"\n"
          "<4>level=warning area=a message=\"w\"\n<3>level=error area=a message=\"e\"\n");
}

TEST_CASE("log: another's journal is not ours") {
    const CapturedStdout captured;
    setenv("JOURNAL_STREAM", "1:1", 1);
    log::configure(Level::Info, Format::KeyValue);
    unsetenv("JOURNAL_STREAM");
    log::info("a", "m");
    CHECK(captured.text().starts_with("time="));
}

TEST_CASE("log: lines of several threads do not mix") {
    const CapturedStdout captured;
    log::configure(Level::Info, Format::KeyValue);
    constexpr int kLines = 200;
    std::vector<std::jthread> threads;
    for (const char* name : {"one", "two", "three"}) {
        threads.emplace_back([name] {
            for (int i = 0; i < kLines; ++i)
                log::info(name, "m", {{"padding", std::string(200, 'x')}});
        });
    }
    threads.clear();
    std::string_view rest;
    const std::string text = captured.text();
    rest = text;
    int lines = 0;
    for (; !rest.empty(); ++lines) {
        const auto line = rest.substr(0, rest.find('\n'));
        CHECK(line.starts_with("time="));
        CHECK(line.ends_with(std::string(200, 'x')));
        rest.remove_prefix(line.size() + 1);
    }
    CHECK(lines == 3 * kLines);
}
