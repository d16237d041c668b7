// Telegram's Bot API: https://core.telegram.org/bots/api#sendmessage
//
// Without "parse_mode" the text is literal. What is left are the words that Telegram finds by
// itself: an "@name" would call its owner, so a word joiner keeps both apart.
#include <charconv>

#include "base/json.h"
#include "notify/chat_text.h"
#include "notify/service_channel.h"

namespace understudy {
namespace {

std::string telegram_spelling(char32_t point) {
    return point == U'@' ? std::string{"@\xE2\x81\xA0"} : std::string{};
}

// Of a group it is below zero and may be longer than 32 bits.
std::optional<std::int64_t> chat_number(std::string_view chat) {
    std::int64_t number = 0;
    const auto read = std::from_chars(chat.data(), chat.data() + chat.size(), number);
    if (read.ec != std::errc{} || read.ptr != chat.data() + chat.size()) return std::nullopt;
    return number;
}

Result<Done> check_telegram(const ServiceValues& values) {
    auto token =
        check_word(values, "credential", ":_-", 128, "123456:ABC-DEF, as @BotFather shows it");
    if (!token) return token;
    const std::string& chat = values["chat"];
    if (chat_number(chat)) return Done{};
    if (chat.size() < 2 || chat.front() != '@') {
        return invalid("chat", "this is neither a chat's number nor the @name of a channel",
                       "give one like -1001234567890 or @ourchannel");
    }
    return check_word(values, "chat", "@_", 64, "-1001234567890 or @ourchannel");
}

HttpRequest telegram_request(const ServiceValues& values, const Message& message,
                             const Notice& notice) {
    constexpr ChatForm kForm{4'096, ChatForm::Unit::Utf16, telegram_spelling};
    json::Writer body;
    body.begin_object().key("chat_id");
    const auto number = chat_number(values["chat"]);
    number ? body.value(*number) : body.value(values["chat"]);
    body.field("text", chat_text(message, notice, kForm));
    body.key("link_preview_options").begin_object().field("is_disabled", true).end_object();
    body.end_object();
    return post_json(values["server"] + "/bot" + values["credential"] + "/sendMessage",
                     body.take());
}

// The group became a supergroup: a person has to know its new number, and may still want the
// message.
std::optional<Delivery> telegram_meaning(const HttpResponse& response, json::Value body,
                                         const std::string& said) {
    const auto moved = body["parameters"]["migrate_to_chat_id"].integer();
    if (response.status != 400 || !moved) return std::nullopt;
    return TryLater{said + " (the group is chat " + std::to_string(*moved) +
                        " now: add the channel again with that number)",
                    std::nullopt};
}

}  // namespace

const Service kTelegram{"telegram",     "server",         "https://api.telegram.org",
                        check_telegram, telegram_request, telegram_meaning};

}  // namespace understudy
