// The descriptions of plain orders: those that hold nothing but what a person says. For .cpp files
// that read or write formats.
//
// A field that the path of a route names ("{pool}") is read there, every other one from the body.
// A Wish without a name gives its own fields (why, until, for); one that is named "why" is the
// reason alone. A ServerId beside a PoolId is a member of that pool, or nobody. `word` is the verb;
// with and without a pool it is the same.
#pragma once

#include "base/describe.h"
#include "controller/core/input.h"

namespace understudy {

// --- about a server ------------------------------------------------------------------------------

template <>
struct Describe<RemoveServer> {
    static constexpr std::string_view word = "remove_server";
    static constexpr std::tuple fields{Field{&RemoveServer::server, "server"}};
};
template <>
struct Describe<StartMaintenance> {
    static constexpr std::string_view word = "maintenance";
    static constexpr std::tuple fields{
        Field{&StartMaintenance::server, "server"},
        Field{&StartMaintenance::wish, ""},
        Field{&StartMaintenance::force, "force"},
    };
};
template <>
struct Describe<EndMaintenance> {
    static constexpr std::string_view word = "end_maintenance";
    static constexpr std::tuple fields{Field{&EndMaintenance::server, "server"}};
};

// --- about a pool --------------------------------------------------------------------------------

template <>
struct Describe<RemovePool> {
    static constexpr std::string_view word = "remove_pool";
    static constexpr std::tuple fields{Field{&RemovePool::pool, "pool"}};
};
template <>
struct Describe<SetMembers> {
    static constexpr std::string_view word = "set_members";
    static constexpr std::tuple fields{
        Field{&SetMembers::pool, "pool"},
        Field{&SetMembers::members, "members"},
        Field{&SetMembers::force, "force"},
    };
};
template <>
struct Describe<SwitchPool> {
    static constexpr std::string_view word = "failover";
    static constexpr std::tuple fields{
        Field{&SwitchPool::pool, "pool"},
        Field{&SwitchPool::to, "to"},
        Field{&SwitchPool::wish, "why"},
        Field{&SwitchPool::force, "force"},
    };
};
template <>
struct Describe<FailbackPool> {
    static constexpr std::string_view word = "failback";
    static constexpr std::tuple fields{
        Field{&FailbackPool::pool, "pool"},
        Field{&FailbackPool::force, "force"},
    };
};
template <>
struct Describe<HoldPool> {
    static constexpr std::string_view word = "hold";
    static constexpr std::tuple fields{
        Field{&HoldPool::pool, "pool"},
        Field{&HoldPool::pinned, "pin"},
        Field{&HoldPool::wish, ""},
        Field{&HoldPool::force, "force"},
    };
};
template <>
struct Describe<ReleasePool> {
    static constexpr std::string_view word = "release";
    static constexpr std::tuple fields{Field{&ReleasePool::pool, "pool"}};
};
template <>
struct Describe<StartDryRun> {
    static constexpr std::string_view word = "dry_run";
    static constexpr std::tuple fields{
        Field{&StartDryRun::pool, "pool"},
        Field{&StartDryRun::wish, ""},
    };
};
template <>
struct Describe<EndDryRun> {
    static constexpr std::string_view word = "end_dry_run";
    static constexpr std::tuple fields{Field{&EndDryRun::pool, "pool"}};
};

template <>
struct Describe<RunDrill> {
    static constexpr std::string_view word = "drill";
    static constexpr std::tuple fields{
        Field{&RunDrill::pool, "pool"},
        Field{&RunDrill::to, "to"},
        Field{&RunDrill::stay, "stay_s", Limits{10, 3600}},
        Field{&RunDrill::wish, "why"},
    };
};
template <>
struct Describe<EndDrill> {
    static constexpr std::string_view word = "end_drill";
    static constexpr std::tuple fields{Field{&EndDrill::pool, "pool"}};
};

// --- about everything ----------------------------------------------------------------------------

template <>
struct Describe<PauseAll> {
    static constexpr std::string_view word = "pause";
    static constexpr std::tuple fields{Field{&PauseAll::wish, ""}};
};
template <>
struct Describe<ResumeAll> {
    static constexpr std::string_view word = "resume";
    static constexpr std::tuple<> fields{};
};
template <>
struct Describe<StartDryRunOfAll> {
    static constexpr std::string_view word = "dry_run";
    static constexpr std::tuple fields{Field{&StartDryRunOfAll::wish, ""}};
};
template <>
struct Describe<EndDryRunOfAll> {
    static constexpr std::string_view word = "end_dry_run";
    static constexpr std::tuple<> fields{};
};
template <>
struct Describe<AcceptLosses> {
    static constexpr std::string_view word = "accept_losses";
    static constexpr std::tuple fields{Field{&AcceptLosses::wish, "why"}};
};

// --- about a domain, an account, a channel -------------------------------------------------------

template <>
struct Describe<RemoveDomain> {
    static constexpr std::string_view word = "remove_domain";
    static constexpr std::tuple fields{Field{&RemoveDomain::domain, "domain"}};
};
template <>
struct Describe<IgnoreDomain> {
    static constexpr std::string_view word = "ignore";
    static constexpr std::tuple fields{
        Field{&IgnoreDomain::domain, "domain"},
        Field{&IgnoreDomain::wish, "why"},
    };
};
template <>
struct Describe<RemoveProvider> {
    static constexpr std::string_view word = "remove_provider";
    static constexpr std::tuple fields{Field{&RemoveProvider::provider, "provider"}};
};
template <>
struct Describe<RemoveChannel> {
    static constexpr std::string_view word = "remove_channel";
    static constexpr std::tuple fields{Field{&RemoveChannel::channel, "channel"}};
};
template <>
struct Describe<TestChannel> {
    static constexpr std::string_view word = "test_channel";
    static constexpr std::tuple fields{Field{&TestChannel::channel, "channel"}};
};
template <>
struct Describe<EnableChannel> {
    static constexpr std::string_view word = "enable_channel";
    static constexpr std::tuple fields{Field{&EnableChannel::channel, "channel"}};
};

// --- about an incident ---------------------------------------------------------------------------

template <>
struct Describe<Acknowledge> {
    static constexpr std::string_view word = "acknowledge";
    static constexpr std::tuple fields{
        Field{&Acknowledge::incident, "incident"},
        Field{&Acknowledge::wish, "why"},
    };
};

}  // namespace understudy
