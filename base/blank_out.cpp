#include "base/blank_out.h"

#include <algorithm>

#include "base/ascii.h"

namespace understudy {
namespace {

constexpr std::size_t kShortestSecret = 4;

std::string blank_out_one(std::string_view text, const std::string& secret) {
    std::string out;
    for (;;) {
        const auto found = std::search(text.begin(), text.end(), secret.begin(), secret.end(),
                                       [](char a, char b) { return lower(a) == lower(b); });
        out.append(text.begin(), found);
        if (found == text.end()) return out;
        out += "***";
        text.remove_prefix(static_cast<std::size_t>(found - text.begin()) + secret.size());
    }
}

}  // namespace

// Longest first: a secret may be part of another.
std::string blank_out(std::string_view text, std::vector<std::string> secrets) {
    std::sort(secrets.begin(), secrets.end(),
              [](const auto& one, const auto& other) { return one.size() > other.size(); });
    std::string out{text};
    for (const std::string& secret : secrets) {
        if (secret.size() >= kShortestSecret) out = blank_out_one(out, secret);
    }
    return out;
}

}  // namespace understudy
