// Webhooks by Standard Webhooks v1 (github.com/standard-webhooks/standard-webhooks,
// spec/standard-webhooks.md): the stored payload byte for byte, with a stable id and a signature
// made for each attempt.
#pragma once

#include <string>
#include <vector>

#include "notify/channel.h"

namespace understudy {

class Webhook final : public ChannelDriver {
  public:
    // secrets: {"url": "...", "secret": "whsec_..."}. Several secrets separated by spaces each
    // sign, so that a receiver can change from one to the next. Errors never show the URL's path or
    // a secret.
    static Result<std::unique_ptr<ChannelDriver>> make(const Secret& secrets, bool allow_private);

    Result<Dispatch> compose(const Message& message, WallTime now) const override;
    Delivery read(const HttpAnswer& answer, WallTime now) const override;
    Delivery read(const MailAnswer& answer) const override;

  private:
    Webhook(Secret url, std::vector<Secret> keys, bool allow_private)
        : url_(std::move(url)), keys_(std::move(keys)), allow_private_(allow_private) {}

    Secret url_;
    std::vector<Secret> keys_;  // decoded
    bool allow_private_;
};

}  // namespace understudy
