// What viewers are told of is what has changed: everything that happens is done here once, and
// whatever then looks different in a list of the API must have been named.
#include "controller/api/topics.h"

#include <algorithm>
#include <functional>
#include <set>

#include "tests/unit/api/stage.h"

using namespace understudy;
using api_test::Stage;
using std::chrono::seconds;

namespace {

// The topic's list, thing by thing, as JSON.
using Shown = std::map<std::string, std::string>;
using Lists = std::map<Topic, Shown>;

std::string name_of(json::Value item) {
    if (const auto name = item["name"].string()) return std::string{*name};
    return std::to_string(item["id"].integer().value_or(0));
}

Ipv4 address_of(const std::string& server) {
    return *parse_ipv4("203.0.113." + server.substr(3));
}

struct Watching : Stage {
    Watching() {
        desk.onlooker = &api;
        api.set_outlet([this](HttpRequestId, std::string_view bytes) { heard += bytes; });
        ApiRequest asked = request("GET", "/api/v1/stream");
        asked.id = 1;
        hand_in(asked);
        REQUIRE(last->status == 200);
        hear("the wall clock says", TimePassed{wall});
    }

    Shown list(Topic topic) {
        const auto answer = get(std::string{"/api/v1/"} + to_text(topic));
        REQUIRE(answer.status() == 200);
        Shown shown;
        if (!answer["items"].exists()) return {{"", answer.response.body}};
        answer["items"].each([&](json::Value item) { shown[name_of(item)] = item.text(); });
        return shown;
    }
    Lists lists() {
        Lists all;
        for (const auto& [topic, word] : kWordsOf<Topic>)
            all.emplace(topic, list(topic));
        return all;
    }
    // By topic; none: as a whole.
    using Told = std::map<std::string, std::optional<std::set<std::string>>>;
    Told told() {
        heard.clear();
        api.turn_ends(now);  // first whose word still counts, then what they are told
        api.turn_ends(api.next_deadline());
        constexpr std::string_view kData = "data: ";
        Told topics;
        for (auto at = heard.find(kData); at != std::string::npos; at = heard.find(kData, at)) {
            at += kData.size();
            take(topics, heard.substr(at, heard.find('\n', at) - at));
        }
        return topics;
    }
    static void take(Told& topics, const std::string& data) {
        const auto document = json::Document::parse(data);
        REQUIRE(document.ok());
        for (const auto& [topic, word] : kWordsOf<Topic>) {
            const json::Value said = document->root()["topics"][word];
            if (!said.exists()) continue;
            auto& names = topics[word];
            if (said.is_null()) {
                names.reset();
                continue;
            }
            if (!names) names.emplace();
            said.each([&](json::Value name) { names->insert(std::string{*name.string()}); });
        }
    }

    void check(const std::string& what, const std::function<void()>& happens) {
        told();
        const Lists before = lists();
        happens();
        const auto topics = told();
        for (const auto& [topic, after] : lists()) {
            const std::string word = to_text(topic);
            const auto said = topics.find(word);
            const bool whole = said != topics.end() && !said->second;
            for (const std::string& name : differing(before.at(topic), after)) {
                const bool named =
                    said != topics.end() && said->second && said->second->contains(name);
                CHECK_MESSAGE((whole || named), what << ": " << word << " '" << name << "'");
                ++seen_to_differ;
            }
        }
    }
    static std::set<std::string> differing(const Shown& before, const Shown& after) {
        std::set<std::string> names;
        for (const auto& [name, text] : before)
            if (!after.contains(name) || after.at(name) != text) names.insert(name);
        for (const auto& [name, text] : after)
            if (!before.contains(name)) names.insert(name);
        return names;
    }

    void order(OrderAction action) {
        given.insert(action.index());
        const std::string what = "order " + std::to_string(action.index());
        check(what, [&] {
            std::optional<Result<OrderDone>> answer;
            desk.give(own_caller("tester"), std::move(action), {},
                      [&](const Result<OrderDone>& done) { answer = done; });
            REQUIRE(answer);
            REQUIRE_MESSAGE(answer->ok(), what << ": " << answer->error().text());
        });
    }
    void hear(const std::string& what, const Input& input) {
        check(what, [&] { desk.step(input, [](const auto&, const auto&) {}); });
    }
    void pass(seconds time) {
        now += time;
        wall += time;
        desk.now = now;
        desk.wall = wall;
        for (const auto& [name, link] : linked)
            desk.step(AgentSeen{server(name), link}, [](const auto&, const auto&) {});
        hear("time passes", TimePassed{wall});
    }
    void confirm() {
        std::vector<RecordConfirmed> confirmed;
        for (const Domain* each : engine.fleet().domains()) {
            const Publication& record = each->record;
            if (record.settled()) continue;
            confirmed.push_back(
                {each->id, record.generation, {record.desired, record.desired_ttl, each->proxied}});
        }
        for (const RecordConfirmed& each : confirmed)
            hear("a record is confirmed", each);
    }
    void link(const std::string& name) {
        linked[name] = ++links;
        hear("an agent links", AgentLinked{server(name), links, "203.0.113.7:1", true, {}});
    }
    void leave(const std::string& name) {
        hear("an agent leaves",
             AgentLeft{server(name), linked.at(name), Departure::Closed, "gone"});
        linked.erase(name);
    }

