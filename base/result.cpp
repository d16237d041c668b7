#include "base/result.h"

namespace understudy {

const char* to_string(Errc code) {
    switch (code) {
        case Errc::Invalid:
            return "invalid";
        case Errc::NotFound:
            return "not_found";
        case Errc::Conflict:
            return "conflict";
        case Errc::Rejected:
            return "rejected";
        case Errc::Transient:
            return "transient";
        case Errc::Throttled:
            return "throttled";
        case Errc::Corrupt:
            return "corrupt";
    }
    return "unknown";
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
Error conflict(std::string message, std::string remedy) {
    return Error{Errc::Conflict, std::move(message), {}, std::move(remedy), {}};
}
Error rejected(std::string message, std::string remedy) {
    return Error{Errc::Rejected, std::move(message), {}, std::move(remedy), {}};
}
Error transient(std::string message) {
    return Error{Errc::Transient, std::move(message), {}, {}, {}};
}

}  // namespace understudy
