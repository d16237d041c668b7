// ntfy: https://docs.ntfy.sh/publish/#publish-as-json
//
// As JSON to the server's root: no foreign text comes into a header. A message of more than 4,096
// bytes would become an attachment.
#include "base/json.h"
#include "notify/chat_text.h"
#include "notify/render.h"
#include "notify/service_channel.h"

namespace understudy {
namespace {

constexpr std::string_view kTopicCharacters = "_-";

Result<Done> check_ntfy(const ServiceValues& values) {
    auto topic = check_word(values, "topic", kTopicCharacters, 64, "shields-7fk2q9");
    if (!topic) return topic;
    return check_word(values, "credential", "_", 128, "tk_AgQdq7mVBoFD37zQVN29RhuMzNIz2");
}

int priority_of(Severity severity) {
    switch (severity) {
        case Severity::Critical:
            return 5;
        case Severity::Error:
            return 4;
        case Severity::Warning:
            return 3;
        case Severity::Info:
            return 2;
    }
    ensure(false);
}

HttpRequest ntfy_request(const ServiceValues& values, const Message& message,
                         const Notice& notice) {
    constexpr ChatForm kForm{4'000, ChatForm::Unit::Byte};
    const bool over = ends_trouble(notice.type);
    const Severity severity = severity_of(notice.type);
    json::Writer body;
    body.begin_object().field("topic", values["topic"]);
    body.field("title", render_unwrapped(notice).subject);
    body.field("message", chat_body(message, notice, kForm));
    body.field("priority", over ? priority_of(Severity::Warning) : priority_of(severity));
    body.key("tags").begin_array();
    body.value(over                             ? "white_check_mark"
               : severity == Severity::Critical ? "rotating_light"
                                                : "warning");
    body.value(to_text(notice.type)).end_array().end_object();
    HttpRequest request = post_json(values["server"], body.take());
    if (const std::string& token = values["credential"]; !token.empty())
        request.headers.push_back({"Authorization", "Bearer " + token});
    return request;
}

}  // namespace

const Service kNtfy{"ntfy", "server", "https://ntfy.sh", check_ntfy, ntfy_request};

}  // namespace understudy
