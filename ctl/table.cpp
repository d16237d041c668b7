#include "ctl/table.h"

#include <algorithm>

#include "ctl/text_width.h"

namespace understudy::ctl {
namespace {

const char* sequence(Tone tone) {
    switch (tone) {
        case Tone::Plain:
            return "";
        case Tone::Good:
            return "\x1b[32m";
        case Tone::Warning:
            return "\x1b[33m";
        case Tone::Bad:
            return "\x1b[1;31m";
        case Tone::Faint:
            return "\x1b[2m";
        case Tone::Strong:
            return "\x1b[1m";
    }
    return "";
}

using Row = std::vector<Cell>;

void measure(const Row& row, std::vector<std::size_t>& widths) {
    for (std::size_t i = 0; i < row.size(); ++i) {
        if (i >= widths.size()) widths.push_back(0);
        widths[i] = std::max(widths[i], text_width(printable(row[i].text)));
    }
}

std::string line_of(const Row& row, const std::vector<std::size_t>& widths, bool colours) {
    // What stands behind the last filled cell would be blanks at the end of the line.
    std::size_t filled = row.size();
    while (filled > 0 && row[filled - 1].text.empty())
        --filled;
    std::string line;
    for (std::size_t i = 0; i < filled; ++i) {
        line += toned(row[i], colours);
        if (i + 1 < filled) {
            line += std::string(widths[i] - text_width(printable(row[i].text)) + 2, ' ');
        }
    }
    return line + "\n";
}

}  // namespace

std::string toned(const Cell& cell, bool colours) {
    std::string text = printable(cell.text);
    if (!colours || cell.tone == Tone::Plain || text.empty()) return text;
    return sequence(cell.tone) + text + "\x1b[0m";
}

std::string render(const Table& table, bool colours) {
    if (table.rows.empty() && !table.when_empty.empty()) return table.when_empty + "\n";
    Row header;
    for (const std::string& name : table.header)
        header.emplace_back(name, Tone::Strong);
    std::vector<std::size_t> widths;
    measure(header, widths);
    for (const Row& row : table.rows)
        measure(row, widths);
    std::string out = line_of(header, widths, colours);
    for (const Row& row : table.rows)
        out += line_of(row, widths, colours);
    return out;
}

std::string render_fields(const std::vector<std::pair<std::string, Cell>>& fields, bool colours) {
    std::size_t width = 0;
    for (const auto& [name, cell] : fields)
        width = std::max(width, text_width(name) + 1);
    std::string out;
    for (const auto& [name, cell] : fields) {
        std::string line = name.empty() ? "" : name + ":";
        if (!cell.text.empty())
            line += std::string(width - text_width(line) + 1, ' ') + toned(cell, colours);
        out += line + "\n";
    }
    return out;
}

}  // namespace understudy::ctl
