#include "providers/rfc2136/server.h"

#include "base/dns_exchange.h"
#include "base/domain_name.h"
#include "providers/settings.h"

namespace understudy::rfc2136 {
namespace {

// In quarters of them: records of prerequisites and updates, that a message has room for with names
// of any length.
constexpr int kBatchSize = 50;
constexpr Duration kTimeout{10'000};

}  // namespace

Result<std::unique_ptr<Provider>> Server::make(std::string_view settings,
                                               const Secret& credential) {
    auto account = read_account(settings, credential);
    if (!account) return account.error();
    return make_provider_of(std::make_unique<const Server>(*std::move(account)));
}

// Names are read one by one: a larger operation would keep its first names waiting for its last.
Capabilities Server::capabilities() const {
    return {.operation_size = kBatchSize, .batch_size = kBatchSize, .minimum_ttl_s = 1};
}

std::string Server::where() const {
    return account_.address + " port " + std::to_string(account_.port);
}

Talk<Reply> Server::query(std::string name, std::uint16_t type) const {
    co_return co_await exchange(DnsWriter{dns::kQuery}.question(name, type).take());
}

Talk<Reply> Server::update(std::string message) const {
    co_return co_await exchange(std::move(message));
}

Talk<Reply> Server::exchange(std::string message) const {
    const WallTime asked_at = co_await time_of_day();
    const Signed asked = sign(std::move(message), account_.key, asked_at);
    DnsExchange exchange;
    exchange.server = account_.address;
    exchange.port = account_.port;
    exchange.over = DnsExchange::Over::Tcp;
    exchange.message = asked.message;
    exchange.timeout = kTimeout;
    const DnsAnswer answer = co_await ask(std::move(exchange));
    if (const auto* failure = std::get_if<TransportFailure>(&answer)) {
        co_return Unknown{transient("no answer from DNS server " + where() +
                                        " over TCP: " + foreign_text(failure->message, {}),
                                    "check settings.server, and that TCP reaches it"),
                          failure->may_have_arrived};
    }
    const auto& bytes = std::get<DnsResponse>(answer).message;
    auto read = read_dns_message(bytes);
    if (judge_dns_answer(asked.message, bytes) != DnsFit::Whole || !read) {
        co_return Unknown{transient("no usable answer from DNS server " + where() +
                                        ": it is damaged, or answers something else",
                                    "look for who answers in the server's place"),
                          true};
    }
    const WallTime now = co_await time_of_day();
    const Proof proof = check(bytes, *read, account_.key, asked.mac, now);
    co_return judge(*std::move(read), proof, *this, now);
}

std::optional<std::string> zone_told(const DnsMessage& message, std::string_view name) {
    if (!message.authoritative) return std::nullopt;
    for (const auto* section : {&message.answer, &message.authority}) {
        for (const auto& record : *section) {
            if (record.type != dns::kSoa || record.kind != dns::kIn) continue;
            auto zone = canonical_name("zone", record.name);
            if (zone && name_in_zone(name, *zone)) return *std::move(zone);
        }
    }
    return std::nullopt;
}

Talk<Result<Verification>> Server::verify() const {
    Verification report;
    report.unproven.push_back(
        "that the key may change records: only a change proves it; make one in a drill");
    const std::string name = account_.zone.value_or(".");
    const Reply reply = co_await query(name, dns::kSoa);
    const auto* denied = std::get_if<Denied>(&reply);
    const bool elsewhere = !account_.zone && denied != nullptr && denied->may_hide;
    const auto* error = error_of(reply);
    if (error != nullptr && !elsewhere) co_return *error;
    const std::string known =
        "the key '" + account_.key.name + "' is known to DNS server " + where();
    if (denied != nullptr && !denied->is_signed) {
        report.proven.push_back("DNS server " + where() + " answers over TCP");
        report.unproven.push_back(known +
                                  ": it does not say so where it has no zone; give one "
                                  "as settings.zone");
    } else {
        report.proven.push_back(known);
    }
    if (!account_.zone) {
        report.reading_unproven = "that records can be read: no zone is given";
        co_return std::move(report);
    }
    if (zone_told(std::get<DnsMessage>(reply), name) != name) {
        co_return not_found("DNS server " + where() + " does not have the zone '" + name + "'",
                            "check settings.zone and settings.server");
    }
    report.proven.push_back("it has the zone '" + name + "'");
    co_return std::move(report);
}

}  // namespace understudy::rfc2136
