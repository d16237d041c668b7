#include "notify/email.h"

#include <algorithm>

#include "base/domain_name.h"
#include "base/json.h"
#include "base/text.h"
#include "notify/mime.h"
#include "notify/render.h"

namespace understudy {
namespace {

constexpr std::size_t kRecipientLimit = 50;
constexpr std::size_t kErrorBytes = 1'000;  // about that long

Result<std::vector<std::string>> read_recipients(const std::string& settings) {
    const auto document = json::Document::parse(settings);
    if (!document)
        return invalid("settings", "are not JSON", "remove the channel and add it again");
    const json::Value list = document->root()["to"];
    if (!list.is_array() || list.size() == 0) {
        return invalid("to", "no recipient is given", "give a list of e-mail addresses");
    }
    if (list.size() > kRecipientLimit) {
        return invalid("to",
                       std::to_string(list.size()) + " recipients are more than " +
                           std::to_string(kRecipientLimit),
                       "use the address of a mailing list");
    }
    std::vector<std::string> recipients;
    for (std::size_t index = 0; index < list.size(); ++index) {
        const std::string field = "to[" + std::to_string(index) + "]";
        const auto text = list[index].string();
        if (!text) return invalid(field, "is not text", "give an e-mail address");
        auto address = read_mail_address(field, *text);
        if (!address) return address.error();
        recipients.push_back(std::move(*address));
    }
    return recipients;
}

// An id as it can stand left of the @ in a message id.
std::string id_part(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                           (c >= '0' && c <= '9') || c == '_' || c == '-';
        out += plain ? c : '-';
    }
    return out;
}

// Which records point nowhere good: these stand out in the reader's list.
bool is_urgent(NoticeType type) {
    return type == NoticeType::OutageStarted || type == NoticeType::FailoverFailed;
}

// Our own login was refused (RFC 4954), however late that was said.
bool is_login_trouble(int code) {
    return code == 530 || code == 534 || code == 535 || code == 538;
}

std::string reply_text(int code, const std::string& text) {
    const std::string line = plain_text(text);
    return std::to_string(code) + (line.empty() ? "" : " ") + line;
}

// Whom the server refused and why, as far as a person reads on.
std::string refusals(const MailAnswer& answer) {
    std::string out = "the mail server refused ";
    std::size_t told = 0;
    for (const RefusedRecipient& one : answer.refused) {
        if (out.size() > kErrorBytes) break;
        out += (told == 0 ? "" : "; ") + one.address + ": " +
               reply_text(one.reply.code, one.reply.text);
        ++told;
    }
    const auto more = answer.refused.size() - told;
    return more == 0 ? out : out + "; and " + std::to_string(more) + " more";
}

// The name we gave with EHLO. Postfix, unless told otherwise, says so only about a recipient.
bool is_name_trouble(const MailAnswer& answer) {
    return answer.code >= 500 &&
           (answer.step == MailStep::Name || answer.code == 504 ||
            answer.message.find("Helo command rejected") != std::string::npos);
}

std::string error_of(const MailAnswer& answer) {
    if (!answer.refused.empty()) return refusals(answer);
    if (answer.code == 0) return plain_text(answer.message);
    return "the mail server answered " + reply_text(answer.code, answer.message);
}

// A mail is given up only for what is wrong with it or its recipients. What concerns us, our
// address, name, login or sender, a person can put right, and the mail is still wanted.
bool is_given_up(const MailAnswer& answer) {
    const MailReply reply{answer.code, answer.message};
    if (answer.step == MailStep::Sender) return reply.too_large();
    return answer.step == MailStep::Mail && reply.for_good() && !is_login_trouble(answer.code) &&
           !is_name_trouble(answer);
}

}  // namespace

Result<std::unique_ptr<ChannelDriver>> Email::make(const std::string& settings,
                                                   const MailSettings& mail) {
    auto from = read_named_address("smtp.from", mail.from);
    if (!from) return from.error();
    auto recipients = read_recipients(settings);
    if (!recipients) return recipients.error();
    return std::unique_ptr<ChannelDriver>{
        new Email{mail.server, std::move(*from), std::move(*recipients)}};
}

