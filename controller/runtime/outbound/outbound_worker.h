// OutboundWorker: a thread with a curl of its own. Requests come in by submit() from the loop
// thread, answers go out through a Mailbox, and nothing else is shared.
//
// HTTP/1.1 only (several HTTP/2 streams of one connection die together), TLS always verified, no
// redirects, no proxy from the environment, few connections per host, every answer bounded in time
// and size. What is over the caps waits in line (connect probes do not), and its time limit starts
// when its turn comes.
// DNS messages go beside curl, on sockets of their own (outbound_dns.h).
// Neither URLs nor headers are ever logged.
#pragma once

#include <memory>
#include <string>

#include "base/mailbox.h"
#include "controller/runtime/outbound/outbound.h"

namespace understudy {

struct OutboundSettings {
    std::string extra_ca_file;  // PEM, trusted beside the system's; empty: none
    std::string user_agent = "understudy";
    int running_per_host = 6;
    int running_total = 48;
    Duration connect_timeout{5'000};
};

class OutboundWorker final : public Outbound {
  public:
    // `answers` outlives the worker.
    OutboundWorker(const OutboundSettings& settings, Mailbox<TransferDone>& answers);
    ~OutboundWorker() override;  // stop(0)

    void submit(TransferId id, Transfer transfer) override;

    // Takes nothing new, lets what was submitted finish for so long, then drops the rest without an
    // answer (its row is still due at the next start). Blocks hardly longer than that, whatever the
    // other side does. True when nothing was dropped.
    bool stop(Duration patience);

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace understudy
