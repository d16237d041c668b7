// OutboundLines: three outbound workers. What one kind of receiver does to its thread reaches no
// other kind: provider calls and probes have the first for themselves, because a failover must
// never wait for somebody's webhook; webhooks the second; mail, whose farewells block, the third.
#pragma once

#include "controller/runtime/outbound_worker.h"

namespace understudy {

class OutboundLines {
  public:
    // `answers` outlives it.
    OutboundLines(const OutboundSettings& settings, Mailbox<TransferDone>& answers);

    Outlets outlets() { return Outlets{providers_, notifications_}; }

    // As OutboundWorker::stop, with one patience for all.
    bool stop(Duration patience);

  private:
    class Notifications final : public Outbound {
      public:
        Notifications(Outbound& webhooks, Outbound& mail) : webhooks_(webhooks), mail_(mail) {}
        void submit(TransferId id, Transfer transfer) override;

      private:
        Outbound& webhooks_;
        Outbound& mail_;
    };

    OutboundWorker providers_;
    OutboundWorker webhooks_;
    OutboundWorker mail_;
    Notifications notifications_;
};

}  // namespace understudy
