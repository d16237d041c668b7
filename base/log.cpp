#include "base/log.h"

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <mutex>

#include "base/clock.h"
#include "base/json.h"
#include "base/utf8.h"

namespace understudy::log {
namespace {

std::atomic<Level> lowest_level{Level::Info};
std::atomic<Format> line_format{Format::KeyValue};
std::atomic<bool> into_journal{false};
std::mutex one_writer;  // the system may cut a long write in two

const char* name_of(Level level) {
    switch (level) {
        case Level::Debug:
            return "debug";
        case Level::Info:
            return "info";
        case Level::Warning:
            return "warning";
        case Level::Error:
            return "error";
    }
    return "unknown";
}

// sd-daemon(3): a line that begins so is filed by journald under that priority.
const char* journal_prefix(Level level) {
    switch (level) {
        case Level::Debug:
            return "<7>";
        case Level::Info:
            return "<6>";
        case Level::Warning:
            return "<4>";
        case Level::Error:
            return "<3>";
    }
    return "<6>";
}

// systemd.exec(5): JOURNAL_STREAM is device and inode of the journal's end of stdout.
bool stdout_is_journal() {
    const char* stream = std::getenv("JOURNAL_STREAM");
    struct stat status {};
    if (stream == nullptr || fstat(STDOUT_FILENO, &status) != 0) return false;
    return std::to_string(status.st_dev) + ":" + std::to_string(status.st_ino) == stream;
}

// Control characters, and the Unicode ones that break a line or reverse its direction: none of them
// may reach a terminal, and no foreign text may look like a line of ours.
bool must_be_escaped(char32_t point) {
    return point < 0x20 || (point >= 0x7f && point < 0xa0) ||
           (point >= 0x200b && point <= 0x200f) || (point >= 0x2028 && point <= 0x202e) ||
           (point >= 0x2060 && point <= 0x206f) || point == 0xfeff;
}

std::string escape(const char* format, unsigned value) {
    std::array<char, 16> out{};
    std::snprintf(out.data(), out.size(), format, value);
    return out.data();
}

void append_code_point(std::string& out, char32_t point, std::string_view bytes) {
    if (point == '"' || point == '\\') {
        out += '\\';
        out += bytes;
    } else if (point == '\n') {
        out += "\\n";
    } else if (point == '\t') {
        out += "\\t";
    } else if (must_be_escaped(point)) {
        out += escape("\\u%04x", static_cast<unsigned>(point));
    } else {
        out += bytes;
    }
}

std::string quoted(std::string_view text) {
    std::string out{'"'};
    while (!text.empty()) {
        const std::string_view before = text;
        const auto point = take_code_point(text);
        if (point) {
            append_code_point(out, *point, before.substr(0, before.size() - text.size()));
        } else {
            out += escape("\\x%02x", static_cast<unsigned char>(before[0]));
        }
    }
    return out + '"';
}

bool is_plain(std::string_view text) {
    if (text.empty()) return false;
    for (const char c : text) {
        if (c <= ' ' || c == '=' || c == '"' || c == '\\' || c == 0x7f) return false;
    }
    return true;  // ASCII only: as char is signed, every other byte is below ' '
}

std::string value_text(std::string_view text) {
    return is_plain(text) ? std::string{text} : quoted(text);
}

std::string key_value_line(Level level, std::string_view area, std::string_view message,
                           std::span<const Field> fields, bool with_time) {
    std::string out;
    if (with_time) out += "time=" + to_rfc3339(wall_now()) + " ";
    out += std::string{"level="} + name_of(level) + " area=" + value_text(area);
    out += " message=" + quoted(message);
    for (const Field& field : fields) {
        out += " " + value_text(field.key) + "=" + value_text(field.value);
    }
    return out;
}

std::string json_line(Level level, std::string_view area, std::string_view message,
                      std::span<const Field> fields, bool with_time) {
    json::Writer writer;
    writer.begin_object();
    if (with_time) writer.field("time", to_rfc3339(wall_now()));
    writer.field("level", name_of(level)).field("area", area).field("message", message);
    for (const Field& field : fields)
        writer.field(field.key, field.value);
    return writer.end_object().take();
}

}  // namespace

void configure(Level lowest, Format format) {
    lowest_level = lowest;
    line_format = format;
    into_journal = stdout_is_journal();
}

void write(Level level, std::string_view area, std::string_view message,
           std::initializer_list<Field> fields) {
    write_all(level, area, message, {fields.begin(), fields.size()});
}

void write_all(Level level, std::string_view area, std::string_view message,
               std::span<const Field> fields) {
    if (level < lowest_level) return;
    const bool journal = into_journal;
    const auto build = line_format == Format::Json ? &json_line : &key_value_line;
    std::string line = journal ? journal_prefix(level) : "";
    line += build(level, area, message, fields, !journal) + "\n";
    const std::scoped_lock lock{one_writer};
    std::string_view rest = line;
    while (!rest.empty()) {
        const ssize_t written = ::write(STDOUT_FILENO, rest.data(), rest.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return;  // nobody reads the log: not a reason to stop
        rest.remove_prefix(static_cast<std::size_t>(written));
    }
}

}  // namespace understudy::log