Result<Dispatch> Email::compose(const Message& message, WallTime now) const {
    const auto notice = decode_notice(message.payload);
    if (!notice) return notice.error();
    const RenderedNotice text = render(*notice);
    const mime::Body body = mime::encode_body(text.body);
    MailRequest request;
    request.server = server_;
    request.sender = from_.address;
    request.recipients = recipients_left(message);
    request.message = headers(message, *notice, text.subject, now);
    request.message += "Content-Transfer-Encoding: " + body.encoding + "\r\n\r\n" + body.text;
    return Dispatch{std::move(request)};
}

// One that has no recipient left (the channel's may have been changed) goes to all: twice is better
// than never.
std::vector<std::string> Email::recipients_left(const Message& message) const {
    const std::string served = '\n' + message.served + '\n';
    std::vector<std::string> left;
    for (const std::string& each : recipients_) {
        if (served.find('\n' + each + '\n') == std::string::npos) left.push_back(each);
    }
    return left.empty() ? recipients_ : left;
}

// All but those refused now, whenever the others got it.
std::string Email::served(const MailAnswer& answer) const {
    std::string out;
    for (const std::string& each : recipients_) {
        const bool refused =
            std::any_of(answer.refused.begin(), answer.refused.end(),
                        [&](const RefusedRecipient& one) { return one.address == each; });
        if (!refused) out += (out.empty() ? "" : "\n") + each;
    }
    return out;
}

std::string Email::own_name() const {
    const auto name = canonical_name({}, server_.ehlo_name);
    return name ? *name : from_.address.substr(from_.address.find('@') + 1);
}

std::string Email::headers(const Message& message, const Notice& notice, const std::string& subject,
                           WallTime now) const {
    const std::string name = mime::phrase(from_.display_name);
    std::string out = "Date: " + mime::date(now) + "\r\n";
    out += mime::token_header("From",
                              name.empty() ? from_.address : name + " <" + from_.address + ">");
    out += mime::token_header("To", listed(recipients_));
    out += mime::text_header("Subject", subject);
    out += mime::token_header("Message-ID", "<" + id_part(message.id) + "@" + own_name() + ">");
    out += thread_headers(message);
    // RFC 3834: no vacation reply; the second one says the same to Exchange.
    out += "Auto-Submitted: auto-generated\r\n";
    out += "X-Auto-Response-Suppress: All\r\n";
    out += mime::token_header("List-Id", "<alerts." + own_name() + ">");
    out += mime::token_header("X-Understudy-Type", to_text(notice.type));
    out += mime::token_header("X-Understudy-Message", message.id);
    if (notice.incident) out += "X-Understudy-Incident: " + to_string(notice.incident) + "\r\n";
    if (notice.event) out += "X-Understudy-Event: " + to_string(notice.event) + "\r\n";
    if (is_urgent(notice.type)) out += "Importance: high\r\nX-Priority: 1\r\n";
    out += "MIME-Version: 1.0\r\n";
    out += "Content-Type: text/plain; charset=utf-8\r\n";
    return out;
}

// Every message of an incident refers to one root id that is made of the incident and never sent
// itself, so that the thread holds together whichever of its messages a channel gets.
std::string Email::thread_headers(const Message& message) const {
    if (message.incident.empty()) return {};
    const std::string root = "<incident-" + id_part(message.incident) + "@" + own_name() + ">";
    std::string out = mime::token_header("References", root);
    if (!message.opens_incident) out += mime::token_header("In-Reply-To", root);
    return out;
}

Delivery Email::read(const HttpAnswer&, WallTime) const {
    return GiveUp{"a mail was answered by a web server", false};
}

Delivery Email::read(const MailAnswer& answer) const {
    const bool some_later =
        std::any_of(answer.refused.begin(), answer.refused.end(),
                    [](const RefusedRecipient& one) { return !one.reply.for_good(); });
    if (answer.accepted()) {
        if (some_later) return TryLater{refusals(answer), std::nullopt, served(answer)};
        return Delivered{answer.refused.empty() ? std::string{} : refusals(answer)};
    }
    std::string error = error_of(answer);
    if (is_name_trouble(answer)) {
        error += "; this controller calls itself '" + server_.ehlo_name +
                 "': set smtp.ehlo_name to its full name";
    }
    if (is_given_up(answer)) return GiveUp{std::move(error), false};
    return TryLater{std::move(error), std::nullopt};
}

}  // namespace understudy
