#include "agent/enroll/steps.h"

#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string_view>

#include "agent/config.h"
#include "base/descriptor.h"
#include "base/ensure.h"
#include "base/token_shape.h"

namespace understudy::enroll {
namespace {

constexpr char kDraft[] = ".enrolling";

// 43 of 64 letters, each by lot: 258 bits.
Secret draw_token() {
    std::array<unsigned char, kTokenCharacters> drawn{};
    ensure(getrandom(drawn.data(), drawn.size(), 0) == static_cast<ssize_t>(drawn.size()));
    std::string token{kAgentToken};
    for (const unsigned char each : drawn)
        token += kTokenAlphabet[each % kTokenAlphabet.size()];
    return Secret{std::move(token)};
}

Error trouble(const std::string& file, const char* what) {
    return not_found(std::string{"cannot "} + what + " " + file + ": " + std::strerror(errno),
                     "run this as root, or as the owner of the folder");
}

// Whose the token is that is there: it gets the next one, and after a crash may have its draft.
std::optional<struct stat> former_of(const std::string& token_file) {
    struct stat former {};
    if (stat(token_file.c_str(), &former) != 0) return std::nullopt;
    return former;
}

bool is_draft(const struct stat& status, const std::optional<struct stat>& former) {
    return S_ISREG(status.st_mode) && status.st_nlink == 1 && (status.st_mode & 0077) == 0 &&
           (status.st_uid == geteuid() || (former && status.st_uid == former->st_uid));
}

// An earlier try's, if it is a whole token of ours that nobody else could read.
std::optional<Secret> earlier_draft(const std::string& token_file) {
    const std::string draft = token_file + kDraft;
    struct stat status {};
    if (lstat(draft.c_str(), &status) != 0 || !is_draft(status, former_of(token_file)))
        return std::nullopt;
    auto token = read_token(draft);
    if (!token || !is_token(token->reveal(), kAgentToken)) return std::nullopt;
    return *std::move(token);
}

// Not by its path: who owns the folder may have put a link to another's file there.
Result<Done> give_to_former(const std::string& draft, const struct stat& former) {
    const Descriptor opened{::open(draft.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)};
    struct stat status {};
    if (!opened || fstat(opened.get(), &status) != 0 || !is_draft(status, former)) {
        return conflict(draft + " is not the file that was written",
                        "see who writes to its folder, then run this again");
    }
    if (fchown(opened.get(), former.st_uid, former.st_gid) != 0)
        return trouble(draft, "keep the former token's owner for");
    return Done{};
}

std::optional<std::string> content_of(const std::string& file) {
    std::ifstream in{file, std::ios::binary};
    if (!in) return std::nullopt;
    return std::string{std::istreambuf_iterator<char>{in}, {}};
}

}  // namespace

Result<Secret> draft_token(const std::string& token_file) {
    const std::string draft = token_file + kDraft;
    if (auto earlier = earlier_draft(token_file)) return *std::move(earlier);
    unlink(draft.c_str());
    const Secret token = draw_token();
    const Secret line{token.reveal() + "\n"};
    if (!write_new_file(draft, line.reveal())) return trouble(draft, "write");
    sync_folder_of(draft);
    return token;
}

Result<Done> settle_token(const std::string& token_file, bool replace) {
    const std::string draft = token_file + kDraft;
    const auto former = replace ? former_of(token_file) : std::nullopt;
    if (former) {
        if (auto given = give_to_former(draft, *former); !given) return given;
    }
    const int done = replace ? rename(draft.c_str(), token_file.c_str())
                             : link(draft.c_str(), token_file.c_str());
    if (done != 0 || !sync_folder_of(token_file)) return trouble(token_file, "write");
    unlink(draft.c_str());
    return Done{};
}

void drop_draft(const std::string& token_file) {
    unlink((token_file + kDraft).c_str());
}

Result<bool> write_public(const std::string& file, const std::string& text) {
    if (const auto there = content_of(file)) {
        if (*there == text) return false;
        return conflict(file + " is there and says something else", "move it away");
    }
    const std::string draft = file + kDraft;
    unlink(draft.c_str());
    const bool written =
        write_new_file(draft, text, 0644) && link(draft.c_str(), file.c_str()) == 0;
    const Error error = trouble(file, "write");
    unlink(draft.c_str());
    if (!written) return error;
    sync_folder_of(file);
    return true;
}

}  // namespace understudy::enroll
