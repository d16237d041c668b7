// outbound_client: the real outbound worker behind a pipe, for tests/integration/test_outbound.py.
// Every line on stdin is one transfer as JSON, every line on stdout one answer; at the end of stdin
// it stops the worker.
//
// {"id": 1, "kind": "http", "method", "url", "headers": {}, "body", "timeout_ms", "limit",
// "status_decides", "public_only"}
// {"id": 2, "kind": "mail", "host", "port", "security", "username", "password", "ca_file",
// "ehlo_name", "from",
//  "to": [], "message", "timeout_ms"}
// {"id": 3, "kind": "probe", "address", "port", "name", "timeout_ms"}
// {"id": 4, "kind": "service", "address", "target", "name", "status", "text", "require",
// "timeout_ms", "too_late"}
#include <array>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <mutex>
#include <string>
#include <thread>

#include "base/json.h"
#include "controller/runtime/outbound/outbound_worker.h"

namespace {

using namespace understudy;

std::string text(json::Value value, std::string_view key, std::string_view otherwise = {}) {
    return std::string{value[key].string().value_or(otherwise)};
}

Duration milliseconds(json::Value value, Duration otherwise) {
    return Duration{value["timeout_ms"].integer().value_or(otherwise.count())};
}

HttpRequest http_request(json::Value line) {
    HttpRequest request;
    request.method = text(line, "method", "GET");
    request.url = text(line, "url");
    request.body = text(line, "body");
    line["headers"].each_member([&](std::string_view name, json::Value value) {
        request.headers.push_back(
            Header{std::string{name}, std::string{value.string().value_or("")}});
    });
    request.timeout = milliseconds(line, request.timeout);
    request.answer_limit_bytes =
        static_cast<std::size_t>(line["limit"].integer().value_or(1 << 20));
    request.status_decides = line["status_decides"].boolean().value_or(false);
    request.peers = line["public_only"].boolean().value_or(false) ? HttpRequest::Peers::PublicOnly
                                                                  : HttpRequest::Peers::OwnNetwork;
    return request;
}

MailRequest mail_request(json::Value line) {
    MailRequest request;
    auto& server = request.server;
    server.host = text(line, "host");
    server.port = static_cast<std::uint16_t>(line["port"].integer().value_or(25));
    const auto security = text(line, "security", "starttls");
    server.security = security == "none"  ? MailSecurity::None
                      : security == "tls" ? MailSecurity::Tls
                                          : MailSecurity::StartTls;
    server.ehlo_name = text(line, "ehlo_name", "tests.example.org");
    server.username = text(line, "username");
    server.password = Secret{text(line, "password")};
    server.ca_file = text(line, "ca_file");
    request.sender = text(line, "from", "from@example.org");
    line["to"].each(
        [&](json::Value each) { request.recipients.emplace_back(each.string().value_or("")); });
    request.message = text(line, "message");
    request.timeout = milliseconds(line, request.timeout);
    return request;
}

ServiceProbe service_probe(json::Value line) {
    ServiceProbe probe;
    probe.address = text(line, "address", "127.0.0.1");
    probe.name = text(line, "name", "www.example.org");
    auto& terms = probe.terms;
    terms.target = parse_probe_target(text(line, "target")).value_or(ProbeTarget{});
    terms.status = parse_status_range(text(line, "status")).value_or(StatusRange{});
    terms.text = text(line, "text");
    if (line["require"].boolean().value_or(false)) terms.certificate = ProbeCertificate::Require;
    if (line["proxy"].boolean().value_or(false)) terms.proxy_protocol = ProxyProtocol::V1;
    terms.timeout = milliseconds(line, terms.timeout);
    if (line["too_late"].boolean().value_or(false)) probe.start_by = Instant{};
    return probe;
}

Transfer transfer_of(json::Value line) {
    const auto kind = text(line, "kind");
    if (kind == "http") return http_request(line);
    if (kind == "mail") return mail_request(line);
    if (kind == "service") return service_probe(line);
    if (kind == "connect") {
        ConnectProbe probe;
        probe.to = {text(line, "address"),
                    static_cast<std::uint16_t>(line["port"].integer().value_or(0))};
        probe.timeout = milliseconds(line, probe.timeout);
        return probe;
    }
    CertificateProbe probe;
    probe.address = text(line, "address");
    probe.port = static_cast<std::uint16_t>(line["port"].integer().value_or(443));
    probe.name = text(line, "name");
    probe.timeout = milliseconds(line, probe.timeout);
    return probe;
}

void write_http(json::Writer& out, const HttpAnswer& answer) {
    if (const auto* failure = std::get_if<TransportFailure>(&answer)) {
        out.field("may_have_arrived", failure->may_have_arrived).field("error", failure->message);
        return;
    }
    const auto& response = std::get<HttpResponse>(answer);
    out.field("status", response.status).field("body", response.body).key("headers").begin_object();
    for (const auto& header : response.headers)
        out.field(header.name, header.value);
    out.end_object();
}

void write_mail(json::Writer& out, const MailAnswer& answer) {
    constexpr std::array<const char*, 5> kSteps{"greeting", "name", "login", "sender", "mail"};
    out.field("code", answer.code).field("message", answer.message);
    out.field("step", kSteps.at(static_cast<std::size_t>(answer.step)));
    out.key("refused").begin_object();
    for (const auto& each : answer.refused)
        out.field(each.address, std::to_string(each.reply.code) + " " + each.reply.text);
    out.end_object();
}

void print(const TransferDone& done) {
    json::Writer out;
    out.begin_object().field("id", static_cast<std::int64_t>(done.id));
    if (const auto* http = std::get_if<HttpAnswer>(&done.answer)) {
        write_http(out, *http);
    } else if (const auto* mail = std::get_if<MailAnswer>(&done.answer)) {
        write_mail(out, *mail);
    } else if (const auto* connect = std::get_if<ConnectAnswer>(&done.answer)) {
        out.field("connected", connect->connected).field("error", connect->error);
    } else if (const auto* service = std::get_if<ServiceAnswer>(&done.answer)) {
        out.field("verdict", to_text(service->verdict)).field("sentence", service->sentence);
        out.field("late", service->late);
    } else {
        const auto& certificate = std::get<CertificateAnswer>(done.answer);
        out.field("not_after", certificate.not_after).field("serial", certificate.serial);
        out.field("error", certificate.error);
    }
    std::puts(out.end_object().take().c_str());
    std::fflush(stdout);
}

// Waits for answers the way the controller's loop does: woken by the mailbox.
class Printer {
  public:
    Printer() : answers([this] { wake(); }), thread_([this] { run(); }) {}
    void finish() {
        {
            const std::scoped_lock lock{mutex_};
            over_ = woken_ = true;
        }
        bell_.notify_one();
        thread_.join();
    }
    Mailbox<TransferDone> answers;

