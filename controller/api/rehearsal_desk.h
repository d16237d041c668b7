// Stands in for the order desk while a request is only rehearsed: what would be given to the engine
// is played on its books, taken back, and answered with what it would move. For rehearse.cpp. Loop
// thread only.
//
// It is the only way to write that a handler has: so every operation can be rehearsed, or is
// refused here. Providers are asked in earnest: what is asked of them for the API only reads.
#pragma once

#include <memory>

#include "controller/api/call.h"

namespace understudy::api {

ApiResponse show_rehearsal(const Fleet& fleet, const Rehearsal& rehearsal);

class RehearsalDesk final : public OrderDesk, public ArchiveDesk {
  public:
    // Answers in the handler's place. Both outlive this.
    RehearsalDesk(const Context& real, Instant now, Api::Respond respond)
        : real_(real), now_(now), respond_(std::move(respond)) {}

    void give(const Caller& by, OrderAction action, Unmet unmet, Answered answered) override;
    void give_batch(const Caller& by, std::vector<OrderAction> actions,
                    BatchAnswered answered) override;
    void retry_notification(NotificationRetried which, Retried retried) override;
    void retry_channel(ChannelId id, Retried retried) override;

    void ask(ProviderId provider, Question question) override {
        real_.desk.ask(provider, std::move(question));
    }
    void ask_patiently(ProviderId provider, Question question) override {
        real_.desk.ask_patiently(provider, std::move(question));
    }
    std::optional<Duration> wait_for_calls(ProviderId provider, int calls) override {
        return real_.desk.wait_for_calls(provider, calls);
    }
    std::optional<AccountMeans> means_of(ProviderId provider) override {
        return real_.desk.means_of(provider);
    }
    void note_use(TokenId token, const std::string& source) override {
        real_.desk.note_use(token, source);
    }
    std::vector<FoundOverIpv6> found_over_ipv6(ServerId server) override {
        return real_.desk.found_over_ipv6(server);
    }

    // Copies of the store and readings of the past are no orders: there is always room to say so.
    std::optional<Error> full(Length) override { return std::nullopt; }
    void read(HttpRequestId client, Length length, Reading reading) override;

  private:
    const Context& real_;
    Instant now_;
    Api::Respond respond_;
};

}  // namespace understudy::api
