#include "base/log.h"

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <tuple>

#include "base/clock.h"
#include "base/descriptor.h"
#include "base/json.h"
#include "base/text.h"
#include "base/utf8.h"

namespace understudy::log {
namespace {

std::atomic<Level> lowest_level{Level::Info};
std::atomic<Format> line_format{Format::KeyValue};
std::atomic<bool> into_journal{false};
std::mutex one_writer;  // the system may cut a long write in two

// sd-daemon(3): a line that begins so is filed by journald under that priority.
constexpr Words<Level, 4> kJournalPrefix{
    {{Level::Debug, "<7>"}, {Level::Info, "<6>"}, {Level::Warning, "<4>"}, {Level::Error, "<3>"}}};

// systemd.exec(5): JOURNAL_STREAM is device and inode of the journal's end of stdout.
bool stdout_is_journal() {
    const char* stream = std::getenv("JOURNAL_STREAM");
    struct stat status {};
    if (stream == nullptr || fstat(STDOUT_FILENO, &status) != 0) return false;
    return std::to_string(status.st_dev) + ":" + std::to_string(status.st_ino) == stream;
}

// Escaped, not replaced as elsewhere: whoever reads a log wants to know what was there.
bool must_be_escaped(char32_t point) {
    return breaks_line(point) || misleads(point);
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
        out += escape(point < 0x10000 ? "\\u%04x" : "\\U%08x", static_cast<unsigned>(point));
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
    out += std::string{"level="} + to_text(level) + " area=" + value_text(area);
    out += " message=" + quoted(message);
    for (const Field& field : fields) {
        out += " " + value_text(field.key) + "=" + value_text(field.value);
    }
    return out;
}

std::string json_escape(char32_t point) {
    if (point < 0x10000) return escape("\\u%04x", point);
    const char32_t rest = point - 0x10000;
    return escape("\\u%04x", 0xd800 + (rest >> 10)) + escape("\\u%04x", 0xdc00 + (rest & 0x3ff));
}

// JSON needs escapes for some of these only; outside of strings it has none of them.
std::string json_escaped(std::string_view json) {
    std::string out;
    while (!json.empty()) {
        const std::string_view before = json;
        const auto point = take_code_point(json);
        const bool escaped = point && must_be_escaped(*point);
        out += escaped ? json_escape(*point)
                       : std::string{before.substr(0, before.size() - json.size())};
    }
    return out;
}

std::string json_line(Level level, std::string_view area, std::string_view message,
                      std::span<const Field> fields, bool with_time) {
    json::Writer writer;
    writer.begin_object();
    if (with_time) writer.field("time", wall_now());
    writer.field("level", to_text(level)).field("area", area).field("message", message);
    for (const Field& field : fields)
        writer.field(field.key, field.value);
    return json_escaped(writer.end_object().take());
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
    std::string line = journal ? word(kJournalPrefix, level) : "";
    line += build(level, area, message, fields, !journal) + "\n";
    const std::scoped_lock lock{one_writer};
    // Where nobody reads the log: not a reason to stop.
    std::ignore = understudy::write_all(STDOUT_FILENO, line);
}

}  // namespace understudy::log
