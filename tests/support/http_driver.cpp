#include "tests/support/http_driver.h"

#include <curl/curl.h>
#include <poll.h>

#include <algorithm>
#include <string_view>

#include "controller/runtime/outbound/outbound_dns.h"

namespace understudy::test {
namespace {

using Headers = std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)>;

std::size_t take_body(char* data, std::size_t size, std::size_t count, void* target) {
    static_cast<HttpResponse*>(target)->body.append(data, size * count);
    return size * count;
}

std::size_t take_header(char* data, std::size_t size, std::size_t count, void* target) {
    std::string_view line{data, size * count};
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) return size * count;
    auto value = line.substr(colon + 1);
    while (value.starts_with(' '))
        value.remove_prefix(1);
    while (value.ends_with('\n') || value.ends_with('\r'))
        value.remove_suffix(1);
    static_cast<HttpResponse*>(target)->headers.push_back(
        {std::string{line.substr(0, colon)}, std::string{value}});
    return size * count;
}

Headers header_list(const HttpRequest& request) {
    Headers list{nullptr, &curl_slist_free_all};
    const auto add = [&list](const std::string& line) {
        auto* longer = curl_slist_append(list.get(), line.c_str());
        ensure(longer != nullptr);
        static_cast<void>(list.release());
        list.reset(longer);
    };
    for (const auto& header : request.headers)
        add(header.name + ": " + header.value);
    add("Expect:");
    return list;
}

}  // namespace

struct HttpDriver::Handle {
    CURL* curl = curl_easy_init();
    Handle() { ensure(curl != nullptr); }
    ~Handle() { curl_easy_cleanup(curl); }
    Handle(const Handle&) = delete;
    Handle& operator=(const Handle&) = delete;
};

HttpDriver::HttpDriver(Duration ahead) : handle_(std::make_unique<Handle>()), ahead_(ahead) {}
HttpDriver::~HttpDriver() = default;

HttpAnswer HttpDriver::send(const HttpRequest& request) {
    ++calls_;
    if (request.method != "GET") ++writes_;
    CURL* const curl = handle_->curl;
    curl_easy_reset(curl);
    HttpResponse response;
    const auto headers = header_list(request);
    curl_easy_setopt(curl, CURLOPT_URL, request.url.c_str());
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request.method.c_str());
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.get());
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(request.timeout.count()));
    curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &take_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &response);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, &take_header);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, &response);
    if (request.method != "GET") {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request.body.c_str());
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE,
                         static_cast<curl_off_t>(request.body.size()));
    }
    const auto code = curl_easy_perform(curl);
    if (code != CURLE_OK) {
        const bool connected = code != CURLE_COULDNT_CONNECT && code != CURLE_COULDNT_RESOLVE_HOST;
        return TransportFailure{connected, curl_easy_strerror(code)};
    }
    long status = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    response.status = static_cast<int>(status);
    return response;
}

DnsAnswer HttpDriver::send(const DnsExchange& exchange) {
    ++calls_;
    std::optional<DnsAnswer> answer;
    DnsExchanges exchanges{[&answer](TransferId, DnsAnswer got) { answer = std::move(got); }};
    exchanges.add(1, exchange);
    exchanges.work(BootClock::now());
    while (!answer) {
        const auto socket = exchanges.sockets().front();
        pollfd ready{socket.descriptor, static_cast<short>(socket.to_write ? POLLOUT : POLLIN), 0};
        const auto wait = exchanges.next_deadline() - BootClock::now();
        ::poll(&ready, 1, static_cast<int>(std::max(Duration{0}, wait).count()));
        exchanges.work(BootClock::now());
    }
    return *answer;
}

void HttpDriver::carry(AnyOperation& operation) {
    Step step = operation.start(wall_now() + ahead_);
    while (!std::holds_alternative<Finished>(step)) {
        const auto* request = std::get_if<HttpRequest>(&step);
        step = operation.resume(request != nullptr ? StepAnswer{send(*request)}
                                                   : StepAnswer{send(std::get<DnsExchange>(step))},
                                wall_now() + ahead_);
    }
}

}  // namespace understudy::test
