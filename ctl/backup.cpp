// backup: a copy of the controller's store, fetched while it runs.
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "base/crypto.h"
#include "base/descriptor.h"
#include "base/text.h"
#include "ctl/command.h"
#include "ctl/display.h"

namespace understudy::ctl {
namespace {

// A new file, readable for its owner alone, that has its name only when it is whole.
class NewFile {
  public:
    explicit NewFile(const std::string& path)
        : path_(path), beside_(path + ".part"), file_(make(beside_)) {}
    ~NewFile() { ::unlink(beside_.c_str()); }
    NewFile(const NewFile&) = delete;
    NewFile& operator=(const NewFile&) = delete;

    bool good() const { return static_cast<bool>(file_); }
    bool append(std::string_view bytes) { return write_all(file_.get(), bytes); }
    bool finish() {
        return ::fsync(file_.get()) == 0 && std::rename(beside_.c_str(), path_.c_str()) == 0;
    }
    Error trouble() const {
        return invalid(path_, std::string{"cannot be written: "} + std::strerror(errno),
                       "name a file in a folder that you may write to");
    }

  private:
    static Descriptor make(const std::string& path) {
        ::unlink(path.c_str());
        return Descriptor{::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)};
    }

    std::string path_, beside_;
    Descriptor file_;
};

int fetch(Session& session, const std::string& path, std::int64_t bytes, NewFile& file) {
    std::int64_t offset = 0;
    while (offset < bytes) {
        const auto answer = session.get(path + "?offset=" + std::to_string(offset));
        if (!answer) return session.failure();
        const auto piece = from_base64(answer->root()["data"].string().value_or(""));
        if (!piece || piece->empty()) {
            return session.complain(
                kUnreachable, invalid({}, "a piece of the backup did not arrive", "try again"));
        }
        if (!file.append(*piece)) return session.complain(kUsage, file.trouble());
        offset += static_cast<std::int64_t>(piece->size());
    }
    return file.finish() ? static_cast<int>(kOk) : session.complain(kUsage, file.trouble());
}

int back_up(Session& session, const Arguments& arguments) {
    const std::string& path = arguments.words[0];
    if (!arguments.flag("force") && ::access(path.c_str(), F_OK) == 0)
        return session.usage("FILE", path + " is there already",
                             "name another one, or say --force");
    NewFile file{path};
    if (!file.good()) return session.complain(kUsage, file.trouble());
    const auto made = session.post("/backups");
    if (!made) return session.failure();
    const std::string backup = "/backups" + path_part(text_of(made->root()["id"]));
    const std::int64_t bytes = made->root()["bytes"].integer().value_or(0);
    const int code = fetch(session, backup, bytes, file);
    session.clear_away(backup);  // also when it was not fetched: it takes the store's room
    if (code != kOk) return code;
    if (session.json()) return session.show(*made, nullptr);
    session.print("Backup of " + std::to_string(bytes) + " bytes in " + plain_text(path) +
                  ".\nIts credentials stay sealed: restoring takes the controller's key file too, "
                  "kept apart from it.\nTo restore, on the controller's machine: "
                  "understudy-controller --restore " +
                  plain_text(path) + "\n");
    return kOk;
}

}  // namespace

std::vector<Command> backup_commands() {
    return {
        {"backup",
         "",
         "FILE [--force]",
         "Fetch a copy of the controller's store while it runs",
         "The copy is of one moment and holds everything: servers, pools, domains, providers and "
         "channels with their sealed credentials, the log, and what is still to be delivered. The "
         "key that opens the credentials is not in it: keep a copy of key_file "
         "(/var/lib/understudy/secret.key) apart from the backups.\n"
         "\n"
         "Examples:\n"
         "  understudyctl backup understudy-$(date +%F).db\n"
         "\n"
         "To restore, on the controller's machine, as root:\n"
         "  systemctl stop understudy-controller\n"
         "  understudy-controller --restore understudy-2026-11-21.db\n"
         "  systemctl start understudy-controller\n",
         {{"force", "", "Replace a file that is there"}},
         1,
         1,
         back_up}};
}

}  // namespace understudy::ctl
