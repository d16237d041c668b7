// The API on a stage: the real engine and a store in memory behind it, and a desk that steps,
// commits and answers at once. What providers would answer is laid out beforehand, or held back to
// be answered later.
#pragma once

#include <doctest/doctest.h>

#include <deque>
#include <map>
#include <string>

#include "base/crypto.h"
#include "base/json.h"
#include "controller/api/api.h"
#include "tests/support/store_in_memory.h"
#include "tests/unit/api/target.h"

namespace understudy::api_test {

// What a provider would answer to whatever it is asked.
using Outcome = std::variant<Location, ZoneFindings, std::vector<RecordReading>, Verification>;

// An operation that needs nobody: the desk gives it its result.
class Prepared {
  public:
    virtual ~Prepared() = default;
    virtual void take(const Result<Outcome>& outcome) = 0;
};
template <typename T>
class PreparedOperation final : public Operation<T>, public Prepared {
  public:
    Step start(WallTime) override { return Finished{}; }
    Step resume(const StepAnswer&, WallTime) override { return Finished{}; }
    void take(const Result<Outcome>& outcome) override {
        this->finish(outcome ? Result<T>{std::get<T>(*outcome)} : Result<T>{outcome.error()});
    }
};

// Notes what was asked of it; the answers are the desk's.
class NotingProvider final : public Provider {
  public:
    mutable std::vector<std::string> asked;
    bool proxying = false;
    mutable std::vector<std::string> names_read;  // by the last read()

    Capabilities capabilities() const override {
        Capabilities can;
        can.proxying = proxying;
        return can;
    }
    std::unique_ptr<Operation<Location>> locate(const std::string& name) const override {
        asked.push_back("locate " + name);
        return std::make_unique<PreparedOperation<Location>>();
    }
    std::unique_ptr<Operation<ZoneFindings>> find_zones(
        std::vector<std::string> names) const override {
        std::string all;
        for (const auto& name : names)
            all += " " + name;
        asked.push_back("zones" + all);
        return std::make_unique<PreparedOperation<ZoneFindings>>();
    }
    std::unique_ptr<Operation<std::vector<RecordReading>>> read(
        const ZoneRef& zone, std::vector<std::string> names) const override {
        std::string all;
        for (const auto& name : names)
            all += " " + name;
        asked.push_back("read " + zone.name + all);
        names_read = std::move(names);
        return std::make_unique<PreparedOperation<std::vector<RecordReading>>>();
    }
    std::unique_ptr<Operation<std::vector<ReplaceOutcome>>> replace(
        const ZoneRef&, std::vector<RecordReplacement>) const override {
        asked.push_back("replace");
        return nullptr;
    }
    std::unique_ptr<Operation<Verification>> verify() const override {
        asked.push_back("verify");
        return std::make_unique<PreparedOperation<Verification>>();
    }
};

class Desk final : public OrderDesk {
  public:
    std::vector<FoundOverIpv6> found_over_ipv6(ServerId server) override {
        return over_ipv6[server];
    }
    std::map<ServerId, std::vector<FoundOverIpv6>> over_ipv6;
    Desk(Engine& engine, Store& store) : engine_(engine), store_(store) {}

    Instant now{};
    WallTime wall{};
    bool hold_answers = false;  // keep the providers' answers until release()
    NotingProvider provider;
    // A location answers for its zone and for what is read in it, too.
    std::map<ProviderId, Result<Outcome>> answers;
    std::optional<Duration> wait;  // what wait_for_calls() says
    std::optional<AccountMeans> means;
    std::vector<std::string> orders_by;
    std::optional<OrderAction> then;  // somebody else's, in the same turn: before the answer

    Onlooker* onlooker = nullptr;  // hears what is stepped here, as in a turn

