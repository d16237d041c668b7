// File descriptors that are closed with their owner, and what is done with one until it is done
// wholly. A call that answers false has left its reason in errno. Any thread.
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>
#include <utility>

namespace understudy {

class Descriptor {
  public:
    Descriptor() = default;
    explicit Descriptor(int fd) : fd_(fd) {}
    Descriptor(Descriptor&& other) noexcept : fd_(other.release()) {}
    Descriptor& operator=(Descriptor&& other) noexcept;  // closes what it had
    ~Descriptor();

    int get() const { return fd_; }
    explicit operator bool() const { return fd_ >= 0; }
    int release() { return std::exchange(fd_, -1); }

  private:
    int fd_ = -1;
};

bool write_all(int fd, std::string_view bytes);

// A file that was not there, with these bytes on the disk; nothing is left of one that failed. The
// mode counts whatever the umask is.
bool write_new_file(const std::string& path, std::string_view bytes, mode_t mode = 0600);

// Its folder onto the disk: what was made or renamed there is there after a crash.
bool sync_folder_of(const std::string& path);

}  // namespace understudy
