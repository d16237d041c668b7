#include "controller/runtime/outbound/outbound_lines.h"

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
      programs_(answers),
      names_(answers),
      edges_(settings, answers),
      notifications_(webhooks_, mail_, programs_) {}

void OutboundLines::Notifications::submit(TransferId id, Transfer transfer) {
    const bool is_mail = std::holds_alternative<MailRequest>(transfer);
    const bool is_program = std::holds_alternative<ProgramRequest>(transfer);
    Outbound& line = is_mail ? mail_ : is_program ? programs_ : webhooks_;
    line.submit(id, std::move(transfer));
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
    const Duration left = std::max(Duration{0}, deadline - BootClock::now());
    return programs_.stop(left) && all_done;
}

}  // namespace understudy
