// Tables and field lists for people. Pure: text in, text out.
#pragma once

#include <string>
#include <vector>

namespace understudy::ctl {

enum class Tone { Plain, Good, Warning, Bad, Faint, Strong };

struct Cell {
    Cell(std::string content = {}, Tone how = Tone::Plain) : text(std::move(content)), tone(how) {}
    std::string text;  // foreign text is made harmless when rendered
    Tone tone;
};

struct Table {
    std::vector<std::string> header;
    std::vector<std::vector<Cell>> rows;
    std::vector<std::string> optional;  // columns that are left out when no row fills them
    std::string when_empty;             // a sentence instead of a header without rows
};

// Columns two blanks apart, nothing behind the last. `colours`: with ANSI sequences.
std::string render(const Table& table, bool colours);

// Text in lines of at most `width` columns where blanks allow it; the later ones begin with
// `indent` blanks.
std::string wrapped(const std::string& text, std::size_t width, std::size_t indent);

// "name:    web1" lines; a long content goes on below itself.
std::string render_fields(const std::vector<std::pair<std::string, Cell>>& fields, bool colours);

std::string toned(const Cell& cell, bool colours);
// The same for text that is harmless already and may have several lines.
std::string coloured(const std::string& text, Tone tone, bool colours);

}  // namespace understudy::ctl
