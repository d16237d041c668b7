// Desk: where people's orders wait for the turn, and their answers for the commit. Filled by the
// API, emptied by the turn. Loop thread only; nothing here is durable, a caller whose answer never
// came asks again.
#pragma once

#include <set>
#include <unordered_map>
#include <vector>

#include "controller/api/api.h"

namespace understudy {

class Desk final : public OrderDesk {
  public:
    struct PersonsQuestion {
        ProviderId provider;
        Question question;
        bool patient = false;
    };
    // Dispatcher::wait_for_calls.
    using Forecast = std::function<std::optional<Duration>(ProviderId provider, int calls)>;
    // Dispatcher::means_of.
    using Means = std::function<std::optional<AccountMeans>(ProviderId provider)>;
    // Probes::found_over_ipv6.
    using Findings = std::function<std::vector<FoundOverIpv6>(ServerId server)>;
    struct Retry {
        Change change;  // NotificationRetried or ChannelRetried
        Retried retried;
    };
    // What the hub must hear of once an order is committed: these agents' links go.
    struct Outcome {
        std::vector<ServerId> links_to_close;
    };

    void give(const Caller& by, OrderAction action, Unmet unmet, Answered answered) override;
    void give_batch(const Caller& by, std::vector<OrderAction> actions,
                    BatchAnswered answered) override;
    void ask(ProviderId provider, Question question) override;
    void ask_patiently(ProviderId provider, Question question) override;
    std::optional<Duration> wait_for_calls(ProviderId provider, int calls) override;
    std::optional<AccountMeans> means_of(ProviderId provider) override;
    void retry_notification(NotificationRetried which, Retried retried) override;
    void retry_channel(ChannelId id, Retried retried) override;
    std::vector<FoundOverIpv6> found_over_ipv6(ServerId server) override;
    void note_use(TokenId token, const std::string& source) override;

    void set_findings(Findings findings) { findings_ = std::move(findings); }
    void set_forecast(Forecast forecast) { forecast_ = std::move(forecast); }
    void set_means(Means means) { means_ = std::move(means); }

    // Orders and batches.
    std::vector<Input> take_orders() {
        uses_.clear();
        return std::exchange(orders_, {});
    }
    std::vector<PersonsQuestion> take_questions() { return std::exchange(questions_, {}); }
    std::vector<Retry> take_retries() { return std::exchange(retries_, {}); }
    bool anything_waits() const {
        return !orders_.empty() || !questions_.empty() || !retries_.empty();
    }

    // Why an input must not be stepped, as the answer to who gave it; asked right before.
    std::optional<Reply> refused(const Input& input) const;
    // After the commit. Replies to nobody (request 0) are dropped.
    Outcome answer(const Reply& reply);

  private:
    struct Given {
        BatchAnswered answered;
        std::vector<ServerId> links_to_close;
        Unmet unmet = {};
    };
    Forecast forecast_;
    Means means_;
    Findings findings_;
    std::uint64_t last_request_ = 0;
    std::vector<Input> orders_;
    std::set<TokenId> uses_;  // that wait among them: of each token one is enough for a turn
    std::vector<PersonsQuestion> questions_;
    std::vector<Retry> retries_;
    std::unordered_map<std::uint64_t, Given> given_;
};

}  // namespace understudy
