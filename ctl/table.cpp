#include "ctl/table.h"

#include <algorithm>

#include "base/text.h"
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

constexpr std::size_t kFieldColumns = 100;

using Row = std::vector<Cell>;

void measure(const Row& row, std::vector<std::size_t>& widths) {
    for (std::size_t i = 0; i < row.size(); ++i) {
        if (i >= widths.size()) widths.push_back(0);
        widths[i] = std::max(widths[i], text_width(plain_text(row[i].text)));
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
            line += std::string(widths[i] - text_width(plain_text(row[i].text)) + 2, ' ');
        }
    }
    return line + "\n";
}

Table without_empty(const Table& whole) {
    std::vector<bool> keep;
    for (std::size_t i = 0; i < whole.header.size(); ++i) {
        const bool filled = std::ranges::any_of(
            whole.rows, [i](const Row& row) { return i < row.size() && !row[i].text.empty(); });
        keep.push_back(filled ||
                       std::ranges::find(whole.optional, whole.header[i]) == whole.optional.end());
    }
    Table table;
    for (std::size_t i = 0; i < keep.size(); ++i) {
        if (keep[i]) table.header.push_back(whole.header[i]);
    }
    for (const Row& row : whole.rows) {
        Row& kept = table.rows.emplace_back();
        for (std::size_t i = 0; i < row.size(); ++i) {
            if (i >= keep.size() || keep[i]) kept.push_back(row[i]);
        }
    }
    return table;
}

}  // namespace

std::string coloured(const std::string& text, Tone tone, bool colours) {
    if (!colours || tone == Tone::Plain || text.empty()) return text;
    return sequence(tone) + text + "\x1b[0m";
}

std::string toned(const Cell& cell, bool colours) {
    return coloured(plain_text(cell.text), cell.tone, colours);
}

std::string wrapped(const std::string& text, std::size_t width, std::size_t indent) {
    std::string out;
    std::size_t column = indent;
    for (std::size_t at = 0; at <= text.size();) {
        const std::size_t blank = std::min(text.find(' ', at), text.size());
        const std::string word = text.substr(at, blank - at);
        const std::size_t taken = text_width(word);
        if (column > indent && column + 1 + taken > width) {
            out += "\n" + std::string(indent, ' ');
            column = indent;
        } else if (at > 0) {
            out += ' ';
            ++column;
        }
        out += word;
        column += taken;
        at = blank + 1;
    }
    return out;
}

std::string render(const Table& whole, bool colours) {
    if (whole.rows.empty() && !whole.when_empty.empty()) return whole.when_empty + "\n";
    const Table table = without_empty(whole);
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
        const std::size_t indent = width + 1;
        std::string line = name.empty() ? "" : name + ":";
        if (!cell.text.empty())
            line +=
                std::string(indent - text_width(line), ' ') +
                coloured(wrapped(plain_text(cell.text), kFieldColumns, indent), cell.tone, colours);
        out += line + "\n";
    }
    return out;
}

}  // namespace understudy::ctl
