#include "agent/checks/child_process.h"

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

// A child must not speak to systemd in the agent's name nor find the agent's credentials.
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

// Signals as a fresh program expects them: the agent blocks the ones it reads from a descriptor.
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

}  // namespace

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

ChildProcess::~ChildProcess() {
    if (pid_ < 0) return;
    kill(-pid_, SIGKILL);
    reaper_.adopt(pid_);
}

std::string ChildProcess::start(Reactor& reactor, const std::vector<std::string>& arguments,
                                Done done) {
    done_ = std::move(done);
    std::array<int, 2> pipe_ends{};
    if (pipe2(pipe_ends.data(), O_CLOEXEC) != 0) {
        return std::string{"cannot make a pipe: "} + std::strerror(errno);
    }
    output_ = Descriptor{pipe_ends[0]};
    const Descriptor child_end{pipe_ends[1]};
    fcntl(output_.get(), F_SETFL, O_NONBLOCK);  // our end only: programs expect theirs to block
    if (const int error = spawn(arguments, child_end.get()); error != 0) {
        return "cannot start " + arguments.front() + ": " + std::strerror(error);
    }
    process_ = Descriptor{pidfd_open(pid_, 0)};
    if (!process_) return std::string{"cannot watch a process: "} + std::strerror(errno);
    process_watch_ = reactor.watch(process_.get(), Reactor::Interest::Read, [this] { exited(); });
    output_watch_ =
        reactor.watch(output_.get(), Reactor::Interest::Read, [this] { read_output(); });
    return {};
}

int ChildProcess::spawn(std::vector<std::string> arguments, int output) {
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_init(&files);
    posix_spawnattr_init(&attributes);
    posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&files, output, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&files, output, STDERR_FILENO);
    set_attributes(attributes);
    pid_t pid = -1;
    const int error = posix_spawn(&pid, arguments.front().c_str(), &files, &attributes,
                                  child_arguments(arguments).data(), child_environment().data());
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&attributes);
    if (error == 0) pid_ = pid;
    return error;
}

// The pipe is read to its end, so that the child does not block; only the beginning is kept.
void ChildProcess::read_output() {
    std::array<char, 1024> piece{};
    const auto size = read(output_.get(), piece.data(), piece.size());
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (size <= 0) {
        output_watch_ = {};
        return;
    }
    const auto room = kOutputLimitBytes - text_.size();
    text_.append(piece.data(), std::min(room, static_cast<std::size_t>(size)));
}

void ChildProcess::exited() {
    siginfo_t info{};
    if (waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) != 0 ||
        info.si_pid == 0) {
        return;
    }
    // What it left behind ends with it. While it is not collected yet, nobody else's group can have
    // its number.
    kill(-pid_, SIGKILL);
    reaper_.adopt(std::exchange(pid_, -1));
    process_watch_ = {};
    // What it wrote last may still be in the pipe. Who left its group may hold the other end open,
    // so nobody waits for its end.
    if (text_.size() < kOutputLimitBytes) read_output();
    output_watch_ = {};
    const int code = info.si_code == CLD_EXITED ? info.si_status : 128 + info.si_status;
    done_({code, text_});
}

std::string first_line(const std::string& output) {
    std::string line = output.substr(0, output.find('\n'));
    while (!line.empty() && (line.back() == '\r' || line.back() == ' '))
        line.pop_back();
    return line.substr(0, 160);
}

}  // namespace understudy
