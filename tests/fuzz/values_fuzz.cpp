// The small parsers: what they accept has one canonical form, which they accept again.
#include <cstddef>
#include <cstdint>

#include "base/clock.h"
#include "base/crypto.h"
#include "base/dns_record.h"
#include "base/domain_name.h"
#include "base/ensure.h"
#include "base/http_message.h"
#include "base/ip_address.h"
#include "base/utf8.h"

using namespace understudy;

namespace {

void names(std::string_view text) {
    if (const auto name = canonical_name("name", text)) {
        ensure(name->size() <= 253);
        ensure(*canonical_name("name", *name) == *name);
        ensure(*canonical_name("name", display_name(*name)) == *name);
        ensure(!zone_candidates(*name).empty());
    }
    static_cast<void>(display_name(text));
    if (const auto label = read_label("name", text)) ensure(*label == text);
}

void addresses(std::string_view text) {
    if (const auto ipv4 = parse_ipv4(text)) ensure(to_string(*ipv4) == text);
    if (const auto ipv6 = parse_ipv6(text)) ensure(parse_ipv6(to_string(*ipv6)) == ipv6);
    if (const auto set = parse_address_set(text)) ensure(parse_address_set(to_string(*set)) == set);
}

void times(std::string_view text) {
    if (const auto time = parse_rfc3339(text)) ensure(parse_rfc3339(to_rfc3339(*time)) == time);
    HttpResponse response;
    response.headers = {{"Retry-After", std::string{text}}};
    const auto wait = retry_after(response, WallTime{Duration{1'795'226'922'000}});
    if (wait) ensure(wait->count() >= 0);
}

void encodings(std::string_view text) {
    const std::string valid = valid_utf8(text);
    ensure(valid_utf8(valid) == valid);
    ensure(from_base64(to_base64(text)) == text);
    if (const auto bytes = from_base64(text)) ensure(to_base64(*bytes) == text);
    static_cast<void>(token_lookup_prefix(text));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    names(text);
    addresses(text);
    times(text);
    encodings(text);
    return 0;
}
