#include <array>

#include "base/channel_kinds.h"
#include "notify/channel.h"
#include "notify/email.h"
#include "notify/webhook.h"

namespace understudy {
namespace {

struct Wanted {
    const std::string& settings;
    const Secret& secrets;
    const std::optional<MailSettings>& mail;
    bool allow_private;
};
using Made = Result<std::unique_ptr<ChannelDriver>>;

struct Driver {
    std::string_view kind;
    Made (*make)(const Wanted& wanted);
};

Made make_email(const Wanted& wanted) {
    if (wanted.mail) return Email::make(wanted.settings, *wanted.mail);
    return invalid("kind", "this controller has no mail server",
                   "set smtp in the controller's configuration first, and restart it");
}

Made make_webhook(const Wanted& wanted) {
    return Webhook::make(wanted.secrets, wanted.allow_private);
}

constexpr std::array kDrivers{Driver{"email", make_email}, Driver{"webhook", make_webhook}};

}  // namespace

Made make_channel_driver(const std::string& kind, const std::string& settings,
                         const Secret& secrets, const std::optional<MailSettings>& mail,
                         bool allow_private_webhooks) {
    for (const Driver& driver : kDrivers) {
        if (driver.kind == kind)
            return driver.make({settings, secrets, mail, allow_private_webhooks});
    }
    return invalid("kind", "'" + kind + "' is no kind of channel",
                   "use " + channel_kind_words(" or "));
}

}  // namespace understudy
