#include "ctl/settings.h"

#include <doctest/doctest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <map>

using namespace understudy;
using namespace understudy::ctl;

namespace {

// Files of one test, gone afterwards.
class Folder {
  public:
    Folder() { REQUIRE(::mkdtemp(path_) != nullptr); }
    ~Folder() {
        for (const std::string& file : files_)
            std::remove(file.c_str());
        ::rmdir(path_);
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    std::string write(const std::string& name, const std::string& text) {
        const std::string file = std::string{path_} + "/" + name;
        std::ofstream{file} << text;
        files_.push_back(file);
        return file;
    }

  private:
    char path_[32] = "/tmp/understudy-ctl-XXXXXX";
    std::vector<std::string> files_;
};

Result<ClientSettings> find(const std::vector<std::string>& words,
                            const std::map<std::string, std::string>& variables,
                            const std::vector<std::string>& files = {},
                            const std::string& local_socket = "/nowhere/api.sock") {
    const std::vector<Option> options = {
        {"controller", "URL", ""}, {"token-file", "FILE", ""}, {"ca-file", "FILE", ""}};
    const auto arguments = parse_arguments(options, words);
    REQUIRE(arguments.ok());
    const auto environment = [&](const char* name) {
        const auto found = variables.find(name);
        return found == variables.end() ? std::string{} : found->second;
    };
    return find_settings(*arguments, environment, files, local_socket);
}

}  // namespace

TEST_CASE("an option wins over the environment, that over files, those over the default") {
    Folder folder;
    const std::string file = folder.write("ctl.json", R"({"controller": "https://file"})");
    CHECK(find({}, {})->url == "https://127.0.0.1:8444");
    CHECK(find({}, {}, {"/nowhere/ctl.json", file})->url == "https://file");
    CHECK(find({}, {{"UNDERSTUDY_URL", "https://env"}}, {file})->url == "https://env");
    CHECK(find({"--controller", "https://option"}, {{"UNDERSTUDY_URL", "https://env"}}, {file})
              ->url == "https://option");
}

TEST_CASE("with nothing given it is this machine's controller, by its socket where there is one") {
    Folder folder;
    const std::string path = folder.write("plain", "");
    CHECK(find({}, {}, {}, path)->url == "https://127.0.0.1:8444");  // a file is no socket
    std::remove(path.c_str());
    const int listening = ::socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::ranges::copy(path, std::begin(address.sun_path));
    REQUIRE(::bind(listening, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    CHECK(find({}, {}, {}, path)->url == "unix:" + path);
    // Whoever says where, or shows a token, means something else.
    CHECK(find({"--controller", "https://x"}, {}, {}, path)->url == "https://x");
    CHECK(find({}, {{"UNDERSTUDY_URL", "https://x"}}, {}, path)->url == "https://x");
    CHECK(find({}, {{"UNDERSTUDY_TOKEN", "usk_x"}}, {}, path)->url == "https://127.0.0.1:8444");
    CHECK(find({"--controller", "unix:/run/x"}, {}, {})->url == "unix:/run/x");
    CHECK_FALSE(find({"--controller", "unix:x"}, {}, {}).ok());
    ::close(listening);
}

TEST_CASE("the token comes without the line's end, from the nearest source") {
    Folder folder;
    const std::string token = folder.write("token", "  usk_abc\n");
    const std::string file = folder.write("ctl.json", R"({"token_file": ")" + token + "\"}");
    CHECK(find({}, {}, {file})->token.reveal() == "usk_abc");
    CHECK(find({}, {{"UNDERSTUDY_TOKEN", "usk_env"}}, {file})->token.reveal() == "usk_env");
    CHECK(find({"--token-file", token}, {{"UNDERSTUDY_TOKEN", "usk_env"}})->token.reveal() ==
          "usk_abc");
    CHECK(find({}, {})->token.empty());
}

TEST_CASE("what is wrong is named, and a token never repeated") {
    Folder folder;
    const std::string token = folder.write("token", "usk_abc def");
    const auto blank = find({"--token-file", token}, {});
    REQUIRE_FALSE(blank.ok());
    CHECK(blank.error().text().find("usk_abc") == std::string::npos);
    CHECK_FALSE(find({"--token-file", folder.write("empty", "\n")}, {}).ok());
    CHECK_FALSE(find({"--token-file", "/nowhere/token"}, {}).ok());
    CHECK_FALSE(find({"--controller", "127.0.0.1:8443"}, {}).ok());
    CHECK_FALSE(find({}, {}, {folder.write("a.json", R"({"controler": "x"})")}).ok());
    CHECK_FALSE(find({}, {}, {folder.write("b.json", R"({"controller": 1})")}).ok());
    CHECK_FALSE(find({}, {}, {folder.write("c.json", "{")}).ok());
}
