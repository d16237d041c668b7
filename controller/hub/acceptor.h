// Acceptor: listening sockets of one kind (agents or API) on the hub's loop. It accepts by itself
// instead of leaving that to libwebsockets, so that a storm of reconnects waits in the kernel's
// backlog until the connections already in the making are done. Loop thread only.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/log_limit.h"
#include "base/result.h"
#include "controller/hub/local_peer.h"
#include "controller/hub/peer.h"

struct uv_loop_s;

namespace understudy {

struct ListenAddress {
    std::string address;     // numeric IPv4 or IPv6; "::" listens for both
    std::uint16_t port = 0;  // 0: any free one
};

class Acceptor {
  public:
    // Takes over the descriptor, which is non-blocking. Called at most kBatch times per wake-up.
    // `who`: of a Unix socket.
    using Accepted = std::function<void(int descriptor, const Peer& peer,
                                        const std::optional<LocalCredentials>& who)>;
    // Asked before every accept; false pauses the acceptor until resume(). Whoever says so resumes
    // it in time, also where only time makes room.
    using MayAccept = std::function<bool()>;

    Acceptor(uv_loop_s* loop, MayAccept may_accept, Accepted accepted);
    ~Acceptor();
    Acceptor(const Acceptor&) = delete;
    Acceptor& operator=(const Acceptor&) = delete;

    Result<Done> listen(const ListenAddress& address);
    // At a Unix socket; see listen_locally(). Peers are users then.
    Result<Done> listen(const LocalSocket& local);
    // What was really bound, in the order of listen().
    const std::vector<ListenAddress>& bound() const { return bound_; }

    void resume();
    void close();  // stops listening; the loop must turn once more to free the handles

  private:
    struct Socket;
    void watch(int descriptor, const std::string& path);
    void accept_some(Socket& socket);
    void out_of_descriptors(Socket& socket, int reason);
    void pause();
    void start();

    uv_loop_s* loop_;
    MayAccept may_accept_;
    Accepted accepted_;
    std::vector<Socket*> sockets_;  // freed by libuv's close callback
    std::vector<ListenAddress> bound_;
    bool paused_ = false;
    LogLimit cannot_accept_;
};

}  // namespace understudy
