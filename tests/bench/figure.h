// How the benches in C++ print a figure; figures.py is the same for those in Python. A figure is a
// row of a Markdown table, so that what tests/bench/run.sh prints is docs/figures.md.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <string>

namespace understudy {

// What a figure is held against: a floor, measured in the same run. Nothing when `what` is empty.
struct Peer {
    std::string what;
    double value = 0;
};

// At most so much; 0: there is no aim.
struct Aim {
    double limit = 0;
};

// Three digits that mean something, and all of those before the point.
inline std::string number(double value) {
    const double size = std::fabs(value);
    const bool whole = size >= 100 || size == std::floor(size);
    std::array<char, 64> text{};
    const int digits = whole ? 0 : (size >= 10 ? 1 : (size >= 0.1 ? 2 : 4));
    std::snprintf(text.data(), text.size(), "%.*f", digits, value);
    std::string out{text.data()};
    auto at = std::min(out.find('.'), out.size());
    while (at > 3 && out[at - 4] != '-') {
        at -= 3;
        out.insert(at, ",");
    }
    return out;
}

// A sentence on what is measured; the figures that follow stand in a table of their own.
inline bool table_begun = false;
inline void note(const std::string& text) {
    std::printf("%s%s\n\n", table_begun ? "\n" : "", text.c_str());
    table_begun = false;
}

inline void show(const std::string& name, double value, const std::string& unit, const Peer& peer,
                 Aim aim = {}) {
    if (!table_begun) {
        std::puts("| figure | value | held against, in the same run | ratio | aim |");
        std::puts("|---|---|---|---|---|");
        table_begun = true;
    }
    std::string row = "| " + name + " | " + number(value) + " " + unit + " | ";
    if (!peer.what.empty()) row += number(peer.value) + " " + unit + ": " + peer.what;
    row += " | " + (peer.value > 0 ? number(value / peer.value) : std::string{}) + " | ";
    if (aim.limit > 0) {
        row += "at most " + number(aim.limit) + " " + unit;
        if (value > aim.limit) row += ", missed";
    }
    std::puts((row + " |").c_str());
    std::fflush(stdout);
}

}  // namespace understudy
