#include "controller/api/admittance.h"

#include <optional>

namespace understudy::api {
namespace {

constexpr std::size_t kFingerprintLetters = 32;  // 128 bits

// The code as a person hands it on: with it goes by what certificate the agent knows us.
std::string told_code(const Context& api, const Secret& code) {
    const TlsView* tls = api.state.tls;
    if (tls == nullptr || !tls->certificate) return code.reveal();
    return code.reveal() + "." + tls->certificate->fingerprint.substr(0, kFingerprintLetters);
}

}  // namespace

void Admittance::write(json::Writer& out, const Context& api, const Server& server) const {
    out.field("token", token.reveal());
    const std::string& url = api.state.agents_url;
    out.object("enrolment", [&] {
        out.field("code", told_code(api, code)).field("until", server.code_until);
        out.field("controller", url.empty() ? std::nullopt : std::optional{url});
    });
}

}  // namespace understudy::api
