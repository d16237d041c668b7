#include "controller/config/sections.h"

namespace understudy::config {

void read_files(Reading& reading) {
    const auto store = reading.root()["store"];
    if (auto path = reading.path_at(store, "path", "store.path"); !path.empty()) {
        reading.config().store_path = std::move(path);
    }
    set_days(store, "log_retention_days", reading.config().retention.log);
    set_days(store, "delivered_retention_days", reading.config().retention.delivered);
    if (auto path = reading.path_at(reading.root(), "key_file", "key_file"); !path.empty()) {
        reading.config().key_file = std::move(path);
    }
    reading.fail_if_closed(reading.config().store_path, "store.path", true);
    reading.fail_if_closed(reading.config().key_file, "key_file", false);
    reading.config().admin_token_file =
        reading.path_at(reading.root(), "admin_token_file", "admin_token_file");
    reading.config().extra_ca_file =
        reading.readable_file(reading.root(), "extra_ca_file", "extra_ca_file");
    set_flag(reading.root(), "allow_private_addresses", reading.config().allow_private_addresses);
    reading.config().timings.private_addresses = reading.config().allow_private_addresses;
    set_flag(reading.root(), "allow_private_webhooks", reading.config().allow_private_webhooks);
}

}  // namespace understudy::config
