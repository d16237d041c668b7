// FailoverWatch: how long failovers take, phase by phase, from what is committed. For figures only:
// it starts anew with the process, and what was under way then is not counted.
#pragma once

#include <unordered_map>

#include "controller/api/measures.h"
#include "controller/core/change.h"
#include "controller/core/engine_view.h"

namespace understudy {

class FailoverWatch {
  public:
    void note(const Change& change, const EngineView& view, Measures& measures);

  private:
    struct UnderWay {
        std::int64_t generation = 0;
        Instant since{};  // this phase
        bool confirmed = false;
    };
    void note(const Domain& domain, Instant now, Measures& measures);

    std::unordered_map<DomainId, UnderWay> under_way_;
};

}  // namespace understudy
