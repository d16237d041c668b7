// UserNames: what this machine calls its users. Where that stands in a directory service
// (nsswitch.conf(5)) the answer may take seconds: it is asked for beside the loop. Used by
// LocalPeers. Loop thread only.
#pragma once

#include <sys/types.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace understudy {

class UserNames {
  public:
    static constexpr std::size_t kKept = 256;
    static constexpr std::size_t kAtOnce = 4;  // lookups

    // Any thread. Empty: there is no such user; none: nobody can say it now.
    using LookUp = std::function<std::optional<std::string>(uid_t)>;
    static std::optional<std::string> in_system(uid_t uid);  // getpwuid(3)

    // Does that elsewhere. Throws std::system_error when no thread can be had.
    using Begin = std::function<void(std::function<void()>)>;
    static void on_thread(std::function<void()> work);

    explicit UserNames(LookUp look_up, Begin begin = on_thread);
    // None: it is being looked up. Ask again. The number when it cannot be looked up now.
    std::optional<std::string> of(uid_t uid);
    // "uid 1000", for who has no name.
    static std::string number(uid_t uid);

  private:
    struct Desk;
    LookUp look_up_;
    Begin begin_;
    std::shared_ptr<Desk> desk_;  // a lookup may outlast us: nobody waits for it
};

}  // namespace understudy
