#include "controller/api/repeats.h"

#include <algorithm>
#include <functional>

#include "controller/api/problem.h"

namespace understudy::api {
namespace {

constexpr std::chrono::seconds kInWorkAgainAfter{1};
constexpr std::string_view kField = "Idempotency-Key";

// A string of structured fields (RFC 9651 3.3.3) is in quotes; many clients send it bare. None: it
// is no key.
std::optional<std::string> key_of(std::string_view given) {
    if (given.size() >= 2 && given.starts_with('"') && given.ends_with('"')) {
        given.remove_prefix(1);
        given.remove_suffix(1);
    }
    const bool plain = std::ranges::all_of(
        given, [](char c) { return c > ' ' && c <= '~' && c != '"' && c != '\\'; });
    if (given.empty() || given.size() > Repeats::kLongestKey || !plain) return std::nullopt;
    return std::string{given};
}

std::size_t hash_of(const ApiRequest& request) {
    std::string all = request.method + '\n' + request.path + '\n';
    for (const auto& [name, value] : request.query)
        all += name + '\n' + value + '\n';
    const std::hash<std::string_view> hash;
    return hash(all + std::to_string(hash(request.body)) + '\n' + request.if_match);
}

ApiResponse no_key() {
    return problem(400, "invalid",
                   invalid(std::string{kField}, "this is no key",
                           "send 1 to 255 printable characters, such as a UUID"));
}

ApiResponse another_request() {
    return problem(invalid(std::string{kField},
                           "another request was sent with this key within a day",
                           "send a new key with every order of its own"));
}

ApiResponse in_work() {
    Error error = conflict("the first request with this key is still in work",
                           "send it again in a moment", std::string{kField});
    ApiResponse response = problem(409, "in_work", error);
    response.headers.emplace_back("Retry-After", std::to_string(kInWorkAgainAfter.count()));
    return response;
}

ApiResponse too_long_to_keep() {
    return problem(409, "answer_not_kept",
                   conflict("this was carried out; its answer was too long to be kept",
                            "look at what is there now", std::string{kField}));
}

std::size_t bytes_of(const ApiResponse& answer) {
    std::size_t bytes = answer.body.size() + answer.content_type.size();
    for (const auto& [name, value] : answer.headers)
        bytes += name.size() + value.size();
    return bytes;
}

}  // namespace

std::variant<ApiResponse, std::shared_ptr<Repeats::Work>> Repeats::begin(const std::string& caller,
                                                                         const ApiRequest& request,
                                                                         Instant now) {
    const auto key = key_of(request.idempotency_key);
    if (!key) return no_key();
    time_passed(now);
    Caller& theirs = callers_[caller];
    if (const auto found = theirs.kept.find(*key); found != theirs.kept.end()) {
        const Kept& kept = found->second;
        if (kept.request != hash_of(request)) return another_request();
        return kept.answer ? *kept.answer : in_work();
    }
    auto work = std::make_shared<Work>(weak_from_this(), caller, *key);
    const Number number = ++last_;
    theirs.kept.emplace(*key, Kept{number, hash_of(request), std::nullopt, 0, work.get()});
    theirs.by_age.insert(number);
    by_age_.emplace(number, Place{now, caller, *key});
    if (theirs.kept.size() > kMostOfOneCaller) forget_early(theirs);
    return work;
}

void Repeats::time_passed(Instant now) {
    while (!by_age_.empty() && by_age_.begin()->second.since + kKept <= now)
        forget(by_age_.begin()->first);
}

void Repeats::forget_early(const Caller& caller) {
    ++forgotten_early_;
    forget(*caller.by_age.begin());
}

void Repeats::forget(Number number) {
    const auto place = by_age_.find(number);
    const auto caller = callers_.find(place->second.caller);
    Caller& theirs = caller->second;
    const auto kept = theirs.kept.find(place->second.key);
    theirs.bytes -= kept->second.bytes;
    theirs.kept.erase(kept);
    theirs.by_age.erase(number);
    if (theirs.kept.empty()) callers_.erase(caller);
    by_age_.erase(place);
}

// Once with an answer, then at the end of the work; each when the key is still this work's.
void Repeats::end(const Work& work, const ApiResponse* answer) {
    const auto caller = callers_.find(work.caller_);
    if (caller == callers_.end()) return;
    Caller& theirs = caller->second;
    const auto found = theirs.kept.find(work.key_);
    if (found == theirs.kept.end() || found->second.work != &work) return;
    Kept& kept = found->second;
    kept.work = nullptr;
    if (answer == nullptr || answer->status >= 300) return forget(kept.number);
    kept.bytes = bytes_of(*answer);
    const bool short_enough = kept.bytes <= kBytesOfOneCaller / 4;
    kept.answer = short_enough ? *answer : too_long_to_keep();
    if (short_enough) {
        kept.answer->headers.emplace_back("Idempotent-Replayed", "true");
    } else {
        kept.bytes = 0;
    }
    theirs.bytes += kept.bytes;
    while (theirs.bytes > kBytesOfOneCaller)
        forget_early(theirs);
}

Budget Repeats::budget() const {
    std::size_t most = 0;
    for (const auto& [name, caller] : callers_)
        most = std::max(most, caller.kept.size());
    return {"idempotency_keys_per_caller", most, kMostOfOneCaller, forgotten_early_};
}

}  // namespace understudy::api
