// FleetDirectory: knows agents by their tokens, from the engine's fleet. Asked by the hub during an
// upgrade and at the hello.
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
        if (server == nullptr) return std::nullopt;
        const bool newer = *prefix == server->next_token_prefix;
        if (!token_matches(token, newer ? server->next_token_hash : server->token_hash))
            return std::nullopt;
        return Agent{server->id, server->name, *prefix};
    }
    bool counts(ServerId server, std::string_view token_prefix) const override {
        const Server* found = fleet_.server_with_token_prefix(token_prefix);
        return found != nullptr && found->id == server;
    }
    bool knows_code(std::string_view code) const override {
        return fleet_.server_with_code(token_hash(code)) != nullptr;
    }

  private:
    const Fleet& fleet_;
};

}  // namespace understudy