  private:
    void wake() {
        {
            const std::scoped_lock lock{mutex_};
            woken_ = true;
        }
        bell_.notify_one();
    }
    void run() {
        for (bool over = false; !over;) {
            std::unique_lock lock{mutex_};
            bell_.wait(lock, [this] { return woken_; });
            woken_ = false;
            over = over_;
            lock.unlock();
            for (const auto& done : answers.take_all())
                print(done);
        }
    }
    std::mutex mutex_;
    std::condition_variable bell_;
    bool woken_ = false;
    bool over_ = false;
    std::thread thread_;
};

}  // namespace

// Arguments: the patience for stopping in milliseconds, and optionally a file with an extra
// authority.
int main(int argc, char** argv) {
    OutboundSettings settings;
    if (argc > 2) settings.extra_ca_file = argv[2];
    const Duration patience{argc > 1 ? std::atoi(argv[1]) : 0};
    Printer printer;
    OutboundWorker worker{settings, printer.answers};
    std::string line;
    while (std::getline(std::cin, line)) {
        const auto document = json::Document::parse(line);
        if (!document) return 2;
        const auto root = document->root();
        worker.submit(static_cast<TransferId>(root["id"].integer().value_or(0)), transfer_of(root));
    }
    const bool all_done = worker.stop(patience);
    printer.finish();
    return all_done ? 0 : 1;
}
