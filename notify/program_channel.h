// Channels of kind "exec": a program of the controller's machine reads the notification as JSON on
// its standard input. The channel only names it; what the name stands for is in the controller's
// configuration, so nobody who may use the API chooses what is run. Pure.
#pragma once

#include <string>

#include "notify/channel.h"

namespace understudy {

class ProgramChannel final : public ChannelDriver {
  public:
    // settings: {"program": "sms"}.
    static Result<std::unique_ptr<ChannelDriver>> make(const std::string& settings,
                                                       const Programs& programs);

    Result<Dispatch> compose(const Message& message, WallTime now) const override;
    Delivery read(const HttpAnswer& answer, WallTime now) const override;
    Delivery read(const MailAnswer& answer) const override;
    // Exit code 0: delivered. 65 (EX_DATAERR): this message never. Anything else: tried again.
    Delivery read_program(const ProgramAnswer& answer) const override;

  private:
    ProgramChannel(std::string name, Program program)
        : name_(std::move(name)), program_(std::move(program)) {}

    const std::string name_;
    const Program program_;
};

}  // namespace understudy
