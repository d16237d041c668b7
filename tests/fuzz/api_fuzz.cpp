// What strangers send to the API: "METHOD /path?query\nbody". Whatever it is, there is one answer
// at once, no answer is a 500, and what is said in JSON is JSON.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/crypto.h"
#include "base/ensure.h"
#include "base/json.h"
#include "controller/api/api.h"
#include "tests/support/store_in_memory.h"

using namespace understudy;

namespace {

// Refuses every order, so that nothing piles up over many inputs.
class RefusingDesk final : public OrderDesk {
  public:
    std::vector<FoundOverIpv6> found_over_ipv6(ServerId) override { return {}; }
    void give(const Caller&, OrderAction, Unmet, Answered answered) override {
        answered(conflict("not now"));
    }
    void give_batch(const Caller&, std::vector<OrderAction>, BatchAnswered answered) override {
        answered(conflict("not now"), {{0, conflict("not now")}});
    }
    void ask(ProviderId, Question question) override { question.failed(transient("not now")); }
    void ask_patiently(ProviderId, Question question) override {
        question.failed(transient("not now"));
    }
    std::optional<Duration> wait_for_calls(ProviderId, int) override { return std::nullopt; }
    std::optional<AccountMeans> means_of(ProviderId) override { return std::nullopt; }
    void retry_notification(NotificationRetried, Retried answered) override { answered({}); }
    void note_use(TokenId, const std::string&) override {}
    void retry_channel(ChannelId, Retried answered) override { answered({}); }
};

class EmptyArchive final : public ArchiveDesk {
  public:
    std::optional<Error> full(Length) override { return std::nullopt; }
    void read(HttpRequestId, Length, Reading reading) override { reading(store_.archive())(); }

  private:
    test::StoreInMemory store_;
};

// The API with one server and one provider, so that deeper checks are reached.
struct FuzzedApi {
    Secret token = make_token("usk");
    EmptyArchive archive;
    Engine engine{EngineTimings{}, Policy{}, saved(token), Instant{}, WallTime{}};
    RefusingDesk desk;
    Sealer sealer = Sealer::from_key(Secret{std::string(32, 'x')});
    ControllerState state;
    Api api{engine, archive, desk, sealer, state, ApiSettings{}};

    static Snapshot saved(const Secret& token) {
        Snapshot snapshot;
        Token known;
        known.id = TokenId{3};
        known.name = "t";
        known.hash = token_hash(token.reveal());
        known.prefix = *token_lookup_prefix(token.reveal());
        known.role = Role::Admin;
        snapshot.tokens.push_back(std::move(known));
        Server server;
        server.id = ServerId{1};
        server.name = "web1";
        server.ipv4 = *parse_ipv4("203.0.113.10");
        snapshot.servers.push_back(server);
        snapshot.providers.push_back(
            ProviderAccount{ProviderId{2}, "main", "cloudflare", "{}", ""});
        snapshot.last_id = 2;
        return snapshot;
    }
};

void read_query(std::string_view text, ApiRequest& request) {
    while (!text.empty()) {
        const std::string_view pair = text.substr(0, text.find('&'));
        text.remove_prefix(std::min(text.size(), pair.size() + 1));
        const auto equals = std::min(pair.find('='), pair.size());
        request.query.emplace_back(pair.substr(0, equals),
                                   pair.substr(std::min(pair.size(), equals + 1)));
    }
}

ApiRequest read_request(std::string_view text) {
    ApiRequest request;
    const std::string_view line = text.substr(0, text.find('\n'));
    request.body = text.substr(std::min(text.size(), line.size() + 1));
    request.method = line.substr(0, line.find(' '));
    std::string_view target = line.substr(std::min(line.size(), request.method.size() + 1));
    request.path = target.substr(0, target.find('?'));
    read_query(target.substr(std::min(target.size(), request.path.size() + 1)), request);
    request.content_type = "application/json";
    request.peer = "203.0.113.99:1";
    request.headers = {{"cookie", request.body.substr(0, 200)}, {"origin", request.path}};
    return request;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static FuzzedApi target;
    const std::string_view input{reinterpret_cast<const char*>(data), size};
    const std::string_view secret = std::string_view{target.token.reveal()}.substr(4);
    // libFuzzer learns the token from comparisons it sees; an answer may echo what it was sent.
    const bool sent_the_secret = input.find(secret) != std::string_view::npos;
    ApiRequest request = read_request(input);
    request.authorization = "Bearer " + target.token.reveal();
    int answers = 0;
    target.api.handle(request, Instant{}, WallTime{}, [&](const ApiResponse& response) {
        ++answers;
        ensure(response.status >= 200 && response.status < 600 && response.status != 500);
        ensure(sent_the_secret || response.body.find(secret) == std::string::npos);
        if (response.content_type.ends_with("json"))
            ensure(json::Document::parse(response.body).ok());
    });
    ensure(answers == 1);
    return 0;
}
