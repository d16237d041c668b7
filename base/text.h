// Foreign text: what a peer, a check, a receiver, a provider or a person sent, on its way to
// somebody's eyes. One rule for the API, mails, webhooks, the terminal and, as escapes instead of
// replacements, the log. Pure; any thread.
//
// No foreign text may look like a line of ours, drive a terminal, or hide what it says:
//   control characters and line breaks (U+0000-1F, U+007F-9F, U+2028, U+2029)  a space
//   what reverses or marks the direction (U+061C, U+200E-F, U+202A-E, U+2066-9),
//   what is invisible (U+00AD, U+180E, U+200B, U+2060-65, U+206A-F, U+FEFF,
//   U+FFF9-B, U+E0000-7F), and every byte that is not UTF-8                     U+FFFD
// U+200C and U+200D stay: Persian and emoji need them.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace understudy {

bool breaks_line(char32_t point);  // of the first row
bool misleads(char32_t point);     // of the others

// Nothing that the rule replaces, valid UTF-8: the text may be taken as it is.
bool is_plain(std::string_view text);

// The text on one line, by the rule.
std::string plain_text(std::string_view text);
// The same, cut between code points to so many bytes; `mark` ("...") follows where something is
// missing.
std::string plain_text(std::string_view text, std::size_t limit_bytes, std::string_view mark = {});

// A foreign text inside a sentence: in single quotes, by the rule, cut to 80 bytes.
std::string quoted(std::string_view text);

// Parts of sentences. "a, b, c":
std::string listed(const std::vector<std::string>& items);
// ... item by item.
void add_item(std::string& list, std::string_view item);
// "1 day", "2 days": of words that take an s.
std::string counted(std::size_t count, std::string_view unit);

}  // namespace understudy
