#include <array>
#include <string_view>

#include "base/text.h"
#include "providers/cloudflare/account.h"
#include "providers/desec/account.h"
#include "providers/digitalocean/account.h"
#include "providers/gandi/account.h"
#include "providers/hetzner/project.h"
#include "providers/powerdns/server.h"
#include "providers/provider.h"
#include "providers/rfc2136/server.h"
#include "providers/settings.h"

namespace understudy {
namespace {

struct Kind {
    std::string_view name;
    Result<std::unique_ptr<Provider>> (*make)(std::string_view settings, const Secret& credential);
};

constexpr std::array kKinds{
    Kind{"cloudflare", cloudflare::Account::make},
    Kind{"desec", desec::Account::make},
    Kind{"digitalocean", digitalocean::Account::make},
    Kind{"gandi", gandi::Account::make},
    Kind{"hetzner", hetzner::Project::make},
    Kind{"powerdns", powerdns::Server::make},
    Kind{"rfc2136", rfc2136::Server::make},
};

}  // namespace

std::vector<const Error*> troubles_in(const std::vector<ReplaceOutcome>& outcomes) {
    std::vector<const Error*> troubles;
    for (const auto& outcome : outcomes)
        if (const auto* error = std::get_if<Error>(&outcome)) troubles.push_back(error);
    return troubles;
}

Result<std::unique_ptr<Provider>> make_provider(const std::string& kind,
                                                const std::string& settings,
                                                const Secret& credential) {
    std::string names;
    for (const auto& each : kKinds) {
        if (each.name == kind) return each.make(settings, credential);
        add_item(names, each.name);
    }
    return invalid("kind", "'" + foreign_text(kind, {}) + "' is no kind of provider",
                   "known are " + names);
}

std::vector<std::string> provider_kinds() {
    std::vector<std::string> names;
    for (const auto& kind : kKinds)
        names.emplace_back(kind.name);
    return names;
}

}  // namespace understudy
