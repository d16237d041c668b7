// Result<T>: a value, or an Error that says what went wrong and what the caller does next.
//
// Used everywhere instead of exceptions. Values only: no thread has a part in it.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "base/ensure.h"

namespace understudy {

// Named by what the caller does next, not by where the trouble came from.
enum class Errc {
    Invalid,   // the input is wrong: show it to whoever gave it; trying again changes nothing
    NotFound,  // the thing named does not exist
    Conflict,  // it exists already, is in use, or somebody else changed it
    Rejected,  // the other side refused for good (credential, permission, quota): a person must act
    Transient,  // try again later with back-off
    Throttled,  // try again, but not before retry_after
    Corrupt,    // data that must be sound is not: stop and say so
};

const char* to_string(Errc code);

struct Error {
    Errc code = Errc::Invalid;
    std::string message;  // one sentence for a person, with the offending value; never a secret
    std::string field;    // path of the offending input, e.g. "members[2].ipv4"; may be empty
    std::string remedy;   // what to do about it; may be empty
    std::optional<std::chrono::seconds> retry_after;

    // "field: message (remedy)", as logs and the command line print it.
    std::string text() const;
    friend bool operator==(const Error&, const Error&) = default;
};

Error invalid(std::string field, std::string message, std::string remedy = {});
Error not_found(std::string message, std::string remedy = {});
Error conflict(std::string message, std::string remedy = {}, std::string field = {});
Error rejected(std::string message, std::string remedy = {}, std::string field = {});
Error transient(std::string message, std::string remedy = {}, std::string field = {});
Error throttled(std::string message, std::string remedy, std::optional<std::chrono::seconds> wait);

struct Done {
    friend bool operator==(const Done&, const Done&) = default;
};

template <typename T>
class [[nodiscard]] Result {
  public:
    Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
    Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

    bool ok() const { return state_.index() == 0; }
    explicit operator bool() const { return ok(); }

    T& value() & { return *checked(); }
    const T& value() const& { return *const_cast<Result*>(this)->checked(); }
    T&& value() && { return std::move(*checked()); }
    T& operator*() & { return value(); }
    const T& operator*() const& { return value(); }
    T&& operator*() && { return std::move(*this).value(); }
    T* operator->() { return checked(); }
    const T* operator->() const { return &value(); }

    const Error& error() const {
        ensure(!ok());
        return *std::get_if<1>(&state_);
    }

  private:
    T* checked() {
        ensure(ok());
        return std::get_if<0>(&state_);
    }
    std::variant<T, Error> state_;
};

}  // namespace understudy
