#include "ctl/client.h"

#include <curl/curl.h>

#include <chrono>
#include <string_view>
#include <thread>

#include "base/ascii.h"
#include "base/crypto.h"
#include "base/distrust.h"
#include "base/json.h"
#include "base/url.h"

namespace understudy::ctl {
namespace {

constexpr std::size_t kAnswerLimitBytes = 64u << 20;
constexpr long kConnectTimeout_ms = 10'000;
constexpr std::size_t kKeyBytes = 16;
constexpr const char* kSession = "/api/v1/session";
constexpr int kUnauthorized = 401;
constexpr int kMostRepeats = 3;
constexpr std::chrono::seconds kAskAgainAfter{1};  // what the controller says of an order in work
constexpr int kMostAskedAgain = 120;

struct Received {
    HttpResponse response;
    bool too_long = false;
};

extern "C" std::size_t take_body(char* data, std::size_t size, std::size_t count, void* user) {
    auto& received = *static_cast<Received*>(user);
    const std::size_t bytes = size * count;
    if (received.response.body.size() + bytes > kAnswerLimitBytes) {
        received.too_long = true;
        return 0;
    }
    received.response.body.append(data, bytes);
    return bytes;
}

extern "C" std::size_t take_header(char* data, std::size_t size, std::size_t count, void* user) {
    auto& received = *static_cast<Received*>(user);
    std::string_view line{data, size * count};
    while (line.ends_with('\n') || line.ends_with('\r'))
        line.remove_suffix(1);
    const auto colon = line.find(':');
    if (colon != std::string_view::npos) {
        std::string_view value = line.substr(colon + 1);
        while (value.starts_with(' '))
            value.remove_prefix(1);
        received.response.headers.push_back(
            Header{std::string{line.substr(0, colon)}, std::string{value}});
    }
    return size * count;
}

// The order may have arrived, and may have been carried out.
bool answer_lost(CURLcode code) {
    return code == CURLE_GOT_NOTHING || code == CURLE_RECV_ERROR || code == CURLE_SEND_ERROR ||
           code == CURLE_PARTIAL_FILE;
}

bool in_work(const HttpResponse& response) {
    if (response.status != 409) return false;
    const auto document = json::Document::parse(response.body);
    return document && document->root()["code"].string() == "in_work";
}

// When the controller that says this of itself was started; empty: it does not say.
std::string started_in(const HttpResponse& session) {
    const auto document = json::Document::parse(session.body);
    return document ? std::string{document->root()["started"].string().value_or("")} : "";
}

Error restarted_since() {
    Error error =
        transient("the answer was lost, and the controller has been started anew since the order");
    error.remedy = "look whether it was carried out before you order it again";
    return error;
}

// What a port that speaks TLS makes of plain text.
bool looks_like_tls(CURLcode code) {
    return code == CURLE_UNSUPPORTED_PROTOCOL || code == CURLE_WEIRD_SERVER_REPLY ||
           code == CURLE_GOT_NOTHING || code == CURLE_RECV_ERROR;
}

std::string advice(CURLcode code, const ClientSettings& settings) {
    if (settings.url.starts_with("http://") && looks_like_tls(code)) {
        return "does it speak TLS? try --controller https" + settings.url.substr(4);
    }
    switch (code) {
        case CURLE_SSL_CACERT_BADFILE:
            return "name a PEM file with the controller's authority with --ca-file (now " +
                   settings.ca_file + ")";
        case CURLE_SSL_CONNECT_ERROR:
            return "is this the controller's TLS port? check --controller";
        case CURLE_COULDNT_RESOLVE_HOST:
            return "check the name in --controller";
        case CURLE_COULDNT_CONNECT:
            if (settings.url.starts_with(kUnixScheme)) {
                return "is understudy-controller running here, and with listen.local? or give "
                       "--controller and --token-file";
            }
            return "is understudy-controller running there? try: systemctl status "
                   "understudy-controller";
        case CURLE_OPERATION_TIMEDOUT:
            return "the controller did not answer in time; check the network, then try again";
        default:
            return "check --controller (now " + settings.url + ")";
    }
}

std::string host_of(const std::string& url) {
    const auto parts = split_url(url);
    const auto authority = parts ? split_authority(parts->authority) : std::nullopt;
    return std::string{authority ? authority->host : url};
}

// What curl only calls a certificate problem.
Error distrusted(CURL* handle, const ClientSettings& settings) {
    long told = 0;
    curl_easy_getinfo(handle, CURLINFO_SSL_VERIFYRESULT, &told);
    return distrust(verify_result_of_curl(told), {"the controller", host_of(settings.url),
                                                  "--controller", "--ca-file", settings.ca_file});
}

class CurlTransport final : public Transport {
  public:
    explicit CurlTransport(ClientSettings settings) : settings_(std::move(settings)) {
        while (settings_.url.ends_with('/'))
            settings_.url.pop_back();
        if (settings_.url.starts_with(kUnixScheme))
            socket_ = settings_.url.substr(kUnixScheme.size());
        curl_global_init(CURL_GLOBAL_DEFAULT);
        handle_ = curl_easy_init();
        ensure(handle_ != nullptr);
    }
    ~CurlTransport() override {
        curl_easy_cleanup(handle_);
        curl_global_cleanup();
    }
    CurlTransport(const CurlTransport&) = delete;
    CurlTransport& operator=(const CurlTransport&) = delete;

