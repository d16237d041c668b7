// What a command works with that asks no controller, or finds out by itself which: completion, man
// pages, contexts, doctor.
#pragma once

#include <functional>
#include <memory>

#include "ctl/session.h"
#include "ctl/settings.h"

namespace understudy::ctl {

struct Here {
    Environment environment;
    std::vector<std::string> files;  // settings_files()
    Output output = Output::Table;
    Session::Streams streams;
    std::function<std::unique_ptr<Transport>(ClientSettings)> connect = make_client;
};

}  // namespace understudy::ctl
