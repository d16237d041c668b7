// OpenSockets: the sockets of one outbound worker, so that another thread can end what curl waits
// for. libcurl takes leave of a mail server while it blocks, and no time limit of the transfer
// counts there. Any thread.
#pragma once

#include <mutex>
#include <set>

namespace understudy {

class OpenSockets {
  public:
    // -1 when it cannot be had, and after shut_down().
    int open(int family, int type, int protocol);
    void close(int socket);
    // Every wait on one of them ends at once; the owner still closes them.
    void shut_down();

  private:
    std::mutex mutex_;
    std::set<int> open_;
    bool shut_down_ = false;
};

}  // namespace understudy
