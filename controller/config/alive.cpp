// "alive_url" or "alive_url_file": who notices when the controller falls silent. The URL carries a
// token, so no complaint repeats it.
#include "controller/config/sections.h"
#include "notify/webhook_url.h"

namespace understudy::config {

void read_alive(Reading& reading) {
    const auto plain = reading.root()["alive_url"].string();
    auto& config = reading.config();
    config.alive_url_file =
        reading.readable_file(reading.root(), "alive_url_file", "alive_url_file");
    std::string place = "alive_url";
    if (plain) {
        config.alive_url = Secret{std::string{*plain}};
    } else if (!config.alive_url_file.empty()) {
        place = "alive_url_file";
        config.alive_url = reading.secret_in(config.alive_url_file, place, "the URL");
    }
    if (plain && !config.alive_url_file.empty()) {
        reading.fail("alive_url_file", "stands beside alive_url", "give one of the two");
    }
    if (!plain && config.alive_url.empty()) return;  // a file without it has been complained of
    if (const auto url = read_webhook_url(config.alive_url.reveal(), true); !url) {
        reading.fail(place, url.error().message,
                     "give the URL that the watching service shows you, which begins with "
                     "https://; http:// is taken for this machine itself only");
    }
}

}  // namespace understudy::config
