#include "providers/powerdns/verify.h"

#include <utility>

#include "providers/conversation.h"
#include "providers/settings.h"

namespace understudy::powerdns {
namespace {

class Verify final : public Conversation {
  public:
    explicit Verify(std::shared_ptr<const Server> server) : server_(std::move(server)) {}

    Step start() override {
        return ask(server_->get(""), [this](const HttpAnswer& answer) {
            const auto accepted = server_->read(answer);
            if (!accepted) return failed(accepted.error());
            const auto text = [&accepted](const char* key) {
                return foreign_text(accepted->root()[key].string().value_or("unknown"), {});
            };
            // The recursor's API looks alike.
            if (text("daemon_type") != "authoritative") {
                return failed(rejected("the server is a PowerDNS of type '" + text("daemon_type") +
                                           "', not an authoritative one",
                                       "give the web server address of pdns_server"));
            }
            Verification report;
            report.proven = {"the key is accepted by PowerDNS Authoritative " + text("version")};
            report.unproven = {
                "that records may be changed: a proxy in front may refuse PATCH, and some backends "
                "are read-only; only a change proves it"};
            return finished(std::move(report));
        });
    }

  private:
    std::shared_ptr<const Server> server_;
};

}  // namespace

std::unique_ptr<Operation> make_verify(std::shared_ptr<const Server> server) {
    return std::make_unique<Verify>(std::move(server));
}

}  // namespace understudy::powerdns
