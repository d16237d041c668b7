// Controller: the whole program put together, from a configuration to the loop and back. Used by
// main.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "controller/config.h"

namespace understudy {

class Controller {
  public:
    // Opens key, store and sockets, in that order; listens when it returns. config_file is read
    // again at SIGHUP.
    static Result<std::unique_ptr<Controller>> start(ControllerConfig config,
                                                     std::string config_file);
    ~Controller();

    // Until SIGTERM or SIGINT. An error: nothing could be written any more, so it stopped acting.
    Result<Done> run();

  private:
    struct Impl;
    explicit Controller(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace understudy