    ServerId server(const std::string& name) const { return engine.fleet().server_named(name)->id; }
    PoolId pool(const std::string& name) const { return engine.fleet().pool_named(name)->id; }
    const Domain& domain(const std::string& name) const {
        return *engine.fleet().domain_named(name);
    }
    ChannelId hook() const { return engine.fleet().channel_named("hook")->id; }
    ProviderId provider() const { return engine.fleet().provider_named("main")->id; }

    void add_server(const std::string& name) {
        AddServer added;
        added.name = name;
        added.ipv4 = address_of(name);
        added.token_hash = std::string(63, 'a') + name.back();
        added.token_prefix = "usk_" + name;
        added.code_hash = name + "'s code";
        order(added);
    }
    void add_domain(const std::string& name, const std::string& primary, PoolChoice choice) {
        AddDomain added;
        added.name = name;
        added.provider = provider();
        added.zone_id = "zone-1";
        added.zone_name = "example.org";
        added.pool = std::move(choice);
        added.observed = {{{address_of(primary)}, {}}, Ttl{300}, false};
        order(added);
    }
    void make_fleet() {
        for (const char* name : {"web1", "web2", "web3", "web4", "web5"})
            add_server(name);
        ProviderAccount account;
        account.name = "main";
        account.kind = "cloudflare";
        order(AddProvider{account});
        order(AddPool{"shop", {"web1", "web2"}, {}});
        order(AddPool{"blog", {"web3", "web4"}, {}});
        Channel channel;
        channel.name = "hook";
        channel.kind = "webhook";
        order(AddChannel{channel});
        add_domain("www.example.org", "web1", {"shop", {}, {}});
        add_domain("blog.example.org", "web3", {"blog", {}, {}});
        add_domain("own.example.org", "web5", {"", {server("web5"), server("web4")}, {}});
        for (const char* name : {"web1", "web2", "web3", "web4", "web5"})
            link(name);
        pass(seconds{1});
    }
    void take_apart() {
        for (const char* name : {"www.example.org", "blog.example.org", "own.example.org"})
            order(RemoveDomain{domain(name).id});
        order(RemovePool{pool("shop")});
        order(RemovePool{pool("blog")});
        order(RemoveServer{server("web5")});
        order(RemoveChannel{hook()});
        order(RemoveProvider{provider()});
    }

