// A hub whose arrivals a test gives, and which remembers what it was told.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "controller/runtime/turn.h"

namespace understudy::test {

class ScriptedHub final : public TurnHub {
  public:
    Arrivals take_arrivals() override { return std::exchange(arrivals, {}); }
    void revoke(ServerId server) override { revoked.push_back(server); }
    void answer_enrolment(std::uint64_t id, const Result<std::string>& server) override {
        enrolled.emplace_back(id, server ? *server : server.error().text());
    }
    std::size_t agents_linked() const override { return 0; }
    HubCounters counters() const override { return {}; }
    std::vector<Budget> budgets() const override { return {}; }
    Arrivals arrivals;
    std::vector<ServerId> revoked;
    std::vector<std::pair<std::uint64_t, std::string>> enrolled;
};

}  // namespace understudy::test
