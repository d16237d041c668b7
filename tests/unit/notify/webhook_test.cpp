#include "notify/webhook.h"

#include <doctest/doctest.h>

namespace understudy {
namespace {

// The vector of the specification's reference libraries.
constexpr const char* kSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
constexpr const char* kOtherSecret = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const WallTime kVectorTime{Duration{1'614'265'330'000}};

Secret secrets(const std::string& url, const std::string& secret) {
    return Secret{R"({"url":")" + url + R"(","secret":")" + secret + R"("})"};
}

std::unique_ptr<ChannelDriver> webhook(const std::string& secret = kSecret,
                                       bool allow_private = false) {
    auto made =
        Webhook::make(secrets("https://hooks.example.org/T0KEN?sig=x", secret), allow_private);
    REQUIRE(made.ok());
    return std::move(*made);
}

Message vector_message() {
    Message message;
    message.id = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    message.payload = R"({"test": 2432232314})";
    return message;
}

HttpRequest posted(const ChannelDriver& driver, const Message& message, WallTime now) {
    auto dispatch = driver.compose(message, now);
    REQUIRE(dispatch.ok());
    return std::get<HttpRequest>(*dispatch);
}

std::string header(const HttpRequest& request, std::string_view name) {
    for (const Header& header : request.headers) {
        if (header.name == name) return header.value;
    }
    return {};
}

Delivery answered(int status, std::vector<Header> headers = {}, std::string body = {}) {
    HttpResponse response;
    response.status = status;
    response.headers = std::move(headers);
    response.body = std::move(body);
    return webhook()->read(HttpAnswer{response}, kVectorTime);
}

TEST_CASE("the signature is that of the specification's vector") {
    const HttpRequest request = posted(*webhook(), vector_message(), kVectorTime);
    CHECK(request.method == "POST");
    CHECK(request.url == "https://hooks.example.org/T0KEN?sig=x");
    CHECK(request.body == R"({"test": 2432232314})");
    CHECK(header(request, "Content-Type") == "application/json");
    CHECK(header(request, "webhook-id") == "msg_p5jXN8AQM9LWM0D4loKWxJek");
    CHECK(header(request, "webhook-timestamp") == "1614265330");
    CHECK(header(request, "webhook-signature") ==
          "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    CHECK(request.peers == HttpRequest::Peers::PublicOnly);
    CHECK(request.timeout >= Duration{15'000});
    CHECK(request.timeout <= Duration{30'000});
}

TEST_CASE("each attempt has its own time and signature, and the same id and body") {
    const auto driver = webhook();
    const HttpRequest first = posted(*driver, vector_message(), kVectorTime);
    Message again = vector_message();
    again.attempt = 2;
    const HttpRequest second = posted(*driver, again, kVectorTime + Duration{5'000});
    CHECK(header(second, "webhook-id") == header(first, "webhook-id"));
    CHECK(second.body == first.body);
    CHECK(header(second, "webhook-timestamp") == "1614265335");
    CHECK(header(second, "webhook-signature") != header(first, "webhook-signature"));
}

TEST_CASE("several secrets sign side by side") {
    const auto both = webhook(std::string{kSecret} + "  " + kOtherSecret);
    const std::string signatures =
        header(posted(*both, vector_message(), kVectorTime), "webhook-signature");
    const std::string other =
        header(posted(*webhook(kOtherSecret), vector_message(), kVectorTime), "webhook-signature");
    CHECK(signatures == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE= " + other);
}

TEST_CASE("private receivers are reached only where they are allowed") {
    CHECK(posted(*webhook(kSecret, true), vector_message(), kVectorTime).peers ==
          HttpRequest::Peers::Any);
}

TEST_CASE("an id that would make the signed content ambiguous is refused") {
    Message message = vector_message();
    message.id = "msg.1";
    CHECK(webhook()->compose(message, kVectorTime).error().code == Errc::Invalid);
    message.id.clear();
    CHECK(webhook()->compose(message, kVectorTime).error().code == Errc::Invalid);
}

TEST_CASE("secrets that are none are refused without being shown") {
    for (const char* bad :
         {"", " ", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_", "whsec_not base64",
          "whsec_c2hvcnRzZWNyZXQ=", "whsk_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}) {
        CAPTURE(bad);
        const auto made = Webhook::make(secrets("https://hooks.example.org/", bad), false);
        REQUIRE_FALSE(made.ok());
        CHECK(made.error().code == Errc::Invalid);
        CHECK(made.error().field == "secret");
        CHECK(made.error().text().find("c2hvcnRzZWNyZXQ") == std::string::npos);
        CHECK(made.error().text().find("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw") == std::string::npos);
    }
    CHECK_FALSE(Webhook::make(Secret{"no json"}, false).ok());
    CHECK_FALSE(Webhook::make(Secret{"[]"}, false).ok());
    CHECK(Webhook::make(Secret{"{}"}, false).error().field == "url");
}

TEST_CASE("every 2xx is a delivery") {
    for (const int status : {200, 201, 202, 204, 299}) {
        CHECK(std::holds_alternative<Delivered>(answered(status)));
    }
}

TEST_CASE("410 ends the channel, a refused message only itself") {
    const Delivery gone = answered(410);
    REQUIRE(std::holds_alternative<GiveUp>(gone));
    CHECK(std::get<GiveUp>(gone).disable_channel);
    for (const int status : {400, 413, 415, 422}) {
        const Delivery refused = answered(status, {}, "bad \n field");
        REQUIRE(std::holds_alternative<GiveUp>(refused));
        CHECK_FALSE(std::get<GiveUp>(refused).disable_channel);
        CHECK(std::get<GiveUp>(refused).error ==
              "the receiver answered " + std::to_string(status) + ": bad   field");
    }
}

TEST_CASE("everything else is tried again, not before the receiver wants") {
    for (const int status : {301, 302, 307, 401, 403, 404, 408, 429, 500, 502, 503, 504}) {
        CAPTURE(status);
        REQUIRE(std::holds_alternative<TryLater>(answered(status)));
        CHECK_FALSE(std::get<TryLater>(answered(status)).retry_after.has_value());
    }
    for (const int status : {429, 502, 503, 504}) {
        const Delivery later = answered(status, {{"retry-after", "120"}});
        CHECK(std::get<TryLater>(later).retry_after == std::chrono::seconds{120});
    }
    const Delivery long_wait = answered(503, {{"Retry-After", "99999999"}});
    CHECK(std::get<TryLater>(long_wait).retry_after == std::chrono::minutes{30});
    const Delivery failed =
        webhook()->read(HttpAnswer{TransportFailure{true, "timed out"}}, kVectorTime);
    CHECK(std::get<TryLater>(failed).error == "timed out");
}

TEST_CASE("an answer is quoted briefly and on one line") {
    const Delivery later = answered(500, {}, std::string(5000, 'x') + "\r\n\x1b[31m");
    CHECK(std::get<TryLater>(later).error.size() < 200);
    const Delivery escaped = answered(500, {}, "\x1b[31mred\r\n");
    CHECK(std::get<TryLater>(escaped).error == "the receiver answered 500:  [31mred");
    const Delivery german = answered(500, {}, "Gr\u00f6\u00dfe \u202Efalsch");
    CHECK(std::get<TryLater>(german).error ==
          "the receiver answered 500: Gr\u00f6\u00dfe \ufffdfalsch");
}

TEST_CASE("a receiver that quotes our request does not spread its secrets") {
    const std::string url = "https://hooks.example.org/services/T0KEN%2BPART?sig=0123456789abc";
    auto driver = Webhook::make(secrets(url, kSecret), false);
    REQUIRE(driver.ok());
    const auto error = [&](const std::string& body) {
        const Delivery gone = (*driver)->read(HttpAnswer{HttpResponse{410, {}, body}}, kVectorTime);
        return std::get<GiveUp>(gone).error;
    };
    const std::string begin = "the receiver answered 410: ";
    CHECK(error("no /services/T0KEN%2BPART?sig=0123456789abc") == begin + "no ***");
    CHECK(error("no /services/t0ken+part") == begin + "no ***");
    CHECK(error(R"({"path":"\/services\/T0KEN+PART"})") == begin + R"({"path":"***"})");
    CHECK(error("no T0KEN+PART, no T0KEN%2BPART") == begin + "no ***, no ***");
    CHECK(error("sig 0123456789abc") == begin + "sig ***");
    CHECK(error("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw?") == begin + "***?");
    // Also where the excerpt ends within it.
    CHECK(error(std::string(115, '-') + "T0KEN+PART") == begin + std::string(115, '-') + "***");
    const Delivery failed = (*driver)->read(
        HttpAnswer{TransportFailure{true, "no /services/T0KEN%2BPART"}}, kVectorTime);
    CHECK(std::get<TryLater>(failed).error == "no ***");
}

TEST_CASE("the status line alone is the answer") {
    CHECK(posted(*webhook(), vector_message(), kVectorTime).status_decides);
}

}  // namespace
}  // namespace understudy
