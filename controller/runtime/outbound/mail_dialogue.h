// MailDialogue: what a mail client and its server said, as far as the outcome depends on it.
// libcurl goes on without a login when the server offers none, and tells nobody which recipient was
// refused; both are overheard here. The dialogue itself is never logged: it holds the login. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/mail_message.h"

namespace understudy {

class MailDialogue {
  public:
    explicit MailDialogue(const MailRequest& request);

    void sent(std::string_view command);
    void received(std::string_view line);  // one line of a reply

    bool over() const { return over_; }  // QUIT was said: what follows changes nothing
    bool login_tried() const { return login_tried_; }

    // taken: the server has the message. trouble: what curl says, for when the server said nothing.
    MailAnswer outcome(bool taken, const std::string& trouble) const;
    // Nothing was sent, because the server let us in without a login.
    static MailAnswer no_login();

  private:
    void replied();

    std::vector<std::string> recipients_;
    std::vector<std::string> secrets_;
    bool login_wanted_;
    bool over_ = false;
    bool login_tried_ = false;
    MailStep step_ = MailStep::Greeting;
    std::size_t recipients_named_ = 0;
    std::optional<std::string> asked_recipient_;
    std::string text_;  // of the reply that is coming in
    MailReply last_;
    std::vector<RefusedRecipient> refused_;
};

}  // namespace understudy
