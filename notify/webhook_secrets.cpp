#include "notify/webhook_secrets.h"

#include <charconv>

#include "base/http_message.h"
#include "base/url.h"

namespace understudy {
namespace {

// Shorter parts ("hook", "v1") are words that a reader of the answer needs, and no tokens.
constexpr std::size_t kShortestPart = 8;

std::string percent_decoded(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        unsigned byte = 0;
        if (text[i] == '%' && i + 2 < text.size()) {
            const char* const end = text.data() + i + 3;
            if (std::from_chars(text.data() + i + 1, end, byte, 16).ptr == end) {
                out += static_cast<char>(byte);
                i += 2;
                continue;
            }
        }
        out += text[i];
    }
    return out;
}

std::string slashes_escaped(std::string_view text) {
    std::string out;
    for (const char c : text)
        out += c == '/' ? std::string{"\\/"} : std::string{c};
    return out;
}

void add(std::vector<std::string>& secrets, std::string_view text) {
    for (std::string& spelling : spellings_of(text))
        secrets.push_back(std::move(spelling));
}

}  // namespace

std::vector<std::string> spellings_of(std::string_view secret) {
    std::vector<std::string> out;
    for (const std::string& spelling :
         {std::string{secret}, percent_decoded(secret), url_encode(secret)}) {
        out.push_back(spelling);
        out.push_back(slashes_escaped(spelling));
    }
    return out;
}

std::vector<std::string> webhook_secrets(std::string_view url) {
    const auto parts = split_url(url);
    if (!parts || parts->rest.empty()) return {};
    std::string_view rest = parts->rest;
    std::vector<std::string> secrets;
    add(secrets, rest);
    add(secrets, rest.substr(0, rest.find('?')));
    while (!rest.empty()) {
        const auto end = rest.find_first_of("/?&=#;");
        const std::string_view part = rest.substr(0, end);
        if (part.size() >= kShortestPart) add(secrets, part);
        rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
    }
    return secrets;
}

}  // namespace understudy