    std::set<std::size_t> given;  // which alternatives of OrderAction
    std::size_t seen_to_differ = 0;
    std::map<std::string, LinkId> linked;
    std::string heard;
};

void order_about_servers(Watching& stage) {
    EditServer edit;
    edit.server = stage.server("web1");
    edit.labels = std::map<std::string, std::string>{{"region", "eu"}};
    stage.order(edit);
    EditServer moved;
    moved.server = stage.server("web1");
    moved.ipv4 = *parse_ipv4("203.0.113.101");
    stage.order(moved);
    stage.confirm();
    stage.order(RotateToken{stage.server("web2"), std::string(64, 'f'), "usk_2", {}, false});
    stage.order(EnrollAgent{"web3's code", std::string(64, 'e'), "usk_3"});
    stage.order(StartMaintenance{stage.server("web4"), {}, true});
    stage.order(EndMaintenance{stage.server("web4")});
}

void order_about_pools(Watching& stage) {
    const PoolId shop = stage.pool("shop");
    stage.order(SetMembers{shop, {"web1", "web2", "web5"}, true});
    stage.order(SetMembers{shop, {"web1", "web5"}, true});
    stage.order(SetMembers{shop, {"web1", "web2"}, true});
    Policy patient = stage.engine.fleet().pool(shop)->policy;
    patient.confirm_s = seconds{20};
    stage.order(SetPolicy{shop, patient});
    stage.order(SwitchPool{shop, stage.server("web2"), {}, true});
    stage.confirm();
    stage.order(FailbackPool{shop, true});
    stage.confirm();
    patient.probe.kind = ProbeTarget::Kind::Off;  // who practises need not be proven then
    stage.order(SetPolicy{shop, patient});
    stage.order(RunDrill{shop, {}, seconds{60}, {}});
    stage.confirm();
    stage.order(EndDrill{shop});
    stage.confirm();
    patient.probe = {};
    stage.order(SetPolicy{shop, patient});
    stage.order(HoldPool{shop, {}, {}, true});
    stage.order(ReleasePool{shop});
    stage.order(StartDryRun{shop, {}});
    stage.order(EndDryRun{shop});
    stage.order(PauseAll{});
    stage.order(ResumeAll{});
    stage.order(StartDryRunOfAll{});
    stage.order(EndDryRunOfAll{});
}

void order_about_domains(Watching& stage) {
    const DomainId www = stage.domain("www.example.org").id;
    stage.order(MoveDomains{{www}, stage.pool("blog"), true});
    stage.confirm();
    stage.order(MoveDomains{{www}, stage.pool("shop"), true});
    stage.confirm();
    const Publication record = stage.domain("www.example.org").record;
    const RecordState now{record.confirmed, record.desired_ttl, false};
    const RecordState foreign{{{*parse_ipv4("198.51.100.7")}, {}}, Ttl{300}, false};
    stage.hear("a record is another", RecordObserved{www, record.generation, foreign});
    stage.order(IgnoreDomain{www, {}});
    stage.order(AdoptDomain{www, foreign});
    stage.order(EnforceDomain{www, now, true});
    stage.confirm();
    stage.hear("a record is served",
               RecordServed{www, stage.domain("www.example.org").record.generation});
    stage.hear("a record is refused",
               RecordRefused{www, stage.domain("www.example.org").record.generation,
                             rejected("no such zone"), 3});
}

void order_about_accounts(Watching& stage) {
    stage.order(ReplaceCredential{stage.provider(), "sealed anew"});
    Channel edited = *stage.engine.fleet().channel(stage.hook());
    edited.pools = {stage.pool("blog")};
    stage.order(EditChannel{edited});
    edited.pools = {};
    stage.order(EditChannel{edited});
    stage.order(TestChannel{stage.hook()});
    stage.check("a channel is tried again",
                [&] { stage.desk.retry_channel(stage.hook(), [](const auto&) {}); });
    stage.order(DisableChannel{stage.hook(), "gone"});
    stage.order(EnableChannel{stage.hook()});
}

void order_about_tokens(Watching& stage) {
    Token token;
    token.name = "program";
    token.hash = std::string(64, 'd');
    token.prefix = "usk_d";
    stage.order(AddToken{token});
    const TokenId made = stage.engine.fleet().token_named("program")->id;
    stage.order(TokenUsed{made, "203.0.113.9"});
    stage.order(RemoveToken{made});
}

void lose_and_find_servers(Watching& stage) {
    stage.leave("web1");
    stage.pass(seconds{40});
    stage.confirm();
    REQUIRE_FALSE(stage.engine.fleet().incidents().empty());
    stage.order(Acknowledge{stage.engine.fleet().incidents().front()->id, {}});
    stage.link("web1");
    stage.pass(seconds{90});
    stage.confirm();
    for (const char* name : {"web1", "web2", "web3", "web4"})
        stage.leave(name);
    stage.pass(seconds{1});
    stage.link("web4");  // the losses of the others are doubted still
    stage.leave("web4");
    stage.order(AcceptLosses{});
    stage.pass(seconds{40});
    stage.confirm();
    for (const char* name : {"web1", "web2", "web3", "web4"})
        stage.link(name);
    stage.pass(seconds{90});
    stage.confirm();
    stage.pass(seconds{3'700});
    stage.confirm();
}

void hear_of_servers(Watching& stage) {
    const ServerId web2 = stage.server("web2");
    const LinkId link = stage.linked.at("web2");
    stage.hear("a check fails", AgentReported{web2, link, false, "haproxy: refused"});
    stage.pass(seconds{40});
    stage.hear("a check passes", AgentReported{web2, link, true, {}});
    stage.pass(seconds{40});
    stage.hear("another address",
               AddressReported{web2, link, *parse_ipv4("198.51.100.2"), {}, false, false});
    stage.hear("two agents", AgentDisplaced{web2, link, "198.51.100.9:1"});
    ServiceProbed probed{web2, {}, "https 443", Verdict::Serves, "200", {}, Duration{60'000}};
    stage.hear("it serves", probed);
    probed.verdict = Verdict::Dead;
    stage.hear("it is dead", probed);
    stage.pass(seconds{40});
    probed.verdict = Verdict::Serves;
    stage.hear("it serves again", probed);
    const DomainId www = stage.domain("www.example.org").id;
    PoolReadiness unready{stage.pool("shop"), 1, 1, 0, {{www, "https 443: 503"}}, true};
    stage.hear("it is not ready", ReadinessFound{web2, {unready}, true, {}, false});
    stage.pass(seconds{600});
    unready.unready = 0;
    unready.named.clear();
    stage.hear("it is ready", ReadinessFound{web2, {unready}, true, {}, false});
    stage.hear("it ends soon", CertificateSeen{web2,
                                               {www},
                                               {"2027-01-20T00:00:00Z", "4A", Duration{432'000'000},
                                                Duration{7'776'000'000}}});
    stage.hear("we stood still", Stalled{seconds{60}});
    stage.pass(seconds{130});
    stage.hear("witnesses", WitnessesAnswered{2, 0, {}});
    stage.hear("witnesses", WitnessesAnswered{2, 2, {}});
}

}  // namespace

TEST_CASE("whatever an order or an event changes in a list is told by that topic") {
    Watching stage;
    stage.make_fleet();
    order_about_servers(stage);
    order_about_pools(stage);
    order_about_domains(stage);
    order_about_accounts(stage);
    order_about_tokens(stage);
    lose_and_find_servers(stage);
    hear_of_servers(stage);
    stage.take_apart();
    CHECK(stage.seen_to_differ > 200);
    // A new order wants its line above.
    CHECK(stage.given.size() == std::variant_size_v<OrderAction>);
}
