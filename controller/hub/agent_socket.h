// AgentSocket: one agent's WebSocket: the upgrade and its refusals, whole messages out of frames,
// pings and closes. libwebsockets carries bytes and TLS; the rest is HttpReader's and
// FrameReader's, since libwebsockets as a server takes frames that no client may send. What it
// means is the Owner's (AgentListener). Loop thread only.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/token_bucket.h"
#include "controller/hub/frame_reader.h"
#include "controller/hub/http_reader.h"
#include "controller/hub/loop.h"
#include "controller/hub/tls.h"

struct lws;
struct lws_vhost;

namespace understudy {

class AgentSocket {
  public:
    class Owner {
      public:
        virtual ~Owner() = default;
        virtual Tls* tls() = 0;
        // During the upgrade. An error's text is answered with 401, or with 429 when the error
        // says when to try again.
        virtual Result<Done> log_in(AgentSocket& socket, std::string_view token) = 0;
        // The same with a one-time code, of who asked for the sub-protocol of enrolment.
        virtual Result<Done> enroll(AgentSocket& socket, std::string_view code) = 0;
        virtual void upgrade_refused(
            AgentSocket& socket) = 0;  // not the protocol; answered already
        virtual void received(AgentSocket& socket, std::string_view message) = 0;
        // It sent what no message can be (binary, too long): refuse it.
        virtual void misused(AgentSocket& socket, std::string code, std::string problem) = 0;
        // It does not speak WebSocket; closed already.
        virtual void broke(AgentSocket& socket, std::string_view problem) = 0;
        virtual void ponged(AgentSocket& socket) = 0;
        // The connection ended or the agent began to close it; may come twice. code: of the agent's
        // close; 0: it sent none.
        virtual void closed(AgentSocket& socket, std::string_view detail, std::uint16_t code) = 0;
        virtual void freed(AgentSocket& socket) = 0;  // last call; delete it
    };

    explicit AgentSocket(Owner& owner);
    virtual ~AgentSocket();
    AgentSocket(const AgentSocket&) = delete;
    AgentSocket& operator=(const AgentSocket&) = delete;

    // The listener's vhost; `owner` must outlive the loop's close().
    static Result<lws_vhost*> make_vhost(const Loop& loop, Owner& owner);

    // Takes the descriptor over, also when it fails.
    bool open(lws_vhost* vhost, int descriptor);
    bool alive() const { return socket_ != nullptr; }
    bool upgraded() const { return upgraded_; }

    void send(std::string_view text);
    void ping();
    // A WebSocket close with code and reason. Nothing is received any more; the owner drop()s a
    // peer that does not answer it.
    void close(std::uint16_t code, std::string_view why);
    void drop();  // without a word

  private:
    struct Callback;
    void receive(std::string_view bytes);
    void read_upgrade();
    void upgrade(const HttpMessage& request);
    void accept(const HttpMessage& request, std::string_view protocol);
    void refuse(std::string_view status, std::string_view text, std::string_view headers = {});
    void refuse_upgrade(std::string_view status, std::string_view text,
                        std::string_view headers = {});
    void refuse(const Error& error);
    void read_frames();
    void take(const Said& said);
    void take_control(const Said& said);
    void end_with(std::uint16_t code, std::string_view problem);
    void answer_close(const Said& said);
    void write(std::string_view bytes);

    Owner& owner_;
    lws* socket_ = nullptr;  // null once it closes
    bool upgraded_ = false;
    bool closing_ = false;              // our close is sent, or an answer that ends the connection
    std::unique_ptr<HttpReader> head_;  // until it is upgraded
    FrameReader frames_;
    TokenBucket pings_;  // and pongs
};

}  // namespace understudy
