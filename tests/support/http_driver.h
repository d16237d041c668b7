// HttpDriver: carries a provider operation over real HTTP and DNS, one step at a time, blocking.
// For tests only; production has the outbound worker for it. One thread; one connection kept open.
#pragma once

#include <memory>

#include "providers/provider.h"

namespace understudy::test {

class HttpDriver {
  public:
    // ahead: how wrong the time of day is that operations are told.
    explicit HttpDriver(Duration ahead = {});
    ~HttpDriver();

    HttpAnswer send(const HttpRequest& request);
    DnsAnswer send(const DnsExchange& exchange);
    // The whole conversation.
    template <typename T>
    Result<T> run(Operation<T>& operation) {
        carry(operation);
        return operation.result();
    }

    int calls() const { return calls_; }
    int writes() const { return writes_; }  // of them, those that are no GET

  private:
    void carry(AnyOperation& operation);

    struct Handle;
    std::unique_ptr<Handle> handle_;
    Duration ahead_;
    int calls_ = 0;
    int writes_ = 0;
};

}  // namespace understudy::test
