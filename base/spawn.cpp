#include "base/spawn.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <utility>

extern "C" {  // the header of glibc 2.36 forgets to say so
#include <sys/pidfd.h>
}

namespace understudy {
namespace {

// A child must not speak to systemd in its parent's name nor find its parent's credentials.
bool is_private(std::string_view variable) {
    for (const std::string_view name : {"NOTIFY_SOCKET=", "WATCHDOG_PID=", "WATCHDOG_USEC=",
                                        "CREDENTIALS_DIRECTORY=", "LISTEN_FDS="}) {
        if (variable.substr(0, name.size()) == name) return true;
    }
    return false;
}

std::vector<char*> child_environment() {
    std::vector<char*> out;
    for (char** variable = environ; *variable != nullptr; ++variable) {
        if (!is_private(*variable)) out.push_back(*variable);
    }
    out.push_back(nullptr);
    return out;
}

// As posix_spawn() wants them; they live as long as `arguments`.
std::vector<char*> child_arguments(std::vector<std::string>& arguments) {
    std::vector<char*> out;
    for (std::string& argument : arguments)
        out.push_back(argument.data());
    out.push_back(nullptr);
    return out;
}

// Signals as a fresh program expects them: its parent may block or ignore some.
void set_attributes(posix_spawnattr_t& attributes) {
    sigset_t none;
    sigset_t all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(
        &attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
}

// The number of an error, or 0.
int spawn(pid_t& pid, std::vector<std::string>& arguments, int input, int output) {
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_init(&files);
    posix_spawnattr_init(&attributes);
    if (input < 0) {
        posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    } else {
        posix_spawn_file_actions_adddup2(&files, input, STDIN_FILENO);
    }
    posix_spawn_file_actions_adddup2(&files, output, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&files, output, STDERR_FILENO);
    // What a library opened without O_CLOEXEC is none of the program's.
    posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);
    set_attributes(attributes);
    const int error = posix_spawn(&pid, arguments.front().c_str(), &files, &attributes,
                                  child_arguments(arguments).data(), child_environment().data());
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&attributes);
    return error;
}

std::string trouble(const std::string& what, int error) {
    return what + ": " + std::strerror(error);
}

}  // namespace

std::string Child::start(std::vector<std::string> arguments, int input) {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) return trouble("cannot make a pipe", errno);
    output = Descriptor{ends[0]};
    const Descriptor child_end{ends[1]};
    fcntl(output.get(), F_SETFL, O_NONBLOCK);  // our end only: programs expect theirs to block
    const std::string program = arguments.front();
    if (const int error = spawn(pid, arguments, input, child_end.get()); error != 0) {
        pid = -1;
        return trouble("cannot start " + program, error);
    }
    process = Descriptor{pidfd_open(pid, 0)};
    return process ? std::string{} : trouble("cannot watch a process", errno);
}

void Child::kill_group() const {
    kill(-pid, SIGKILL);
}

bool Child::read_output(std::size_t limit_bytes) {
    std::array<char, 4096> piece{};
    const auto size = read(output.get(), piece.data(), piece.size());
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) return true;
    if (size <= 0) return false;
    text.append(piece.data(), std::min(limit_bytes - text.size(), static_cast<std::size_t>(size)));
    return true;
}

std::optional<Child::End> Child::ended() const {
    siginfo_t info{};
    if (waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOHANG | WNOWAIT) != 0 ||
        info.si_pid == 0)
        return std::nullopt;
    const bool by_itself = info.si_code == CLD_EXITED;
    return End{by_itself ? info.si_status : 128 + info.si_status, by_itself};
}

void ChildReaper::adopt(pid_t pid) {
    pids_.push_back(pid);
    collect();
}

void ChildReaper::collect() {
    std::erase_if(pids_, [](pid_t pid) {
        const pid_t got = waitpid(pid, nullptr, WNOHANG);
        return got == pid || (got < 0 && errno == ECHILD);
    });
}

}  // namespace understudy
