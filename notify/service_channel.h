// Channels at services that have an API of their own: chats, ntfy, Matrix, PagerDuty. A service
// says what one request looks like and what is special about its answers; what they have in common
// is here. Pure.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/notice.h"
#include "notify/channel.h"

namespace understudy {

// The channel's settings by name, checked; all of them as secrets, for some are.
class ServiceValues {
  public:
    void set(std::string_view name, std::string value) {
        values_.insert_or_assign(std::string{name}, Secret{std::move(value)});
    }
    // Empty: it is not given.
    const std::string& operator[](std::string_view name) const;

  private:
    std::map<std::string, Secret, std::less<>> values_;
};

struct Service {
    std::string_view kind;
    // The setting that says where it is, and where that is when it is left out; empty: it has to be
    // given. A URL that is a secret as a whole stands in "url".
    std::string_view place;
    std::string_view usual_place;
    // Of the other settings; each error names its own.
    Result<Done> (*check)(const ServiceValues& values);
    HttpRequest (*request)(const ServiceValues& values, const Message& message,
                           const Notice& notice);
    // What only this service means by an answer that is no success; none: what its status says.
    // `said`: reply_in_short() of it.
    std::optional<Delivery> (*meaning)(const HttpResponse& response, json::Value body,
                                       const std::string& said) = nullptr;
};

extern const Service kSlack, kDiscord, kTelegram, kTeams, kNtfy, kMatrix, kPagerDuty;

class ServiceChannel final : public ChannelDriver {
  public:
    static Result<std::unique_ptr<ChannelDriver>> make(const Service& service,
                                                       const std::string& settings,
                                                       const Secret& secrets, bool allow_private);

    Result<Dispatch> compose(const Message& message, WallTime now) const override;
    Delivery read(const HttpAnswer& answer, WallTime now) const override;
    Delivery read(const MailAnswer& answer) const override;

  private:
    ServiceChannel(const Service& service, ServiceValues values, std::vector<std::string> secrets,
                   bool allow_private)
        : service_(service),
          values_(std::move(values)),
          secrets_(std::move(secrets)),
          allow_private_(allow_private) {}

    const Service& service_;
    const ServiceValues values_;
    const std::vector<std::string> secrets_;  // for blank_out()
    const bool allow_private_;
};

// --- what services are made of ---

// A POST of this JSON.
HttpRequest post_json(std::string url, std::string body);
// Of letters, digits and `others` only, and so long at most: the setting as it is, or what is
// wrong.
Result<Done> check_word(const ServiceValues& values, std::string_view setting,
                        std::string_view others, std::size_t limit, std::string_view example);

}  // namespace understudy
