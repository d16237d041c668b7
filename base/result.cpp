#include "base/result.h"

#include "base/words.h"

namespace understudy {

const char* to_string(Errc code) {
    constexpr Words<Errc, 7> kWords{{{Errc::Invalid, "invalid"},
                                     {Errc::NotFound, "not_found"},
                                     {Errc::Conflict, "conflict"},
                                     {Errc::Rejected, "rejected"},
                                     {Errc::Transient, "transient"},
                                     {Errc::Throttled, "throttled"},
                                     {Errc::Corrupt, "corrupt"}}};
    return word(kWords, code);
}

std::string Error::text() const {
    std::string out = field.empty() ? message : field + ": " + message;
    if (!remedy.empty()) out += " (" + remedy + ")";
    return out;
}

Error invalid(std::string field, std::string message, std::string remedy) {
    return Error{Errc::Invalid, std::move(message), std::move(field), std::move(remedy), {}};
}
Error not_found(std::string message, std::string remedy) {
    return Error{Errc::NotFound, std::move(message), {}, std::move(remedy), {}};
}
Error conflict(std::string message, std::string remedy, std::string field) {
    return Error{Errc::Conflict, std::move(message), std::move(field), std::move(remedy), {}};
}
Error rejected(std::string message, std::string remedy, std::string field) {
    return Error{Errc::Rejected, std::move(message), std::move(field), std::move(remedy), {}};
}
Error transient(std::string message, std::string remedy, std::string field) {
    return Error{Errc::Transient, std::move(message), std::move(field), std::move(remedy), {}};
}
Error throttled(std::string message, std::string remedy, std::optional<std::chrono::seconds> wait) {
    return Error{Errc::Throttled, std::move(message), {}, std::move(remedy), wait};
}

}  // namespace understudy
