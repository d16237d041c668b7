// Readiness: whether a stand-by could take over each domain of its pool now, as sweeps of probes
// with every domain's own name found (rule 14). It is shown, told once, and stands behind members
// that are readier (selection.h); it says nothing of a server's health. Used by the engine's parts
// and its views.
//
// A server that no probe from here has reached lately may be behind a firewall that lets only the
// CDN in: then nothing is known of it, as with testimony (testimony.h).
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "controller/core/step_context.h"

namespace understudy::readiness {

// A sweep has ended. People are told of a stand-by that could not take over, once until it can.
void heard(StepContext& context, const ReadinessFound& input);

// Perhaps the controller does not doubt its own network any more: sweeps that were dropped for it
// are asked for again.
void doubt_may_have_ended(StepContext& context);

// How many of the pool's domains it could not take over; none: not known.
std::optional<std::size_t> unready(const EngineView& view, const Pool& pool, ServerId member);
// Whether it is one to count on: of one that is down or in maintenance people know already.
bool stands_by(const EngineView& view, ServerId server);
// Why not that one; empty: it could, or nothing is known.
std::string why_not(const EngineView& view, const Pool& pool, ServerId member, DomainId domain);

// Domains that no ready member could take over now, should who serves them be lost.
std::size_t without_standby(const EngineView& view, const Pool& pool);

// "ready for 60 domains", "not ready for 2 of 60 domains: shop.example.org (https 443: ...)",
// "not known to be ready: no sweep has ended yet".
std::string sentence(const EngineView& view, const Pool& pool, ServerId member);

ReadinessView view_of(const EngineView& view, const Pool& pool, ServerId member);

}  // namespace understudy::readiness
