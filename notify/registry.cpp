#include "notify/channel.h"
#include "notify/email.h"
#include "notify/webhook.h"

namespace understudy {

Result<std::unique_ptr<ChannelDriver>> make_channel_driver(const std::string& kind,
                                                           const std::string& settings,
                                                           const Secret& secrets,
                                                           const std::optional<MailSettings>& mail,
                                                           bool allow_private_webhooks) {
    if (kind == "webhook") return Webhook::make(secrets, allow_private_webhooks);
    if (kind == "email") {
        if (mail) return Email::make(settings, *mail);
        return invalid("kind", "this controller has no mail server",
                       "set smtp in the controller's configuration first, and restart it");
    }
    return invalid("kind", "'" + kind + "' is no kind of channel", "use email or webhook");
}

}  // namespace understudy
