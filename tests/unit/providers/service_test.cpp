// How few lines a provider needs: two made-up services, one over HTTP with JSON and one that speaks
// DNS, and the shared code at work on them. Whoever adds a provider begins by reading this.
#include <doctest/doctest.h>

#include <map>

#include "providers/json_service.h"
#include "providers/service.h"
#include "tests/unit/providers/script.h"

namespace understudy::test {
namespace {

// --- over HTTP -----------------------------------------------------------------------------------

class ToyAccount final : public JsonService {
  public:
    explicit ToyAccount(const Secret& token)
        : JsonService(Terms{"Toy", "https://toy.example", "Authorization", "Bearer ", token}) {}

    Capabilities capabilities() const override { return {}; }
    Talk<Result<ZoneFindings>> find_zones(std::vector<std::string>) const override;
    Talk<Read> read(ZoneRef, std::vector<std::string> names, Extent) const override;
    Talk<Result<Verification>> verify() const override;

  private:
    Reply judge(const HttpResponse& response) const override {
        if (response.status == 404) return Refused{not_found("Toy: there is no such name")};
        if (response.status >= 500) return Unknown{transient("Toy is in trouble")};
        if (response.status >= 400) return Refused{rejected("Toy: " + foreign(response.body))};
        if (response.body.empty()) return Accepted{};
        auto body = json::Document::parse(response.body);
        if (!body) return Unknown{transient("no usable answer from Toy")};
        return Accepted{*std::move(body)};
    }
};

class ToyNames final : public NamesRead {
  public:
    ToyNames(const ToyAccount& account, std::map<std::string, RecordState> names)
        : account_(account), names_(std::move(names)) {}

    RecordReading fold(const std::string& name) const override {
        const auto& state = names_.at(name);
        return {name, !state.addresses.empty(), state, {}};
    }
    Talk<WriteResult> write(Writes writes) const override {
        const auto& wanted = writes.front()->wanted;  // batch_size is 1
        json::Writer body;
        body.begin_object().field("ttl", wanted.ttl.seconds).key("addresses").begin_array();
        for (const auto& address : wanted.wanted.ipv4)
            body.value(to_string(address));
        body.end_array().end_object();
        const auto reply = co_await account_.call("PUT", "/names/" + wanted.name, body.take());
        co_return written(reply);
    }

