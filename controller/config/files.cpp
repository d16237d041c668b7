#include "controller/config/sections.h"

#include "base/text.h"
#include "base/url.h"

namespace understudy::config {
namespace {

// Without the slash at its end.
void read_public_url(Reading& reading) {
    const auto given = reading.root()["public_url"].string();
    if (!given) return;
    std::string_view url = *given;
    while (url.ends_with('/'))
        url.remove_suffix(1);
    const auto parts = split_url(url);
    const bool sound = parts && (parts->scheme == "https" || parts->scheme == "http") &&
                       !parts->authority.empty() &&
                       parts->authority.find('@') == std::string_view::npos && is_plain(url) &&
                       url.find_first_of(" ?#") == std::string_view::npos;
    if (sound) {
        reading.config().timings.public_url = url;
    } else {
        reading.fail("public_url", "this is no place where a page is",
                     "give the URL by which people reach the API, like "
                     "https://understudy.example.org");
    }
}

}  // namespace

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
    read_public_url(reading);
    set_flag(reading.root(), "allow_private_webhooks", reading.config().allow_private_webhooks);
}

}  // namespace understudy::config
