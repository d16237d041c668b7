#include "ctl/listing.h"

namespace understudy::ctl {

std::string draw_list(const Session& session, json::Value items, const std::vector<Column>& columns,
                      const std::string& when_empty) {
    const unsigned left_out = session.wide() ? kOnlyNarrow : kOnlyWide;
    std::vector<const Column*> used;
    Table table;
    table.when_empty = when_empty;
    for (const Column& column : columns) {
        if ((column.shown & left_out) != 0) continue;
        used.push_back(&column);
        table.header.push_back(column.title);
        if ((column.shown & kOnlyFilled) != 0) table.optional.push_back(column.title);
    }
    items.each([&](json::Value item) {
        auto& row = table.rows.emplace_back();
        for (const Column* column : used)
            row.push_back(column->cell(column->field.empty() ? item : item[column->field]));
    });
    return session.draw(table);
}

}  // namespace understudy::ctl
