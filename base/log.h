// The log: one line per fact on stdout, `key=value` or JSON. systemd's journal adds the time when
// stdout is the journal. Any thread; lines never mix.
#pragma once

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

#include "base/words.h"

namespace understudy::log {

enum class Level { Debug, Info, Warning, Error };
enum class Format { KeyValue, Json };

struct Field {
    Field(std::string_view k, std::string_view v) : key(k), value(v) {}
    Field(std::string_view k, const char* v) : key(k), value(v) {}
    Field(std::string_view k, long long v) : key(k), value(std::to_string(v)) {}
    std::string_view key;
    std::string value;
};

void configure(Level lowest, Format format);

// area: the part that speaks ("hub", "engine", ...). message: plain words. Never hand it a secret.
void write(Level level, std::string_view area, std::string_view message,
           std::initializer_list<Field> fields = {});
// The same for fields that are only known at run time.
void write_all(Level level, std::string_view area, std::string_view message,
               std::span<const Field> fields);

inline void debug(std::string_view area, std::string_view message,
                  std::initializer_list<Field> fields = {}) {
    write(Level::Debug, area, message, fields);
}
inline void info(std::string_view area, std::string_view message,
                 std::initializer_list<Field> fields = {}) {
    write(Level::Info, area, message, fields);
}
inline void warning(std::string_view area, std::string_view message,
                    std::initializer_list<Field> fields = {}) {
    write(Level::Warning, area, message, fields);
}
inline void error(std::string_view area, std::string_view message,
                  std::initializer_list<Field> fields = {}) {
    write(Level::Error, area, message, fields);
}

}  // namespace understudy::log

template <>
inline constexpr understudy::Words<understudy::log::Level, 4>
    understudy::kWordsOf<understudy::log::Level>{{{understudy::log::Level::Debug, "debug"},
                                                  {understudy::log::Level::Info, "info"},
                                                  {understudy::log::Level::Warning, "warning"},
                                                  {understudy::log::Level::Error, "error"}}};