    void give(const Caller& by, OrderAction action, Unmet unmet, Answered answered) override {
        if (const auto why = unmet ? unmet() : std::nullopt) return answered(*why);
        orders_by.push_back(by.who);
        step(Order{OrderContext{++requests_, by.who, by}, std::move(action)},
             [&](const Result<OrderDone>& done, const auto&) { answered(done); });
    }
    void give_batch(const Caller& by, std::vector<OrderAction> actions,
                    BatchAnswered answered) override {
        orders_by.push_back(by.who);
        step(OrderBatch{OrderContext{++requests_, by.who, by}, std::move(actions)}, answered);
    }
    void step(const Input& input, const BatchAnswered& answered) {
        const Decision decision = engine_.step(now, input);
        if (onlooker != nullptr) onlooker->heard(input);
        commit(decision.changes);
        commit(changes_of_other());
        for (const Reply& reply : decision.replies) {
            if (reply.request == requests_) answered(reply.result, reply.refused);
        }
    }
    void ask(ProviderId id, Question question) override {
        std::shared_ptr<AnyOperation> operation = question.make(provider);
        dynamic_cast<Prepared&>(*operation).take(answer_to(id));
        waiting_.push_back([question = std::move(question), operation] {
            if (const Error* failure = operation->failure()) return question.failed(*failure);
            question.answered(*operation);
        });
        if (!hold_answers) release();
    }
    void ask_patiently(ProviderId id, Question question) override { ask(id, std::move(question)); }
    std::optional<Duration> wait_for_calls(ProviderId, int) override { return wait; }
    std::optional<AccountMeans> means_of(ProviderId) override { return means; }
    Result<Outcome> answer_to(ProviderId id) const {
        const auto found = answers.find(id);
        REQUIRE(found != answers.end());
        const auto* there = found->second ? std::get_if<Location>(&found->second.value()) : nullptr;
        if (there != nullptr && provider.asked.back().starts_with("zones")) {
            ZoneFindings findings;
            findings.complete = true;
            findings.absent = not_found("no zone of it is there");
            findings.zones.emplace(there->zone.name, FoundZone{there->zone, there->warnings, {}});
            return Outcome{findings};
        }
        if (there != nullptr && provider.asked.back().starts_with("read")) {
            std::vector<RecordReading> readings;
            for (const auto& name : provider.names_read) {
                readings.push_back(there->reading);
                readings.back().name = name;
            }
            return Outcome{readings};
        }
        return found->second;
    }
    void retry_notification(NotificationRetried which, Retried answered) override {
        retry(which, answered);
    }
    void note_use(TokenId token, const std::string& source) override {
        const Decision decision = engine_.step(now, Order{{}, TokenUsed{token, source}});
        REQUIRE(store_.commit(decision.changes, wall).ok());
    }
    void retry_channel(ChannelId id, Retried answered) override {
        retry(ChannelRetried{id}, answered);
    }
    void release() {
        while (!waiting_.empty()) {
            const auto next = std::move(waiting_.front());
            waiting_.pop_front();
            next();
        }
    }

  private:
    std::vector<Change> changes_of_other() {
        auto other = std::exchange(then, std::nullopt);
        if (!other) return {};
        return engine_.step(now, Order{{0, "somebody"}, *std::move(other)}).changes;
    }
    void retry(const Change& change, const Retried& answered) {
        auto changes = changes_of_other();
        changes.push_back(change);
        answered(commit(changes).retries.front());
    }
    Committed commit(const std::vector<Change>& changes) {
        auto committed = store_.commit(changes, wall);
        REQUIRE(committed.ok());
        for (const Change& change : changes) {
            if (onlooker == nullptr) break;
            onlooker->decided(change);
            onlooker->committed(change);
        }
        return std::move(committed).value();
    }

    Engine& engine_;
    Store& store_;
    std::uint64_t requests_ = 0;
    std::deque<std::function<void()>> waiting_;
};

// Reads at once, unless it is told that there is no room.
class InlineArchive final : public ArchiveDesk {
  public:
    explicit InlineArchive(Archive& archive) : archive_(archive) {}
    bool crowded = false;
    std::size_t readings = 0;

    std::optional<Error> full(Length) override {
        return crowded ? std::optional{transient("too many")} : std::nullopt;
    }
    void read(HttpRequestId, Length, Reading reading) override {
        ++readings;
        REQUIRE(archive_.begin().ok());
        const Answer answer = reading(archive_);
        archive_.end();
        answer();
    }

  private:
    Archive& archive_;
};

struct Answer {
    ApiResponse response;
    json::Document document;

    int status() const { return response.status; }
    json::Value operator[](std::string_view key) const { return document.root()[key]; }
    std::string text(std::string_view key) const {
        return std::string{document.root()[key].string().value_or("(none)")};
    }
    std::string header(std::string_view name) const {
        for (const auto& [key, value] : response.headers) {
            if (key == name) return value;
        }
        return {};
    }
    // "field: message" of every error, one per line.
    std::string errors() const {
        std::string out;
        document.root()["errors"].each([&](json::Value error) {
            out += std::string{error["field"].string().value_or("")} + ": " +
                   std::string{error["message"].string().value_or("")} + "\n";
        });
        return out;
    }
};

class Stage {
  public:
    explicit Stage(const ApiSettings& settings = default_settings())
        : api(engine, archive, desk, sealer, state, settings) {
        desk.now = now;
        desk.wall = wall;
    }

    static ApiSettings default_settings() {
        ApiSettings settings;
        settings.version = "1.2.3";
        settings.instance = "a1b2c3";
        settings.mail_configured = true;
        return settings;
    }

