// What answers where understudyctl thinks its controller is: the first byte chooses the command,
// the rest, cut at NUL bytes, are the bodies of the answers; each begins with a character for its
// status. Whatever it is, the command ends with a status of its own, and nothing that it prints can
// do more to a terminal than print.
#include <cstddef>
#include <cstdint>
#include <sstream>
#include <string>
#include <string_view>

#include "base/ensure.h"
#include "ctl/command.h"
#include "ctl/exit_code.h"

using namespace understudy;
using namespace understudy::ctl;

namespace {

constexpr int kMostCalls = 200;

class Answers final : public Transport {
  public:
    explicit Answers(std::string_view input) : input_(input) {}
    Result<HttpResponse> send(const std::string&, const std::string&, const std::string&) override {
        ensure(++calls_ < kMostCalls);
        if (input_.empty()) return transient("the input is used up");
        constexpr int kStatuses[] = {200, 200, 201, 404, 409, 500};
        const std::string_view answer = input_.substr(0, input_.find('\0'));
        input_.remove_prefix(std::min(input_.size(), answer.size() + 1));
        if (answer.empty()) return transient("cut");
        const auto choice = static_cast<unsigned char>(answer.front() - '0') % std::size(kStatuses);
        return HttpResponse{kStatuses[choice], {}, std::string{answer.substr(1)}};
    }

  private:
    std::string_view input_;
    int calls_ = 0;
};

const std::vector<std::vector<std::string>>& commands() {
    static const std::vector<std::vector<std::string>> kCommands{{"status"},
                                                                 {"server", "list"},
                                                                 {"server", "show", "x"},
                                                                 {"domain", "list"},
                                                                 {"domain", "show", "x"},
                                                                 {"pool", "list"},
                                                                 {"pool", "show", "x"},
                                                                 {"provider", "list"},
                                                                 {"provider", "verify", "x"},
                                                                 {"channel", "list"},
                                                                 {"events"},
                                                                 {"explain", "x"},
                                                                 {"notifications", "list"},
                                                                 {"export"},
                                                                 {"watch", "--once"}};
    return kCommands;
}

void check(const std::string& printed) {
    for (const char each : printed)
        ensure(each == '\n' || (static_cast<unsigned char>(each) >= 0x20 && each != 0x7f));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const auto chosen = choose_command(commands()[data[0] % commands().size()]);
    if (!chosen || chosen->command == nullptr) return 0;
    const auto arguments = parse_arguments(chosen->command->options, chosen->rest);
    ensure(arguments.ok());
    Answers transport{{reinterpret_cast<const char*>(data) + 1, size - 1}};
    std::ostringstream out;
    std::ostringstream err;
    Clock clock;
    clock.now = [] { return Instant{}; };
    clock.sleep = [](Duration) {};
    Session session{transport, Output::Table, {out, err, false, false, nullptr}, clock};
    const int code = carry_out(*chosen->command, session, *arguments);
    ensure(code >= 0 && code <= 5);
    check(out.str());
    check(err.str());
    return 0;
}
