// Channel drivers: turn one stored notification into one request to the outside, and read what the
// receiver's answer means. Sans-I/O, like providers. Used by the dispatcher on the loop thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/clock.h"
#include "base/http_message.h"
#include "base/mail_message.h"
#include "base/program_run.h"
#include "base/result.h"
#include "base/secret.h"

namespace understudy {

// A notification as the outbox holds it.
struct Message {
    std::string id;       // "msg_<instance>_<number>": the same over all tries
    std::string payload;  // {"type","timestamp","data"} as JSON, stable
    // Thread key: the same for all messages of one incident, different from every other incident's,
    // other controllers' included ("<instance>-<incident>"); empty: none.
    std::string incident;
    bool opens_incident = false;
    int attempt = 1;
    std::string served;  // what the driver said in TryLater
};

// A message may be several requests (one mail, one POST: always one at present).
using Dispatch = std::variant<HttpRequest, MailRequest, ProgramRequest>;

struct Delivered {
    std::string note = {};  // who refused it for good, when others took it
};
struct TryLater {
    std::string error;
    std::optional<std::chrono::seconds> retry_after;
    // Who has it already, in the driver's own words: comes back in the next Message. Empty: nobody
    // new.
    std::string served = {};
};
struct GiveUp {
    std::string error;
    bool disable_channel = false;  // 410 Gone: the receiver wants no more
};
using Delivery = std::variant<Delivered, TryLater, GiveUp>;

class ChannelDriver {
  public:
    virtual ~ChannelDriver() = default;
    // now: stamps and signs this attempt.
    virtual Result<Dispatch> compose(const Message& message, WallTime now) const = 0;
    virtual Delivery read(const HttpAnswer& answer, WallTime now) const = 0;
    virtual Delivery read(const MailAnswer& answer) const = 0;
    virtual Delivery read_program(const ProgramAnswer& answer) const;
};

// What all e-mail channels share, from the configuration.
struct MailSettings {
    MailServer server;
    std::string from;  // "Understudy <understudy@example.org>"
};

// settings and secrets: JSON objects of the kind's settings (base/channel_kinds.h), those that
// people may read and those that are kept sealed. programs: what the configuration lets a channel
// of kind "exec" run. Errors (Invalid) name the setting and show no secret.
Result<std::unique_ptr<ChannelDriver>> make_channel_driver(const std::string& kind,
                                                           const std::string& settings,
                                                           const Secret& secrets,
                                                           const std::optional<MailSettings>& mail,
                                                           bool allow_private_webhooks,
                                                           const Programs& programs = {});

// How long to wait after so many failed attempts, before jitter; nothing: give up (dead letter). A
// receiver's retry_after that is longer counts instead.
std::optional<Duration> retry_delay(int attempts);

}  // namespace understudy
