// Mail: one transfer carries one message to all its recipients.
// What the answer means is read from the dialogue that curl shows to a debug function.
#include <string_view>

#include "base/log.h"
#include "controller/runtime/outbound/mail_dialogue.h"
#include "controller/runtime/outbound/outbound_transfer.h"

namespace understudy {
namespace {

// curl waits for the answer to QUIT while it blocks, two minutes unless told otherwise.
constexpr long kFarewellSeconds = 2;

// Every line end as CRLF: behind a bare LF libcurl would not stuff a dot, and its own CURLOPT_CRLF
// doubles the CR of lines that are right already.
std::string with_crlf(std::string_view text) {
    std::string out;
    out.reserve(text.size() + text.size() / 32);
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool line_end = text[i] == '\r' || text[i] == '\n';
        if (text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n') ++i;
        out += line_end ? std::string_view{"\r\n"} : text.substr(i, 1);
    }
    return out;
}

class MailTransfer final : public CurlTransfer {
  public:
    MailTransfer(TransferId id, MailRequest request)
        : CurlTransfer(id, "mail " + request.server.host),
          request_(std::move(request)),
          dialogue_(request_) {
        request_.message = with_crlf(request_.message);
    }

    TransferAnswer finish(CURLcode code) override {
        if (no_login_) return MailDialogue::no_login();
        const bool taken = code == CURLE_OK;
        auto answer = dialogue_.outcome(taken, trouble(code));
        if (taken) warn_of_refused(answer);
        return answer;
    }

  private:
    void configure(const OutboundSettings& settings) override {
        const auto& server = request_.server;
        const bool implicit_tls = server.security == MailSecurity::Tls;
        const std::string url = std::string{implicit_tls ? "smtps://" : "smtp://"} +
                                url_host(server.host) + ":" + std::to_string(server.port) + "/" +
                                url_encode(server.ehlo_name);
        set(CURLOPT_URL, url.c_str());
        set(CURLOPT_PROTOCOLS_STR, "smtp,smtps");
        set(CURLOPT_USE_SSL,
            static_cast<long>(server.security == MailSecurity::None ? CURLUSESSL_NONE
                                                                    : CURLUSESSL_ALL));
        if (server.security == MailSecurity::None) allow_peers(PeerRule::LoopbackOnly);
        const auto& ca_file = server.ca_file.empty() ? settings.extra_ca_file : server.ca_file;
        trust(server.host, "smtp.host", "smtp.ca_file", ca_file);
        if (!server.username.empty()) {
            set(CURLOPT_USERNAME, server.username.c_str());
            set(CURLOPT_PASSWORD, server.password.reveal().c_str());
        }
        // A reused connection would show no login.
        set(CURLOPT_FRESH_CONNECT, 1L);
        set(CURLOPT_FORBID_REUSE, 1L);
        set_timeout(request_.timeout);
        // curl counts greeting, STARTTLS and login as connecting, and many servers greet slowly on
        // purpose.
        set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(request_.timeout.count() / 2));
        set_message();
        set(CURLOPT_VERBOSE, 1L);
        set(CURLOPT_DEBUGFUNCTION, &MailTransfer::overhear);
        set(CURLOPT_DEBUGDATA, this);
    }

    void set_message() {
        set(CURLOPT_MAIL_FROM, request_.sender.c_str());
        for (const auto& recipient : request_.recipients)
            recipients_.add(recipient);
        set(CURLOPT_MAIL_RCPT, recipients_.get());
        // One refused recipient must not cost the others their alert. (Spelt so up to curl 8.1.)
        set(CURLOPT_MAIL_RCPT_ALLLOWFAILS, 1L);
        set(CURLOPT_UPLOAD, 1L);
        set(CURLOPT_READFUNCTION, &MailTransfer::give_message);
        set(CURLOPT_READDATA, this);
    }

    static void warn_of_refused(const MailAnswer& answer) {
        for (const auto& each : answer.refused) {
            log::warning("outbound", "mail accepted, but not for every recipient",
                         {{"refused", each.address},
                          {"code", each.reply.code},
                          {"answer", each.reply.text}});
        }
    }

    // The last moment before anything is said: curl asks here after DATA was accepted.
    static std::size_t give_message(char* out, std::size_t, std::size_t room, void* self) {
        auto& transfer = *static_cast<MailTransfer*>(self);
        if (!transfer.request_.server.username.empty() && !transfer.dialogue_.login_tried()) {
            transfer.no_login_ = true;
            return CURL_READFUNC_ABORT;
        }
        const auto& message = transfer.request_.message;
        const auto count = std::min(room, message.size() - transfer.given_);
        message.copy(out, count, transfer.given_);
        transfer.given_ += count;
        return count;
    }

    static int overhear(CURL*, curl_infotype type, char* data, std::size_t size, void* self) {
        auto& transfer = *static_cast<MailTransfer*>(self);
        auto& dialogue = transfer.dialogue_;
        const std::string_view text{data, size};
        if (type == CURLINFO_HEADER_OUT) dialogue.sent(text);
        if (dialogue.over()) transfer.set(CURLOPT_SERVER_RESPONSE_TIMEOUT, kFarewellSeconds);
        if (type == CURLINFO_HEADER_IN) dialogue.received(text);
        return 0;
    }

    MailRequest request_;
    StringList recipients_;
    MailDialogue dialogue_;
    std::size_t given_ = 0;
    bool no_login_ = false;
};

}  // namespace

std::unique_ptr<CurlTransfer> make_mail_transfer(TransferId id, MailRequest request) {
    return std::make_unique<MailTransfer>(id, std::move(request));
}

}  // namespace understudy
