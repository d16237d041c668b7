// The agent's one WebSocket, by libwebsockets: connects out, verifies the controller's certificate,
// and turns what happens into session events. The only file of the agent that includes
// libwebsockets; its built-in poll loop is the agent's loop. Used by agent.cpp, on its only thread.
//
// Callbacks only enqueue; wait() hands the events out. libwebsockets looks names up with
// getaddrinfo(), which blocks this thread for as long as the resolver's own time-out lets it
// (main.cpp shortens that); there is no link to keep alive at that moment.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "agent/link_target.h"
#include "agent/session_event.h"
#include "base/result.h"
#include "base/secret.h"
#include "schema/wire.h"

struct lws;
struct lws_context;

namespace understudy {

class Link {
  public:
    // watched_fd: wait() also returns when it is readable. The authorities are read here, once.
    // protocol: the sub-protocol to agree on, a constant.
    static Result<std::unique_ptr<Link>> create(LinkTarget target, int watched_fd,
                                                std::string_view protocol = wire::kSubprotocol);
    ~Link();
    Link(const Link&) = delete;
    Link& operator=(const Link&) = delete;

    // One link at a time: a former one is dropped. The token leaves with the upgrade request and is
    // not kept; redirects are not followed, so it goes nowhere else.
    void connect(const Secret& token);
    void send(std::string text);
    void close(std::uint16_t code, const std::string& reason);  // after what was sent
    void drop();
    void fail(const std::string& problem);  // instead of connect(): reports LinkClosed

    // Serves the network until something happened; then take_event() gives the events of the
    // current link in order. Take them one by one: drop() and connect() discard what is left of a
    // former link.
    void wait();
    std::optional<session::Event> take_event();

  private:
    friend struct LinkCallback;
    Link(LinkTarget target, std::string_view protocol);
    Result<Done> open_context(int watched_fd);

    bool is_current(lws* wsi) const;
    int add_credential(lws* wsi, void* buffer, std::size_t size);
    int check_upgrade(lws* wsi);
    void opened();
    std::string why_not_trusted(lws* wsi) const;
    void failed(lws* wsi, const char* problem);
    void peer_closes(const void* frame, std::size_t size);
    void received(lws* wsi, const void* piece, std::size_t size);
    int write(lws* wsi);
    void gone(const std::string& problem);
    void forget();

    LinkTarget target_;
    std::string_view protocol_;
    lws_context* context_ = nullptr;
    lws* wsi_ = nullptr;  // the current link; null: none
    std::uintptr_t generation_ =
        0;  // tells the current link's callbacks from those of dropped ones
    bool open_ = false;
    Secret authorization_;  // until the upgrade request is written
    std::deque<std::string> outbox_;
    bool closing_ = false;
    std::uint16_t closing_code_ = 0;
    std::string closing_reason_;
    std::string incoming_;           // pieces of the message that is arriving
    bool incoming_refused_ = false;  // too long: the rest of it is skipped
    session::LinkClosed end_;        // what is known so far of how the link ends
    std::deque<session::Event> events_;
};

}  // namespace understudy