    ApiRequest request(std::string method, const std::string& target, std::string body = {}) const {
        ApiRequest made;
        made.method = std::move(method);
        made.path = target.substr(0, target.find('?'));
        made.query = query_of(target);
        made.authorization = "Bearer " + token.reveal();
        made.content_type = body.empty() ? "" : "application/json";
        made.body = std::move(body);
        made.peer = "203.0.113.99:40000";
        return made;
    }
    // None while the API has not answered.
    std::optional<ApiResponse> last;
    int times_answered = 0;

    // Nothing comes after it yet.
    void hand_in(const ApiRequest& asked) {
        last.reset();
        times_answered = 0;
        api.handle(asked, now, wall, [this](ApiResponse response) {
            ++times_answered;
            last = std::move(response);
        });
    }
    void begin(const ApiRequest& asked) {
        hand_in(asked);
        turns = 0;
        while (api.time_passed(now))
            ++turns;
    }
    int turns = 0;  // more, that the last answer took
    Answer finish() {
        REQUIRE(times_answered == 1);
        const bool json = last->content_type.ends_with("json");
        auto document = json::Document::parse(json ? last->body : "{}");
        REQUIRE(document.ok());
        return Answer{*last, std::move(document).value()};
    }
    Answer send(const ApiRequest& asked) {
        begin(asked);
        return finish();
    }
    Answer get(const std::string& target) { return send(request("GET", target)); }
    Answer post(const std::string& target, std::string body = {}) {
        return send(request("POST", target, std::move(body)));
    }
    Answer put(const std::string& target, std::string body = {}) {
        return send(request("PUT", target, std::move(body)));
    }
    Answer patch(const std::string& target, std::string body) {
        return send(request("PATCH", target, std::move(body)));
    }
    Answer remove(const std::string& target) { return send(request("DELETE", target)); }

    // Things most tests need.
    void add_servers() {
        REQUIRE(post("/api/v1/servers",
                     R"({"name":"web1","ipv4":"203.0.113.10","ipv6":"2001:db8::10"})")
                    .status() == 201);
        REQUIRE(post("/api/v1/servers", R"({"name":"web2","ipv4":"203.0.113.20"})").status() ==
                201);
    }
    // Its agent is there and well.
    void link(const std::string& name) {
        const Server* server = engine.fleet().server_named(name);
        REQUIRE(server != nullptr);
        const Decision decision =
            engine.step(now, AgentLinked{server->id, ++links, "203.0.113.7:51514", true, {}});
        REQUIRE(store.commit(decision.changes, wall).ok());
    }
    void link_all() {
        link("web1");
        link("web2");
    }
    LinkId links = 0;

    ProviderId add_provider(const std::string& name = "main") {
        const Answer added = post(
            "/api/v1/providers", R"({"name":")" + name + R"(","kind":"cloudflare","credential":")" +
                                     std::string(40, 'k') + R"("})");
        REQUIRE(added.status() == 201);
        return ProviderId{*added["id"].integer()};
    }
    static Location location_of(const std::string& name, const AddressSet& addresses) {
        Location location;
        location.zone = {"zone-1", "example.org"};
        location.reading = {name, !addresses.empty(), {addresses, Ttl{300}, false}, {}};
        return location;
    }
    static AddressSet addresses(const std::string& text) { return *parse_address_set(text); }
    // www.example.org served by web1, then web2.
    ProviderId add_domain() {
        add_servers();
        const ProviderId provider = add_provider();
        desk.answers.insert_or_assign(
            provider, Outcome{location_of("www.example.org", addresses("203.0.113.10"))});
        REQUIRE(post("/api/v1/domains", R"({"name":"www.example.org","servers":["web1","web2"]})")
                    .status() == 201);
        return provider;
    }

    Instant now{Duration{1'000'000}};
    WallTime wall{Duration{1'800'000'000'000}};
    static constexpr std::int64_t kOps = 1'000'000;
    Secret token = make_token("usk");
    test::StoreInMemory store;
    InlineArchive archive{store.archive()};
    Engine engine{EngineTimings{}, Policy{}, with_token(), now, wall};
    Sealer sealer = Sealer::from_key(Secret{std::string(32, 'x')});
    ControllerState state;
    Desk desk{engine, store};
    Api api;

  private:
    Snapshot with_token() const {
        Token ops;
        ops.id = TokenId{kOps};
        ops.name = "ops";
        ops.hash = token_hash(token.reveal());
        ops.prefix = *token_lookup_prefix(token.reveal());
        ops.role = Role::Admin;
        Snapshot saved;
        saved.tokens.push_back(std::move(ops));
        return saved;
    }
};

}  // namespace understudy::api_test
