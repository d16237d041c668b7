// Foreign text that may repeat our secrets: what servers answer is shown and stored, and some
// answer with what they were sent. Pure; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace understudy {

// The text with each of the secrets as "***", in whatever case its letters stand. Secrets of less
// than four bytes are left: they are part of any text. Blank out first and cut afterwards, or the
// cut may leave half a secret.
std::string blank_out(std::string_view text, std::vector<std::string> secrets);

}  // namespace understudy
