// What agents say of their machines' addresses, and what is found there, for random runs.
#pragma once

#include <optional>

#include "base/random.h"
#include "controller/core/change.h"
#include "tests/unit/core/random_orders.h"

namespace understudy {

class RandomAddresses {
  public:
    explicit RandomAddresses(Random& random) : random_(random) {}

    void heard(const Decision& decision) {
        if (!decision.ask_proofs.empty()) asked_ = decision.ask_proofs.back();
    }
    // One of few, so that several say the same, or what another server has; or of nobody.
    AddressReported report(ServerId server, LinkId link) {
        AddressReported said{server, link};
        if (random_.chance(0.8))
            said.ipv4 = parse_ipv4("192.0.2." + std::to_string(1 + random_.below(12)));
        if (random_.chance(0.2)) said.ipv4 = parse_ipv4("10.0.0.1");
        if (random_.chance(0.3)) said.ipv6 = parse_ipv6("2001:db8::2");
        return said;
    }
    // To the newest question, or to one long ago.
    AddressProbed answer(ServerId anybody) {
        AddressProbed said{asked_ ? asked_->server : anybody};
        said.question = asked_ ? asked_->question - random_.below(2) : random_.below(9);
        said.ipv6 = random_.chance(0.3);
        said.verdict = random_.chance(0.7) ? Verdict::Serves : Verdict::Dead;
        if (random_.chance(0.3)) said.verdict = Verdict::Nothing;
        if (random_.chance(0.5)) said.by = anybody;
        return said;
    }

  private:
    Random& random_;
    std::optional<AskProof> asked_;
};

}  // namespace understudy
