// DnsExchanges: the DNS messages of one outbound worker that are under way. It never blocks: the
// worker waits for these sockets together with curl's and calls work() when something happened.
// Private to the worker's thread.
//
// What counts is an answer from the asked address with the asked id, drawn here, and question.
// Anything else is ignored, a refusal by ICMP too: whoever forges one must not end the waiting. A
// datagram may be lost: a query is sent again, anything else not, for it might be done twice.
#pragma once

#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <vector>

#include "base/clock.h"
#include "base/dns_exchange.h"
#include "controller/runtime/outbound/outbound.h"

namespace understudy {

class DnsExchanges {
  public:
    using Answered = std::function<void(TransferId, DnsAnswer)>;
    explicit DnsExchanges(Answered answered);
    ~DnsExchanges();

    // Waits in line while very many are under way; its time limit starts when its turn comes.
    void add(TransferId id, DnsExchange exchange);
    // Begins, goes on with and ends whatever can be.
    void work(Instant now);

    struct Socket {
        int descriptor = -1;
        bool to_write = false;  // else to read
    };
    std::vector<Socket> sockets() const;
    // When to work() although nothing happened; kNever when none is under way.
    Instant next_deadline() const;
    bool idle() const { return running_.empty() && waiting_.empty(); }

  private:
    class Running;
    struct Waiting {
        TransferId id = 0;
        DnsExchange exchange;
    };
    Answered answered_;
    std::deque<Waiting> waiting_;
    std::list<Running> running_;
};

}  // namespace understudy
