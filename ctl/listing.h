// A list of the API's as a table: what stands in which column.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "ctl/session.h"

namespace understudy::ctl {

enum Shown : unsigned {
    kAlways = 0,
    kOnlyFilled = 1,  // only where a row fills it
    kOnlyWide = 2,    // only with -o wide
    kOnlyNarrow = 4,  // only without
};

struct Column {
    std::string title;
    std::string field;  // of an item; empty: the item itself
    std::function<Cell(json::Value)> cell;
    unsigned shown = kAlways;
};

// `when_empty`: a sentence in place of a table without rows.
std::string draw_list(const Session& session, json::Value items, const std::vector<Column>& columns,
                      const std::string& when_empty = {});

}  // namespace understudy::ctl
