#include "ctl/contexts.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <map>

#include "ctl/settings.h"

using namespace understudy;
using namespace understudy::ctl;

namespace {

// A home with two contexts, of which "home" is in use.
class Home {
  public:
    Home() {
        REQUIRE(::mkdtemp(path_) != nullptr);
        Contexts contexts;
        contexts.all["home"] = {"https://home", "", "", Secret{"ust_home"}};
        contexts.all["acme"] = {"https://acme", "/ca.pem", "", Secret{"ust_acme"}};
        contexts.current = "home";
        REQUIRE(write_contexts(file(), contexts).ok());
    }
    ~Home() { std::filesystem::remove_all(path_); }
    Home(const Home&) = delete;
    Home& operator=(const Home&) = delete;
    std::string file() const { return std::string{path_} + "/understudy/contexts.json"; }

    Result<ClientSettings> find(const std::vector<std::string>& words,
                                std::map<std::string, std::string> variables = {}) const {
        const std::vector<Option> options = {{"controller", "URL", ""},
                                             {"token-file", "FILE", ""},
                                             {"ca-file", "FILE", ""},
                                             {"context", "NAME", ""}};
        const auto arguments = parse_arguments(options, words);
        REQUIRE(arguments.ok());
        variables["XDG_CONFIG_HOME"] = path_;
        const auto environment = [&](const char* name) {
            const auto found = variables.find(name);
            return found == variables.end() ? std::string{} : found->second;
        };
        return find_settings(*arguments, environment, {});
    }

  private:
    char path_[32] = "/tmp/understudy-home-XXXXXX";
};

}  // namespace

TEST_CASE("contexts are written for one person's eyes, and read back") {
    const Home home;
    struct stat about {};
    REQUIRE(::stat(home.file().c_str(), &about) == 0);
    CHECK((about.st_mode & 0777) == 0600);
    const auto read = read_contexts(home.file());
    REQUIRE(read.ok());
    CHECK(read->current == "home");
    CHECK(read->all.at("acme").ca_file == "/ca.pem");
    CHECK(read->all.at("acme").token.reveal() == "ust_acme");
}

TEST_CASE("contexts that others may read are refused") {
    const Home home;
    ::chmod(home.file().c_str(), 0640);
    const auto read = read_contexts(home.file());
    REQUIRE_FALSE(read.ok());
    CHECK(read.error().remedy.starts_with("chmod 600 "));
    CHECK_FALSE(home.find({}).ok());
    // Who is told everything needs none.
    CHECK(home.find({"--controller", "https://option"}, {{"UNDERSTUDY_TOKEN", "ust_env"}}).ok());
    CHECK_FALSE(home.find({"--context", "home"}, {{"UNDERSTUDY_TOKEN", "ust_env"}}).ok());
}

TEST_CASE("the context in use comes before files and behind the environment") {
    const Home home;
    CHECK(home.find({})->url == "https://home");
    CHECK(home.find({})->token.reveal() == "ust_home");
    // Its token goes to its controller and nowhere else, and another one's not there.
    const auto told = home.find({}, {{"UNDERSTUDY_TOKEN", "ust_env"}});
    CHECK(told->token.reveal() == "ust_env");
    CHECK(told->url != "https://home");
    const auto file_told = home.find({}, {{"UNDERSTUDY_TOKEN_FILE", "/nowhere"}});
    CHECK_FALSE(file_told.ok());
    CHECK(file_told.error().text().find("/nowhere") != std::string::npos);
    for (const auto& elsewhere : {home.find({}, {{"UNDERSTUDY_URL", "https://env"}}),
                                  home.find({"--controller", "https://option"})}) {
        REQUIRE(elsewhere.ok());
        CHECK(elsewhere->url != "https://home");
        CHECK(elsewhere->token.empty());
    }
}

TEST_CASE("a context that is asked for counts whole, whatever the environment says") {
    const Home home;
    for (const auto& acme :
         {home.find({"--context", "acme"},
                    {{"UNDERSTUDY_URL", "https://env"}, {"UNDERSTUDY_TOKEN", "ust_env"}}),
          home.find({}, {{"UNDERSTUDY_CONTEXT", "acme"}, {"UNDERSTUDY_URL", "https://env"}})}) {
        REQUIRE(acme.ok());
        CHECK(acme->url == "https://acme");
        CHECK(acme->token.reveal() == "ust_acme");
        CHECK(acme->ca_file == "/ca.pem");
    }
    CHECK_FALSE(home.find({"--context", "acme", "--controller", "https://x"}).ok());
    const auto missing = home.find({"--context", "acne"});
    REQUIRE_FALSE(missing.ok());
    CHECK(missing.error().remedy == "one of: acme, home");
}

TEST_CASE("what is wrong in the file is named") {
    const Home home;
    for (const char* text : {"{", R"({"contexts": {"a": {}}})", R"({"contexts": {"a": {"x": ""}}})",
                             R"({"contexts": {"a": {"controller": 7}}})"}) {
        CAPTURE(text);
        std::ofstream{home.file()} << text;
        CHECK_FALSE(read_contexts(home.file()).ok());
    }
}
