#include "controller/runtime/alive_calls.h"

#include <utility>

#include "base/blank_out.h"
#include "base/log.h"
#include "base/url.h"
#include "notify/webhook_secrets.h"

namespace understudy {
namespace {

constexpr Duration kAliveInterval{60'000};
constexpr Duration kAliveTimeout{10'000};
constexpr std::size_t kAliveAnswerBytes = 16u << 10;  // nothing in it is read

// Above whatever else is submitted there, which is counted from 1.
constexpr TransferId kAliveIds = TransferId{1} << 63;

// Its host as well: some services put the token there.
std::vector<std::string> parts_to_hide(const std::string& url) {
    auto hidden = webhook_secrets(url);
    const auto parts = split_url(url);
    const auto authority = parts ? split_authority(parts->authority) : std::nullopt;
    if (authority) hidden.emplace_back(authority->host);
    hidden.push_back(url);
    return hidden;
}

}  // namespace

void AliveCalls::set_url(Secret url) {
    url_ = std::move(url);
    in_flight_ = 0;  // what comes back says nothing about this one
    due_ = Instant::min();
    failing_ = failing_ && !url_.empty();
}

void AliveCalls::start(Instant now) {
    if (url_.empty() || in_flight_ != 0 || now < due_) return;
    due_ = now + kAliveInterval;
    HttpRequest request;
    request.url = url_.reveal();
    request.timeout = kAliveTimeout;
    request.answer_limit_bytes = kAliveAnswerBytes;
    request.status_decides = true;
    in_flight_ = kAliveIds + ++last_id_;
    outbound_.submit(in_flight_, std::move(request));
}

bool AliveCalls::finished(const TransferDone& done, WallTime wall) {
    if (done.id < kAliveIds) return false;
    if (done.id != in_flight_) return true;
    in_flight_ = 0;
    const std::string why = trouble(std::get<HttpAnswer>(done.answer));
    if (why.empty()) {
        worked(wall);
    } else {
        failed(why);
    }
    return true;
}

// Empty: it was answered as it should be.
std::string AliveCalls::trouble(const HttpAnswer& answer) const {
    if (const auto* failure = std::get_if<TransportFailure>(&answer))
        return blank_out(failure->message, parts_to_hide(url_.reveal()));
    const int status = std::get<HttpResponse>(answer).status;
    if (status >= 200 && status < 300) return {};
    const std::string told = "it answered " + std::to_string(status);
    return status >= 300 && status < 400
               ? told + " (redirects are not followed: give the final URL)"
               : told;
}

void AliveCalls::worked(WallTime wall) {
    ++counters_.answered;
    counters_.last = wall;
    if (std::exchange(failing_, false)) log::info("alive", "alive_url is answered again");
}

void AliveCalls::failed(const std::string& why) {
    ++counters_.failed;
    if (std::exchange(failing_, true)) return;
    log::warning("alive", "alive_url is not answered as it should be: who watches will be alarmed",
                 {{"error", why}});
}

Instant AliveCalls::next_deadline() const {
    return url_.empty() || in_flight_ != 0 ? kNever : due_;
}

AliveCounters AliveCalls::counters() const {
    AliveCounters counters = counters_;
    counters.watched = !url_.empty();
    return counters;
}

}  // namespace understudy
