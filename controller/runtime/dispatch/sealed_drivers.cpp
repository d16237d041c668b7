#include "controller/runtime/dispatch/sealed_drivers.h"

namespace understudy {

Result<std::shared_ptr<const Provider>> SealedDrivers::provider(const ProviderAccount& account) {
    const auto known = providers_.find(account.id);
    if (known != providers_.end() && known->second.row == account) return known->second.driver;

    auto credential = sealer_.open(account.sealed_credential);
    if (!credential) return credential.error();
    auto made = make_provider(account.kind, account.settings, *credential);
    if (!made) return made.error();
    std::shared_ptr<const Provider> driver = std::move(*made);
    providers_.insert_or_assign(account.id, KnownProvider{account, driver});
    return driver;
}

Result<std::shared_ptr<const ChannelDriver>> SealedDrivers::channel(const Channel& channel) {
    const auto known = channels_.find(channel.id);
    if (known != channels_.end() && known->second.made_of(channel)) return known->second.driver;
    Secret secrets;
    if (!channel.sealed_settings.empty()) {
        auto opened = sealer_.open(channel.sealed_settings);
        if (!opened) return opened.error();
        secrets = std::move(*opened);
    }
    auto made = make_channel_driver(channel.kind, channel.settings, secrets, mail_,
                                    allow_private_webhooks_, programs_);
    if (!made) return made.error();
    std::shared_ptr<const ChannelDriver> driver = std::move(*made);
    channels_.insert_or_assign(
        channel.id, KnownChannel{channel.kind, channel.settings, channel.sealed_settings, driver});
    return driver;
}

void SealedDrivers::set_mail(std::optional<MailSettings> mail) {
    mail_ = std::move(mail);
    channels_.clear();
}

bool SealedDrivers::KnownChannel::made_of(const Channel& channel) const {
    return kind == channel.kind && settings == channel.settings &&
           sealed_settings == channel.sealed_settings;
}

void SealedDrivers::forget_removed(const Fleet& fleet) {
    std::erase_if(providers_, [&](const auto& known) {
        const ProviderAccount* account = fleet.provider(known.first);
        return account == nullptr || !(known.second.row == *account);
    });
    std::erase_if(channels_, [&](const auto& known) {
        const Channel* channel = fleet.channel(known.first);
        return channel == nullptr || !known.second.made_of(*channel);
    });
}

}  // namespace understudy
