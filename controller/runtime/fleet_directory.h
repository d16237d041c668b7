// FleetDirectory: knows agents by their tokens, from the engine's fleet. Asked by the hub during an
// upgrade.
#pragma once

#include "base/crypto.h"
#include "controller/core/fleet.h"
#include "controller/hub/hub.h"

namespace understudy {

class FleetDirectory final : public AgentDirectory {
  public:
    explicit FleetDirectory(const Fleet& fleet) : fleet_(fleet) {}

    std::optional<Agent> authenticate(std::string_view token) const override {
        const auto prefix = token_lookup_prefix(token);
        const Server* server = prefix ? fleet_.server_with_token_prefix(*prefix) : nullptr;
        if (server == nullptr || !token_matches(token, server->token_hash)) return std::nullopt;
        return Agent{server->id, server->name};
    }

  private:
    const Fleet& fleet_;
};

}  // namespace understudy