  private:
    const ToyAccount& account_;
    std::map<std::string, RecordState> names_;
};

Talk<Result<ZoneFindings>> ToyAccount::find_zones(std::vector<std::string>) const {
    const auto list = co_await get("/zones");
    if (!list) co_return list.error();
    ZoneFindings findings;
    findings.complete = true;
    findings.absent = not_found("Toy has no zone of it");
    list->root().each([&](json::Value zone) {
        const auto name = text_of(zone);
        findings.zones.emplace(name, FoundZone{{name, name}, {}, {}});
    });
    co_return std::move(findings);
}

Talk<Service::Read> ToyAccount::read(ZoneRef, std::vector<std::string> names, Extent) const {
    std::map<std::string, RecordState> found;
    for (const auto& name : names) {
        const auto body = co_await get("/names/" + name);
        RecordState state;
        if (!body && body.error().code != Errc::NotFound) co_return body.error();
        if (body) {
            state.ttl = Ttl{static_cast<std::uint32_t>(*body->root()["ttl"].integer())};
            body->root()["addresses"].each([&](json::Value each) {
                REQUIRE(add_address("A", text_of(each), state.addresses));
            });
        }
        found.emplace(name, state);
    }
    co_return Read{std::make_unique<const ToyNames>(*this, std::move(found))};
}

Talk<Result<Verification>> ToyAccount::verify() const {
    const auto list = co_await get("/zones");
    if (!list) co_return list.error();
    Verification report;
    report.proven.push_back("the token is accepted by Toy");
    co_return std::move(report);
}

std::unique_ptr<Provider> toy() {
    return make_provider_of(std::make_unique<const ToyAccount>(Secret{"toy-token"}));
}

std::string held(const std::string& address, int ttl = 60) {
    return R"({"ttl":)" + std::to_string(ttl) + R"(,"addresses":[")" + address + R"("]})";
}

std::vector<RecordReplacement> moved(const std::string& name) {
    return {{name, addresses("192.0.2.20"), Ttl{60}, {addresses("192.0.2.10")}}};
}

const ZoneRef kToyZone{"example.com", "example.com"};

TEST_CASE("a toy provider is located, read and verified") {
    Script locating{toy()->locate("www.example.com")};
    locating.expect("GET", "https://toy.example/zones").reply(200, R"(["example.com"])");
    locating.expect("GET", "/names/www.example.com").reply(200, held("192.0.2.10"));
    CHECK(locating.value<Location>().zone == kToyZone);
    CHECK(locating.value<Location>().reading.state.addresses == addresses("192.0.2.10"));

    Script reading{toy()->read(kToyZone, {"a.example.com", "b.example.com"})};
    reading.expect("GET", "a.example.com").reply(404, "").reply(200, held("192.0.2.10"));
    const auto& readings = reading.value<std::vector<RecordReading>>();
    CHECK_FALSE(readings.at(0).exists);
    CHECK(readings.at(1).exists);

    Script verifying{toy()->verify()};
    verifying.reply(403, "who are you, toy-token?");
    CHECK(verifying.error().code == Errc::Rejected);
    CHECK(verifying.error().message.find("toy-token") == std::string::npos);
}

TEST_CASE("a toy provider's record is replaced as every record is") {
    Script good{toy()->replace(kToyZone, moved("www.example.com"))};
    good.expect("GET", "/names/www.example.com").reply(200, held("192.0.2.10"));
    good.expect("PUT", "/names/www.example.com")
        .expect_body(R"({"ttl":60,"addresses":["192.0.2.20"]})")
        .reply(204, "");
    good.expect("GET", "/names/www.example.com").reply(200, held("192.0.2.20"));
    CHECK(confirmed(good.outcomes().at(0)));

    Script foreign{toy()->replace(kToyZone, moved("www.example.com"))};
    foreign.reply(200, held("203.0.113.9"));
    CHECK(is_foreign(foreign.outcomes().at(0)));

    Script lost{toy()->replace(kToyZone, moved("www.example.com"))};
    lost.reply(200, held("192.0.2.10")).lose().reply(200, held("192.0.2.20"));
    CHECK(confirmed(lost.outcomes().at(0)));
}

TEST_CASE("an operation may be dropped wherever it stands") {
    for (int answered = 0; answered < 3; ++answered) {
        Script script{toy()->replace(kToyZone, moved("www.example.com"))};
        if (answered > 0) script.reply(200, held("192.0.2.10"));
        if (answered > 1) script.reply(204, "");
        CHECK_FALSE(script.done());
    }
    static_cast<void>(toy()->verify());  // not even started
}

// --- over DNS ------------------------------------------------------------------------------------

// Of a message of this toy: a header, then text.
std::string toy_message(const std::string& text) {
    return std::string("id\x01", 3) + std::string(kDnsHeaderBytes - 3, '\0') + text;
}

Talk<Result<std::string>> ask_server(std::string text) {
    const WallTime now = co_await time_of_day();
    DnsExchange exchange;
    exchange.server = "192.0.2.53";
    exchange.message = toy_message(text + " " + to_rfc3339(now));  // where others would sign
    const DnsAnswer answer = co_await ask(std::move(exchange));
    if (const auto* failure = std::get_if<TransportFailure>(&answer))
        co_return transient(failure->message);
    co_return std::get<DnsResponse>(answer).message.substr(kDnsHeaderBytes);
}

class DnsToyNames final : public NamesRead {
  public:
    explicit DnsToyNames(std::string content) : content_(std::move(content)) {}
    RecordReading fold(const std::string& name) const override {
        RecordReading reading{name, true, {}, {}};
        reading.state.ttl = Ttl{60};
        REQUIRE(add_address("A", content_, reading.state.addresses));
        return reading;
    }
    Talk<WriteResult> write(Writes writes) const override {
        const auto& wanted = writes.front()->wanted;
        const auto said = co_await ask_server("set " + to_string(wanted.wanted));
        if (!said) co_return Unknown{said.error()};
        co_return Written{};
    }

  private:
    std::string content_;
};

class DnsToy final : public Service {
  public:
    Capabilities capabilities() const override { return {}; }
    Talk<Result<ZoneFindings>> find_zones(std::vector<std::string>) const override {
        ZoneFindings findings;
        findings.zones.emplace("example.com", FoundZone{kToyZone, {}, {}});
        co_return std::move(findings);
    }
    Talk<Read> read(ZoneRef, std::vector<std::string> names, Extent) const override {
        const auto said = co_await ask_server("get " + names.front());
        if (!said) co_return said.error();
        co_return Read{std::make_unique<const DnsToyNames>(*said)};
    }
    Talk<Result<Verification>> verify() const override { co_return Verification{}; }
};

TEST_CASE("a provider may speak DNS") {
    const auto provider = make_provider_of(std::make_unique<const DnsToy>());
    Script script{provider->replace(kToyZone, moved("www.example.com"))};
    const auto answer = [&script](const std::string& text) {
        script.answer(DnsAnswer{DnsResponse{toy_message(text)}});
    };
    CHECK(script.exchange().message == toy_message("get www.example.com " + to_rfc3339({})));
    answer("192.0.2.10");
    CHECK(script.exchange().message.find("set 192.0.2.20") != std::string::npos);
    answer("");
    answer("192.0.2.20");
    CHECK(confirmed(script.outcomes().at(0)));

    Script silent{provider->locate("www.example.com")};
    silent.answer(DnsAnswer{TransportFailure{true, "no answer"}});
    CHECK(silent.error().code == Errc::Transient);
}

}  // namespace
}  // namespace understudy::test
