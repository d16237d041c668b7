#include "controller/runtime/outbound_lines.h"

#include <algorithm>

namespace understudy {
namespace {

// A channel has one message under way at a time. Receivers at one host are often one service for
// many channels: if some hang, the others must not wait for them.
constexpr int kWebhooksAtOnce = 256;

OutboundSettings for_webhooks(OutboundSettings settings) {
    settings.running_per_host = settings.running_total = kWebhooksAtOnce;
    return settings;
}

}  // namespace

OutboundLines::OutboundLines(const OutboundSettings& settings, Mailbox<TransferDone>& answers)
    : providers_(settings, answers),
      webhooks_(for_webhooks(settings), answers),
      mail_(settings, answers),
      names_(answers),
      edges_(settings, answers),
      notifications_(webhooks_, mail_) {}

void OutboundLines::Notifications::submit(TransferId id, Transfer transfer) {
    const bool is_mail = std::holds_alternative<MailRequest>(transfer);
    (is_mail ? mail_ : webhooks_).submit(id, std::move(transfer));
}

bool OutboundLines::stop(Duration patience) {
    const Instant deadline = BootClock::now() + patience;
    bool all_done = true;
    names_.stop();  // what these would have found is asked for again
    edges_.stop(Duration{0});
    for (OutboundWorker* worker : {&providers_, &webhooks_, &mail_}) {
        const Duration left = std::max(Duration{0}, deadline - BootClock::now());
        all_done = worker->stop(left) && all_done;
    }
    return all_done;
}

}  // namespace understudy
