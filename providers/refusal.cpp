#include "providers/refusal.h"

#include <algorithm>
#include <optional>

namespace understudy {
namespace {

constexpr std::size_t kLongestRay = 40;
constexpr int kUnavailable = 503;

// A date would need a clock and counts as absent. Whether the answer is one whose Retry-After
// counts, the caller knows: a throttling or a 503.
std::optional<std::chrono::seconds> seconds_to_wait(const HttpResponse& response) {
    const auto text = response.header("Retry-After");
    const bool number = !text.empty() && text.front() >= '0' && text.front() <= '9';
    return number ? retry_after(response, WallTime{}) : std::nullopt;
}

bool is_ray_character(char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-';
}

// Foreign as it is, it must be what it is said to be before it gets into logs and mails.
std::string_view ray_of(const Answering& service, const HttpResponse& response) {
    const auto ray = *service.ray == '\0' ? std::string_view{} : response.header(service.ray);
    const bool sound = ray.size() <= kLongestRay && std::ranges::all_of(ray, is_ray_character);
    return sound ? ray : std::string_view{};
}

std::string details(const Answering& service, const HttpResponse& response, int code) {
    std::string out = "HTTP " + std::to_string(response.status);
    if (code != 0) out = "code " + std::to_string(code) + ", " + out;
    const auto ray = ray_of(service, response);
    return ray.empty() ? out : out + ", " + service.ray + " " + std::string{ray};
}

}  // namespace

const ErrorRow* find_row(std::span<const ErrorRow> rows, int code, std::string_view message) {
    const auto found = std::ranges::find_if(rows, [&](const ErrorRow& row) {
        return row.code == code && message.find(row.hint) != std::string_view::npos;
    });
    return found == rows.end() ? nullptr : &*found;
}

Refused refusal(const Answering& service, const ErrorRow& row, const std::string& words,
                const HttpResponse& response, int code) {
    Refused refused;
    refused.code = code;
    refused.scope = row.scope;
    refused.error =
        Error{row.errc,
              service.name + std::string{": "} + row.meaning + (words.empty() ? "" : ": " + words) +
                  " (" + details(service, response, code) + ")",
              {},
              row.remedy,
              {}};
    if (row.errc == Errc::Throttled) {
        const auto told = seconds_to_wait(response).value_or(std::chrono::seconds{row.wait_s});
        refused.error.retry_after = std::min(told, service.longest_wait);
    }
    return refused;
}

Unknown no_usable_answer(const Answering& service, const std::string& why,
                         const HttpResponse& response) {
    Error error = transient("no usable answer from " + std::string{service.name} + ": " + why +
                            " (" + details(service, response, 0) + ")");
    if (response.status == kUnavailable && service.heeded_in_trouble)
        error.retry_after = seconds_to_wait(response);
    return Unknown{std::move(error), true};
}

}  // namespace understudy