    Result<HttpResponse> send(const std::string& method, const std::string& path,
                              const std::string& body) override;

  private:
    struct Answer {
        CURLcode code = CURLE_OK;
        std::string why;
        HttpResponse response;
    };
    Answer ask(const std::string& method, const std::string& path, const std::string& body,
               const std::string& key);
    Error unreachable(CURLcode code, const std::string& why) const;
    void prepare(const std::string& method, const std::string& url, const std::string& body);

    ClientSettings settings_;
    std::string socket_;  // empty: over the network
    CURL* handle_;
};

void CurlTransport::prepare(const std::string& method, const std::string& url,
                            const std::string& body) {
    curl_easy_reset(handle_);  // keeps the connection
    curl_easy_setopt(handle_, CURLOPT_URL, url.c_str());
    curl_easy_setopt(handle_, CURLOPT_CUSTOMREQUEST, method.c_str());
    curl_easy_setopt(handle_, CURLOPT_PROTOCOLS_STR, "https,http");
    curl_easy_setopt(handle_, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(handle_, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(handle_, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(handle_, CURLOPT_NOSIGNAL, 1L);
    // What gets no answer on a connection that was kept curl sends again by itself, to whom it may
    // concern by then: an order gets a connection of its own.
    curl_easy_setopt(handle_, CURLOPT_FRESH_CONNECT, method == "GET" ? 0L : 1L);
    curl_easy_setopt(handle_, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(handle_, CURLOPT_CONNECTTIMEOUT_MS, kConnectTimeout_ms);
    curl_easy_setopt(handle_, CURLOPT_TIMEOUT_MS, static_cast<long>(settings_.timeout.count()));
    if (!socket_.empty()) curl_easy_setopt(handle_, CURLOPT_UNIX_SOCKET_PATH, socket_.c_str());
    if (!settings_.ca_file.empty()) {
        curl_easy_setopt(handle_, CURLOPT_CAINFO, settings_.ca_file.c_str());
        curl_easy_setopt(handle_, CURLOPT_CAPATH, nullptr);
    }
    if (!body.empty()) {
        curl_easy_setopt(handle_, CURLOPT_POSTFIELDSIZE_LARGE,
                         static_cast<curl_off_t>(body.size()));
        curl_easy_setopt(handle_, CURLOPT_POSTFIELDS, body.c_str());
    } else if (method == "POST") {
        curl_easy_setopt(handle_, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t{0});
        curl_easy_setopt(handle_, CURLOPT_POSTFIELDS, "");
    }
    curl_easy_setopt(handle_, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(handle_, CURLOPT_HEADERFUNCTION, take_header);
}

// An order carries a key, so that it is carried out once however often it is sent: when its answer
// is lost it is sent again. A controller that was started meanwhile has forgotten the key, and
// might carry it out twice.
Result<HttpResponse> CurlTransport::send(const std::string& method, const std::string& path,
                                         const std::string& body) {
    const bool order = method != "GET";
    const std::string key = order ? to_hex(random_bytes(kKeyBytes)) : std::string{};
    const Answer before = order ? ask("GET", kSession, {}, {}) : Answer{};
    // Nothing has been ordered yet, and would not be.
    if (before.code != CURLE_OK && !answer_lost(before.code))
        return unreachable(before.code, before.why);
    if (before.response.status == kUnauthorized) return before.response;
    const std::string started = started_in(before.response);
    Answer answer = ask(method, path, body, key);
    for (int sent = 0; !started.empty() && answer_lost(answer.code) && sent < kMostRepeats;
         ++sent) {
        const Answer session = ask("GET", kSession, {}, {});
        const std::string now = started_in(session.response);
        if (now.empty()) break;
        if (now != started) return restarted_since();
        answer = ask(method, path, body, key);
    }
    for (int asked = 0; order && in_work(answer.response) && asked < kMostAskedAgain; ++asked) {
        std::this_thread::sleep_for(kAskAgainAfter);
        answer = ask(method, path, body, key);
    }
    if (answer.code != CURLE_OK) return unreachable(answer.code, answer.why);
    return std::move(answer.response);
}

CurlTransport::Answer CurlTransport::ask(const std::string& method, const std::string& path,
                                         const std::string& body, const std::string& key) {
    const std::string url = (socket_.empty() ? settings_.url : "http://localhost") + path;
    const Secret authorization{"Authorization: Bearer " + settings_.token.reveal()};
    prepare(method, url, body);
    curl_slist* headers = curl_slist_append(nullptr, "Accept: application/json");
    headers = curl_slist_append(headers, "User-Agent: understudyctl");
    headers = curl_slist_append(headers, "Expect:");
    headers = curl_slist_append(headers,
                                body.empty() ? "Content-Type:" : "Content-Type: application/json");
    const std::string key_header = "Idempotency-Key: \"" + key + "\"";
    if (!key.empty()) headers = curl_slist_append(headers, key_header.c_str());
    if (!settings_.token.empty())
        headers = curl_slist_append(headers, authorization.reveal().c_str());
    curl_easy_setopt(handle_, CURLOPT_HTTPHEADER, headers);
    Received received;
    char trouble[CURL_ERROR_SIZE] = "";
    curl_easy_setopt(handle_, CURLOPT_WRITEDATA, &received);
    curl_easy_setopt(handle_, CURLOPT_HEADERDATA, &received);
    curl_easy_setopt(handle_, CURLOPT_ERRORBUFFER, trouble);
    const CURLcode code = curl_easy_perform(handle_);
    curl_easy_setopt(handle_, CURLOPT_ERRORBUFFER, nullptr);
    curl_slist_free_all(headers);
    if (code != CURLE_OK) {
        std::string why = received.too_long  ? "the answer is too long"
                          : *trouble != '\0' ? trouble
                                             : curl_easy_strerror(code);
        return {code, std::move(why), {}};
    }
    long status = 0;
    curl_easy_getinfo(handle_, CURLINFO_RESPONSE_CODE, &status);
    received.response.status = static_cast<int>(status);
    return {code, {}, std::move(received.response)};
}

Error CurlTransport::unreachable(CURLcode code, const std::string& why) const {
    const std::string what = "cannot reach the controller at " + settings_.url + ": ";
    if (code == CURLE_PEER_FAILED_VERIFICATION) {
        const Error reason = distrusted(handle_, settings_);
        Error error = transient(what + reason.message);
        error.remedy = reason.remedy;
        return error;
    }
    Error error = transient(what + why);
    error.remedy = advice(code, settings_);
    return error;
}

}  // namespace

std::unique_ptr<Transport> make_client(ClientSettings settings) {
    return std::make_unique<CurlTransport>(std::move(settings));
}

}  // namespace understudy::ctl
