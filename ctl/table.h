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
    std::string when_empty;  // a sentence instead of a header without rows
};

// Columns two blanks apart, nothing behind the last. `colours`: with ANSI sequences.
std::string render(const Table& table, bool colours);

// "name:    web1" lines.
std::string render_fields(const std::vector<std::pair<std::string, Cell>>& fields, bool colours);

std::string toned(const Cell& cell, bool colours);

}  // namespace understudy::ctl
