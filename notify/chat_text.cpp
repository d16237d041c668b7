#include "notify/chat_text.h"

#include "base/utf8.h"
#include "notify/render.h"

namespace understudy {
namespace {

constexpr std::string_view kCutMark = "...";

// All of `text` as the service wants it, or as much as there is room for.
std::string fitted(std::string_view text, std::size_t room, const ChatForm& form) {
    std::string whole;
    std::size_t length = 0, cut = 0;
    while (!text.empty()) {
        const std::string_view before = text;
        const auto point = take_code_point(text);
        std::string piece{before.substr(0, before.size() - text.size())};
        if (!point) piece = "\xEF\xBF\xBD";
        std::string spelt = point && form.spelling != nullptr ? form.spelling(*point) : "";
        if (spelt.empty()) spelt = std::move(piece);
        length += length_of(spelt, form.unit);
        if (length > room) return whole.substr(0, cut) + std::string{kCutMark};
        whole += spelt;
        if (length + kCutMark.size() <= room) cut = whole.size();
    }
    return whole;
}

std::string with_last_line(const std::string& text, const Message& message, const Notice& notice,
                           const ChatForm& form) {
    const std::string last = std::string{to_text(notice.type)} + " " + message.id;
    const std::string spelt = "\n" + fitted(last, form.limit, form);
    return fitted(text, form.limit - length_of(spelt, form.unit), form) + spelt;
}

}  // namespace

std::size_t length_of(std::string_view text, ChatForm::Unit unit) {
    if (unit == ChatForm::Unit::Byte) return text.size();
    std::size_t units = 0;
    while (!text.empty())
        units += take_code_point(text).value_or(0) > 0xffff ? 2U : 1U;
    return units;
}

std::string chat_text(const Message& message, const Notice& notice, const ChatForm& form) {
    const RenderedNotice text = render_unwrapped(notice);
    return with_last_line(text.subject + "\n" + text.body, message, notice, form);
}

std::string chat_body(const Message& message, const Notice& notice, const ChatForm& form) {
    return with_last_line(render_unwrapped(notice).body, message, notice, form);
}

}  // namespace understudy
