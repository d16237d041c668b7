#include "controller/runtime/outbound/mail_dialogue.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/blank_out.h"
#include "base/crypto.h"
#include "base/text.h"

namespace understudy {
namespace {

constexpr std::size_t kReplyLimitBytes = 4'096;
constexpr std::size_t kShownLimitBytes = 500;

int code_of(std::string_view line) {
    int code = 0;
    for (const char c : line.substr(0, 3)) {
        if (c < '0' || c > '9') return 0;
        code = code * 10 + (c - '0');
    }
    return code;
}

// As they are and as AUTH LOGIN and AUTH PLAIN send them: some servers repeat what they refuse.
std::vector<std::string> secrets_of(const MailServer& server) {
    const std::string& password = server.password.reveal();
    if (password.empty()) return {};
    const std::string plain = std::string{'\0'} + server.username + '\0' + password;
    return {password, to_base64(password), to_base64(plain)};
}

}  // namespace

MailDialogue::MailDialogue(const MailRequest& request)
    : recipients_(request.recipients),
      secrets_(secrets_of(request.server)),
      login_wanted_(!request.server.username.empty()) {}

void MailDialogue::sent(std::string_view command) {
    if (command.starts_with("QUIT")) over_ = true;
    // What AUTH goes on with, and the message, are no commands.
    if (command.starts_with("EHLO ") || command.starts_with("HELO ")) step_ = MailStep::Name;
    if (command.starts_with("STARTTLS")) step_ = MailStep::Greeting;
    if (command.starts_with("AUTH ")) {
        login_tried_ = true;
        step_ = MailStep::Login;
    }
    if (command.starts_with("MAIL FROM:")) step_ = MailStep::Sender;
    if (command.starts_with("RCPT TO:")) step_ = MailStep::Mail;
    // By their order: what stands in the command may be spelt otherwise.
    if (command.starts_with("RCPT TO:") && recipients_named_ < recipients_.size()) {
        asked_recipient_ = recipients_[recipients_named_++];
    }
}

void MailDialogue::received(std::string_view line) {
    if (over_) return;
    const auto words =
        trimmed(line.size() > 4 ? line.substr(4) : std::string_view{}, kBlanksAndLines);
    if (!words.empty() && text_.size() + words.size() < kReplyLimitBytes) {
        if (!text_.empty()) text_ += ' ';
        text_ += words;
    }
    const bool more = line.size() > 3 && line[3] == '-';
    if (more) return;
    // Made plain first: what stands between the letters of a secret must not hide it.
    const std::string shown = blank_out(plain_text(text_), secrets_);
    last_ = MailReply{code_of(line), plain_text(shown, kShownLimitBytes)};
    text_.clear();
    replied();
}

void MailDialogue::replied() {
    if (asked_recipient_ && last_.refuses())
        refused_.push_back(RefusedRecipient{*asked_recipient_, last_});
    asked_recipient_.reset();
}

MailAnswer MailDialogue::outcome(bool taken, const std::string& trouble) const {
    MailAnswer answer;
    const bool nobody = !recipients_.empty() && refused_.size() == recipients_.size();
    if (taken || nobody) answer.refused = refused_;
    if (!taken && !last_.refuses()) {
        answer.message = trouble;
        return answer;
    }
    // While one of them may still be let in, nothing is decided.
    const auto later = std::find_if(refused_.begin(), refused_.end(),
                                    [](const auto& each) { return !each.reply.for_good(); });
    const MailReply& reply = nobody && later != refused_.end() ? later->reply : last_;
    answer.code = reply.code;
    answer.message = reply.text;
    const bool not_let_in = login_wanted_ && !login_tried_ && step_ >= MailStep::Sender;
    answer.step = not_let_in ? MailStep::Login : step_;
    return answer;
}

MailAnswer MailDialogue::no_login() {
    MailAnswer answer;
    answer.message = "the server offered no login, but one is configured: nothing was sent";
    answer.step = MailStep::Login;
    return answer;
}

}  // namespace understudy
