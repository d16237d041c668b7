// Mail: one transfer carries one message to all its recipients.
//
// libcurl goes on without a login when the server offers none, and tells nobody which recipient was
// refused; both are read from the dialogue it shows to a debug function. The dialogue itself is
// never logged: it holds the login.
#include <cstdlib>
#include <string_view>

#include "base/log.h"
#include "base/utf8.h"
#include "controller/runtime/outbound_transfer.h"

namespace understudy {
namespace {

constexpr std::size_t kReplyLimitBytes = 300;
// curl waits for the answer to QUIT while it blocks, two minutes unless told otherwise.
constexpr long kFarewellSeconds = 2;

std::string tidy(std::string_view reply) {
    std::string text;
    for (const char c : valid_utf8(reply.substr(0, kReplyLimitBytes))) {
        const bool control = static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
        if (!control) text.push_back(c);
    }
    return text;
}

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

// What was said, as far as it matters: the AUTH command, recipients refused, the last reply before
// the farewell.
class Dialogue {
  public:
    void sent(std::string_view command) {
        if (command.starts_with("QUIT")) over_ = true;
        if (command.starts_with("AUTH ")) login_tried_ = true;
        asked_recipient_ =
            command.starts_with("RCPT TO:") ? tidy(command.substr(8)) : std::string{};
    }
    void received(std::string_view line) {
        if (over_) return;
        last_reply_ = tidy(line);
        const bool last_line = line.size() < 4 || line[3] != '-';
        if (!last_line) return;
        if (!asked_recipient_.empty() && !line.empty() && (line[0] == '4' || line[0] == '5')) {
            refused_.push_back(asked_recipient_ + ": " + last_reply_);
        }
        asked_recipient_.clear();
    }
    // 0 unless the last reply refused something.
    int refusal() const {
        const bool refused =
            last_reply_.size() >= 3 && (last_reply_[0] == '4' || last_reply_[0] == '5');
        return refused ? std::atoi(last_reply_.substr(0, 3).c_str()) : 0;
    }
    bool over() const { return over_; }
    bool login_tried() const { return login_tried_; }
    const std::string& last_reply() const { return last_reply_; }
    const std::vector<std::string>& refused() const { return refused_; }

  private:
    bool over_ = false;
    bool login_tried_ = false;
    std::string asked_recipient_;
    std::string last_reply_;
    std::vector<std::string> refused_;
};

class MailTransfer final : public CurlTransfer {
  public:
    MailTransfer(TransferId id, MailRequest request)
        : CurlTransfer(id, "mail " + request.server.host), request_(std::move(request)) {
        request_.message = with_crlf(request_.message);
    }

    TransferAnswer finish(CURLcode code) override {
        MailAnswer answer;
        if (no_login_) {
            answer.message = "the server offered no login, but one is configured: nothing was sent";
        } else if (code == CURLE_OK) {
            long status = 0;
            curl_easy_getinfo(handle(), CURLINFO_RESPONSE_CODE, &status);
            answer.code = static_cast<int>(status);
            answer.message = dialogue_.last_reply();
            warn_of_refused();
        } else {
            // A reply that refuses is the answer; without one the connection is to blame. curl's
            // own figure would be that of the farewell.
            answer.code = dialogue_.refusal();
            answer.message = answer.code != 0 ? dialogue_.last_reply() : trouble(code);
        }
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
        if (!ca_file.empty()) set(CURLOPT_CAINFO, ca_file.c_str());
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

    void warn_of_refused() const {
        for (const auto& refusal : dialogue_.refused()) {
            log::warning("outbound", "mail accepted, but not for every recipient",
                         {{"refused", refusal}});
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
    Dialogue dialogue_;
    std::size_t given_ = 0;
    bool no_login_ = false;
};

}  // namespace

std::unique_ptr<CurlTransfer> make_mail_transfer(TransferId id, MailRequest request) {
    return std::make_unique<MailTransfer>(id, std::move(request));
}

}  // namespace understudy
