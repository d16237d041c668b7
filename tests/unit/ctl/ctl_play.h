// A command run against a transport that plays the controller, and a clock that only sleeping
// moves.
#pragma once

#include <doctest/doctest.h>

#include <deque>
#include <sstream>

#include "ctl/command.h"

namespace understudy::ctl {

class PlayedTransport final : public Transport {
  public:
    std::deque<Result<HttpResponse>> answers;
    std::vector<std::string> asked;

    void answer(int status, std::string body) {
        answers.push_back(HttpResponse{status, {}, std::move(body)});
    }
    Result<HttpResponse> send(const std::string& method, const std::string& path,
                              const std::string& body) override {
        asked.push_back(method + " " + path + (body.empty() ? "" : " " + body));
        REQUIRE_FALSE(answers.empty());
        auto next = std::move(answers.front());
        answers.pop_front();
        return next;
    }
};

struct Play {
    PlayedTransport transport;
    std::ostringstream out, err;
    std::istringstream answers;
    bool person = false;    // who answers
    bool terminal = false;  // that takes escape sequences
    Size size;              // of the terminal
    Duration waited{0};     // the clock goes on only by sleeping

    int run(std::vector<std::string> words, Output output = Output::Table) {
        const auto chosen = choose_command(words);
        REQUIRE(chosen.ok());
        REQUIRE(chosen->command != nullptr);
        const auto arguments = parse_arguments(chosen->command->options, chosen->rest);
        REQUIRE(arguments.ok());
        Clock clock;
        clock.now = [this] { return Instant{waited}; };
        clock.sleep = [this](Duration pause) { waited += pause; };
        Session session{
            transport,
            output,
            {out, err, terminal, false, person ? &answers : nullptr, [this] { return size; }},
            clock};
        return carry_out(*chosen->command, session, *arguments);
    }
    bool says(const std::string& words) const { return out.str().find(words) != std::string::npos; }
    bool complains(const std::string& words) const {
        return err.str().find(words) != std::string::npos;
    }
};

}  // namespace understudy::ctl
