// OutboundLines: the outbound workers. What one kind of receiver does to its thread reaches no
// other kind: provider calls have the first for themselves, with probes of certificates and
// witnesses, because a failover must never wait for somebody's webhook; webhooks the second; mail,
// whose farewells block, the third; programs that are told, which may hang, one more. Name servers
// and edges, which are asked after a change, have one each.
#pragma once

#include "controller/runtime/outbound/outbound_worker.h"
#include "controller/runtime/outbound/program_worker.h"
#include "controller/runtime/served/name_worker.h"

namespace understudy {

class OutboundLines {
  public:
    // `answers` outlives it.
    OutboundLines(const OutboundSettings& settings, Mailbox<TransferDone>& answers);

    Outlets outlets() { return Outlets{providers_, notifications_, &names_, &edges_}; }

    // As OutboundWorker::stop, with one patience for all; name servers are not waited for.
    bool stop(Duration patience);

  private:
    class Notifications final : public Outbound {
      public:
        Notifications(Outbound& webhooks, Outbound& mail, Outbound& programs)
            : webhooks_(webhooks), mail_(mail), programs_(programs) {}
        void submit(TransferId id, Transfer transfer) override;

      private:
        Outbound& webhooks_;
        Outbound& mail_;
        Outbound& programs_;
    };

    OutboundWorker providers_;
    OutboundWorker webhooks_;
    OutboundWorker mail_;
    ProgramWorker programs_;
    NameWorker names_;
    OutboundWorker edges_;
    Notifications notifications_;
};

}  // namespace understudy
