// ProgramWorker: a thread that runs the programs which channels of kind "exec" name. Requests come
// in by submit() from the loop thread, answers go out through a Mailbox, and nothing else is
// shared.
//
// A program is bounded in time and in what is kept of its output, runs in a process group of its
// own, and everything in that group ends with it. Eight run at a time; the others wait in line, and
// their time begins when their turn comes.
#pragma once

#include <memory>

#include "base/mailbox.h"
#include "controller/runtime/outbound/outbound.h"

namespace understudy {

class ProgramWorker final : public Outbound {
  public:
    // `answers` outlives the worker.
    explicit ProgramWorker(Mailbox<TransferDone>& answers);
    ~ProgramWorker() override;  // stop(0)

    // ProgramRequests only.
    void submit(TransferId id, Transfer transfer) override;

    // Lets what was submitted end for so long, then kills the rest without an answer: its row is
    // still due at the next start. True when nothing was dropped.
    bool stop(Duration patience);

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace understudy
