// E-mail: one plain message (RFC 5322) per notification, in a thread per incident.
#pragma once

#include <string>
#include <vector>

#include "notify/channel.h"
#include "notify/mail_address.h"
#include "schema/notice.h"

namespace understudy {

class Email final : public ChannelDriver {
  public:
    // settings: {"to": ["ops@example.org"]}.
    static Result<std::unique_ptr<ChannelDriver>> make(const std::string& settings,
                                                       const MailSettings& mail);

    Result<Dispatch> compose(const Message& message, WallTime now) const override;
    Delivery read(const HttpAnswer& answer, WallTime now) const override;
    Delivery read(const MailAnswer& answer) const override;

  private:
    Email(MailServer server, NamedAddress from, std::vector<std::string> recipients)
        : server_(std::move(server)), from_(std::move(from)), recipients_(std::move(recipients)) {}

    // Those who do not have it yet.
    std::vector<std::string> recipients_left(const Message& message) const;
    std::string served(const MailAnswer& answer) const;
    std::string own_name() const;  // right of the @ in message ids
    std::string headers(const Message& message, const Notice& notice, const std::string& subject,
                        WallTime now) const;
    std::string thread_headers(const Message& message) const;

    MailServer server_;
    NamedAddress from_;
    std::vector<std::string> recipients_;
};

}  // namespace understudy
