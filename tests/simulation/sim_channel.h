// A channel that posts the payload to an address of the simulation, which counts what arrives.
#pragma once

#include "notify/channel.h"

namespace understudy::simulation {

class SimChannel final : public ChannelDriver {
  public:
    static constexpr const char* kUrl = "sim://";

    explicit SimChannel(std::string name) : name_(std::move(name)) {}

    Result<Dispatch> compose(const Message& message, WallTime) const override {
        HttpRequest request;
        request.method = "POST";
        request.url = kUrl + name_;
        request.body = message.id;
        return Dispatch{request};
    }
    Delivery read(const HttpAnswer& answer, WallTime) const override {
        const auto* response = std::get_if<HttpResponse>(&answer);
        if (response != nullptr && response->status == 200) return Delivered{};
        return TryLater{"no answer", std::nullopt};
    }
    Delivery read(const MailAnswer&) const override { return GiveUp{"not a mail channel", false}; }

  private:
    std::string name_;
};

}  // namespace understudy::simulation
