// Plays a provider operation with made-up answers: the input, cut at NUL bytes, one answer each.
// The first byte of an answer chooses its status, the rest is the body. When the input is used up
// no answer comes any more.
//
// What must hold: every operation ends; a replacement gets one outcome per record, in order;
// something is confirmed only if the last reading said so; and no error repeats the credential.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <string_view>

#include "base/ensure.h"
#include "providers/provider.h"

namespace understudy::fuzz {

inline constexpr const char* kCredential = "v1_fuzz-credential-0123456789-abcdefghij";
inline constexpr int kMostCalls = 20'000;

inline HttpAnswer take_answer(std::string_view& input) {
    if (input.empty()) return TransportFailure{true, "the input is used up"};
    constexpr std::array kStatuses{200, 200, 204, 302, 400, 401, 403, 404, 422, 429, 500, 503, 0};
    const auto end = input.find('\0');
    const auto answer = input.substr(0, end);
    input.remove_prefix(end == std::string_view::npos ? input.size() : end + 1);
    if (answer.empty()) return TransportFailure{input.size() % 2 == 0, "cut"};
    // '0' and '1' are 200: corpus files stay readable.
    const auto choice = static_cast<unsigned char>(answer.front() - '0') % kStatuses.size();
    return HttpResponse{kStatuses[choice],
                        {{"Retry-After", "5"},
                         {"cf-ray", std::string{answer.substr(0, 20)}},
                         {"Link", std::string{answer.substr(0, 200)}}},
                        std::string{answer.substr(1)}};
}

inline DnsAnswer take_dns_answer(const DnsExchange&, std::string_view& input) {
    auto answer = take_answer(input);
    if (auto* response = std::get_if<HttpResponse>(&answer))
        return DnsResponse{std::move(response->body)};
    return std::get<TransportFailure>(std::move(answer));
}

// Who answers over DNS: a target may have one that signs.
inline DnsAnswer (*answer_over_dns)(const DnsExchange& asked,
                                    std::string_view& input) = take_dns_answer;
inline const char* credential_in_use = kCredential;

inline void check_error(const Error& error) {
    ensure(!error.message.empty());
    ensure(error.text().find(credential_in_use) == std::string::npos);
}

template <typename T>
Result<T> play(Operation<T>& operation, std::string_view input) {
    Step step = operation.start(WallTime{});
    for (int calls = 0; !std::holds_alternative<Finished>(step); ++calls) {
        ensure(calls < kMostCalls);
        const auto* exchange = std::get_if<DnsExchange>(&step);
        step = operation.resume(exchange != nullptr ? StepAnswer{answer_over_dns(*exchange, input)}
                                                    : StepAnswer{take_answer(input)},
                                WallTime{});
    }
    if (operation.failure() != nullptr) check_error(*operation.failure());
    return operation.result();
}

inline void play_replace(const Provider& provider, const ZoneRef& zone, std::string_view input) {
    AddressSet old_addresses;
    old_addresses.ipv4 = {*parse_ipv4("192.0.2.10")};
    AddressSet wanted;
    wanted.ipv4 = {*parse_ipv4("192.0.2.20"), *parse_ipv4("192.0.2.21")};
    wanted.ipv6 = {*parse_ipv6("2001:db8::20")};
    std::vector<RecordReplacement> replacements;
    for (const char* label : {"a", "b", "c"}) {
        replacements.push_back(
            {std::string{label} + "." + zone.name, wanted, Ttl{60}, {old_addresses, AddressSet{}}});
    }
    const auto result = play(*provider.replace(zone, replacements), input);
    if (!result) return;
    ensure(result->size() == replacements.size());
    for (const auto& outcome : *result) {
        if (const auto* confirmed = std::get_if<Confirmed>(&outcome)) {
            ensure(confirmed->state.addresses == wanted);
        } else if (const auto* stranger = std::get_if<Foreign>(&outcome)) {
            ensure(stranger->state.addresses != wanted);
        } else {
            check_error(std::get<Error>(outcome));
        }
    }
}

// The first byte chooses the operation.
inline void play_any(const Provider& provider, std::string_view input) {
    if (input.empty()) return;
    const ZoneRef zone{"023e105f4ecef8ad9ca31a8372d0c353", "example.com"};
    const auto choice = static_cast<unsigned char>(input.front()) % 6;
    input.remove_prefix(1);
    if (choice == 0) static_cast<void>(play(*provider.locate("a.example.com"), input));
    if (choice == 1) static_cast<void>(play(*provider.read(zone, {"a.example.com"}), input));
    if (choice == 2) {
        std::vector<std::string> names;
        for (int i = 0; i < 20; ++i)
            names.push_back("n" + std::to_string(i) + ".example.com");
        names.push_back("a.example.com");
        const auto result = play(*provider.read(zone, names), input);
        if (result) ensure(result->size() == names.size());
    }
    if (choice == 3) play_replace(provider, zone, input);
    if (choice == 4) static_cast<void>(play(*provider.verify(), input));
    if (choice == 5) {
        static_cast<void>(play(*provider.find_zones({"a.example.com", "b.example.com",
                                                     "c.example.com", "www.example.net"}),
                               input));
    }
}

inline std::unique_ptr<Provider> provider(const std::string& kind) {
    auto made = make_provider(kind, "{}", Secret{kCredential});
    ensure(made.ok());
    return *std::move(made);
}

}  // namespace understudy::fuzz
