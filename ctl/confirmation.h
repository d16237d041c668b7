// Waiting until the records that an order moved are confirmed by their providers, with progress.
#pragma once

#include <string>
#include <vector>

#include "ctl/options.h"
#include "ctl/session.h"

namespace understudy::ctl {

struct Awaited {
    std::string filter;      // of /domains: "pool=shop"
    std::int64_t total = 0;  // domains concerned
};

// `own` with --no-wait and --timeout behind.
std::vector<Option> with_wait_options(std::vector<Option> own);
// Checked before the order is given.
Result<Duration> timeout_of(const Arguments& arguments);

// kOk when all are confirmed; kUnfinished when the time is over or a person has to decide about
// one: that is said, and what to do. With -o json there is no progress, only the end.
int await_records(Session& session, const Awaited& awaited, Duration timeout);

// The records of the pool that an answer shows, and of the servers' pools.
std::optional<Awaited> records_of_pool(Session& session, json::Value pool);
std::optional<Awaited> records_of_server(Session& session, json::Value server);

// Tells people what was ordered, waits for the records concerned unless --no-wait is said, and
// shows programs the order's answer.
int tell_and_await(Session& session, const Arguments& arguments, const json::Document& answer,
                   const std::string& told,
                   std::optional<Awaited> (*concerned)(Session&, json::Value), Duration timeout);

}  // namespace understudy::ctl
