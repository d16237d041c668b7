// A notification as a text of one piece, in the length that a service takes. Pure.
//
// Names and reasons come from outside: what a service reads as markup, as a mention of its members
// or as a link is written so that it stays text. Nothing is cut within such a spelling.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/notice.h"
#include "notify/channel.h"

namespace understudy {

struct ChatForm {
    std::size_t limit = 0;  // of the whole text
    // How the service counts: in UTF-16 units, or in bytes of UTF-8.
    enum class Unit { Utf16, Byte } unit = Unit::Utf16;
    // How a character is written; null: as it is.
    std::string (*spelling)(char32_t point) = nullptr;
};

// Subject, body, and a last line that says the type and the message's id: the same over all tries,
// so that a message that comes twice is known for one.
std::string chat_text(const Message& message, const Notice& notice, const ChatForm& form);
// The same without the subject, for services that show it apart.
std::string chat_body(const Message& message, const Notice& notice, const ChatForm& form);

std::size_t length_of(std::string_view text, ChatForm::Unit unit);

}  // namespace understudy
