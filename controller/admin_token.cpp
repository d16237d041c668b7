#include "controller/admin_token.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "base/crypto.h"
#include "base/descriptor.h"
#include "base/domain_name.h"
#include "base/log.h"

namespace understudy {
namespace {

Error cannot_write(const std::string& file) {
    return rejected(
        "the administrator's token cannot be written to '" + file + "': " + std::strerror(errno),
        "make its folder writable, or leave admin_token_file out");
}

Result<Done> write_token(const std::string& file, const Secret& token) {
    const Descriptor opened{open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)};
    const bool written = opened && fchmod(opened.get(), 0600) == 0 &&
                         write_all(opened.get(), token.reveal() + "\n") && fsync(opened.get()) == 0;
    if (!written) return cannot_write(file);
    return Done{};
}

void print_token(const std::string& name, const Secret& token) {
    std::printf("Administrator's token '%s', shown only this once:\n%s\n", name.c_str(),
                token.reveal().c_str());
    std::fflush(stdout);
}

}  // namespace

Result<Done> make_admin_token(Store& store, const std::string& name, const std::string& file,
                              WallTime now) {
    const auto label = read_label("name", name);
    if (!label) return label.error();
    const auto saved = store.load();
    if (!saved) return saved.error();
    for (const Token& known : saved->tokens) {
        if (known.name == *label) return conflict("there is a token '" + name + "' already");
    }
    const Secret token = make_token("usk");
    // Shown before it is saved: a crash in between leaves a token that opens nothing, not one
    // nobody knows.
    if (file.empty()) {
        print_token(*label, token);
    } else if (const auto written = write_token(file, token); !written) {
        return written.error();
    }
    Token row;
    row.id = TokenId{saved->last_id + 1};
    row.name = *label;
    row.role = Role::Admin;
    row.hash = token_hash(token.reveal());
    row.prefix = token_lookup_prefix(token.reveal()).value_or("");
    row.made = now;
    const auto committed = store.commit(std::vector<Change>{SaveToken{std::move(row)}}, now);
    if (!committed) return committed.error();
    return Done{};
}

Result<Done> make_first_admin_token(Store& store, const std::string& file, WallTime now) {
    const auto saved = store.load();
    if (!saved) return saved.error();
    if (!saved->tokens.empty()) return Done{};
    if (!file.empty())
        log::info("main", "first start: administrator's token written", {{"file", file}});
    return make_admin_token(store, "admin", file, now);
}

}  // namespace understudy
