// Script: plays the other side of an operation from recorded replies, and checks what is asked.
//
//   Script script{operation};
//   script.expect("GET", "/zones?name=example.com").reply(200, R"({...})");
//   const auto& location = script.value<Location>();
#pragma once

#include <doctest/doctest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "providers/provider.h"

namespace understudy::test {

inline HttpResponse response(int status, std::string body, std::vector<Header> headers = {}) {
    return HttpResponse{status, std::move(headers), std::move(body)};
}

class Script {
  public:
    explicit Script(std::unique_ptr<AnyOperation> operation)
        : operation_(std::move(operation)), step_(operation_->start(WallTime{})) {}

    // The question now open; an empty one, and a failed check, when there is none.
    const HttpRequest& request() const {
        static const HttpRequest none{};
        const auto* request = std::get_if<HttpRequest>(&step_);
        CHECK_MESSAGE(request != nullptr, "nothing is asked");
        return request == nullptr ? none : *request;
    }

    // The same where it is asked over DNS.
    const DnsExchange& exchange() const {
        static const DnsExchange none{};
        const auto* exchange = std::get_if<DnsExchange>(&step_);
        CHECK_MESSAGE(exchange != nullptr, "nothing is asked over DNS");
        return exchange == nullptr ? none : *exchange;
    }

    Script& expect(const std::string& method, const std::string& url_end) {
        const auto& url = request().url;
        CHECK(request().method == method);
        CHECK_MESSAGE(url.find(url_end) != std::string::npos, url, " lacks ", url_end);
        return *this;
    }
    Script& expect_body(const std::string& body) {
        CHECK(request().body == body);
        return *this;
    }

    Script& reply(int status, std::string body, std::vector<Header> headers = {}) {
        return answer(HttpAnswer{response(status, std::move(body), std::move(headers))});
    }
    Script& lose(bool may_have_arrived = true) {
        return answer(HttpAnswer{TransportFailure{may_have_arrived, "the connection broke"}});
    }
    Script& answer(const StepAnswer& answer) {
        REQUIRE(!done());
        step_ = operation_->resume(answer, WallTime{});
        return *this;
    }

    bool done() const { return std::holds_alternative<Finished>(step_); }
    bool failed() const { return operation_->failure() != nullptr; }
    const Error& error() const {
        REQUIRE_MESSAGE(done(), "still asks: ", request().method, " ", request().url);
        REQUIRE(operation_->failure() != nullptr);
        return *operation_->failure();
    }
    template <typename T>
    const T& value() const {
        REQUIRE_MESSAGE(done(), "still asks: ", request().method, " ", request().url);
        const auto* operation = dynamic_cast<const Operation<T>*>(operation_.get());
        REQUIRE(operation != nullptr);
        const auto& result = operation->result();
        REQUIRE_MESSAGE(result.ok(), (result.ok() ? "" : result.error().text()));
        return *result;
    }
    const std::vector<ReplaceOutcome>& outcomes() const {
        return value<std::vector<ReplaceOutcome>>();
    }

  private:
    std::unique_ptr<AnyOperation> operation_;
    Step step_;
};

inline AddressSet addresses(const std::string& text) {
    const auto set = parse_address_set(text);
    REQUIRE(set.has_value());
    return *set;
}

inline const Error& error_of(const ReplaceOutcome& outcome) {
    const auto* error = std::get_if<Error>(&outcome);
    REQUIRE(error != nullptr);
    return *error;
}

inline bool confirmed(const ReplaceOutcome& outcome) {
    return std::holds_alternative<Confirmed>(outcome);
}

inline bool is_foreign(const ReplaceOutcome& outcome) {
    return std::holds_alternative<Foreign>(outcome);
}

}  // namespace understudy::test
