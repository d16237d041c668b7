// NameWorker: a thread with a c-ares of its own, which asks name servers. Questions come in by
// submit() from the loop thread, answers go out through a Mailbox, and nothing else is shared.
//
// A question goes over UDP, and over TCP where its answer did not fit; one that asks for TCP goes
// there at once. It counts as unanswered after three seconds: over UDP it is asked twice until
// then, over TCP once.
// How many are under way is for who asks to limit.
#pragma once

#include <memory>

#include "base/mailbox.h"
#include "controller/runtime/outbound/outbound.h"

namespace understudy {

class NameWorker final : public Outbound {
  public:
    // `answers` outlives the worker.
    explicit NameWorker(Mailbox<TransferDone>& answers);
    ~NameWorker() override;  // stop()

    // NameQuestions only.
    void submit(TransferId id, Transfer transfer) override;

    // Drops what is under way without an answer: whoever waits asks again after the next start.
    // Blocks no longer than a look at the sockets takes.
    void stop();

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace understudy
