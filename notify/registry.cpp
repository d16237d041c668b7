#include <array>

#include "base/channel_kinds.h"
#include "notify/channel.h"
#include "notify/email.h"
#include "notify/program_channel.h"
#include "notify/service_channel.h"
#include "notify/webhook.h"

namespace understudy {
namespace {

struct Wanted {
    const std::string& settings;
    const Secret& secrets;
    const std::optional<MailSettings>& mail;
    bool allow_private;
    const Programs& programs;
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

Made make_exec(const Wanted& wanted) {
    return ProgramChannel::make(wanted.settings, wanted.programs);
}

template <const Service& service>
Made make_service(const Wanted& wanted) {
    return ServiceChannel::make(service, wanted.settings, wanted.secrets, wanted.allow_private);
}

constexpr std::array kDrivers{Driver{"email", make_email},
                              Driver{"webhook", make_webhook},
                              Driver{"slack", make_service<kSlack>},
                              Driver{"discord", make_service<kDiscord>},
                              Driver{"telegram", make_service<kTelegram>},
                              Driver{"teams", make_service<kTeams>},
                              Driver{"ntfy", make_service<kNtfy>},
                              Driver{"matrix", make_service<kMatrix>},
                              Driver{"pagerduty", make_service<kPagerDuty>},
                              Driver{"exec", make_exec}};

}  // namespace

Made make_channel_driver(const std::string& kind, const std::string& settings,
                         const Secret& secrets, const std::optional<MailSettings>& mail,
                         bool allow_private_webhooks, const Programs& programs) {
    for (const Driver& driver : kDrivers) {
        if (driver.kind == kind)
            return driver.make({settings, secrets, mail, allow_private_webhooks, programs});
    }
    return invalid("kind", "'" + kind + "' is no kind of channel",
                   "use " + channel_kind_words(" or "));
}

}  // namespace understudy
