// SealedDrivers: makes providers and channel drivers from stored rows. Opens the sealed credential
// when a row is first used and keeps the driver until the row changes. Loop thread only.
#pragma once

#include <map>

#include "base/crypto.h"
#include "controller/runtime/dispatch/dispatcher.h"

namespace understudy {

class SealedDrivers final : public Drivers {
  public:
    // `sealer` outlives it.
    SealedDrivers(const Sealer& sealer, std::optional<MailSettings> mail,
                  bool allow_private_webhooks, Programs programs = {})
        : sealer_(sealer),
          mail_(std::move(mail)),
          allow_private_webhooks_(allow_private_webhooks),
          programs_(std::move(programs)) {}

    Result<std::shared_ptr<const Provider>> provider(const ProviderAccount& account) override;
    Result<std::shared_ptr<const ChannelDriver>> channel(const Channel& channel) override;

    // The configuration was reloaded.
    void set_mail(std::optional<MailSettings> mail);
    void forget_removed(const Fleet& fleet) override;

  private:
    struct KnownProvider {
        ProviderAccount row;
        std::shared_ptr<const Provider> driver;
    };
    struct KnownChannel {
        std::string kind, settings, sealed_settings;  // what the driver was made of
        std::shared_ptr<const ChannelDriver> driver;
        bool made_of(const Channel& channel) const;
    };

    const Sealer& sealer_;
    std::optional<MailSettings> mail_;
    bool allow_private_webhooks_;
    const Programs programs_;
    std::map<ProviderId, KnownProvider> providers_;
    std::map<ChannelId, KnownChannel> channels_;
};

}  // namespace understudy
