#include "controller/core/change.h"

namespace understudy {

LogLine line_of(const Pool& pool, EventType type) {
    LogLine line;
    line.type = type;
    line.pool = pool.id;
    line.server = pool.primary();
    line.incident = pool.incident;
    return line;
}

LogLine line_of(const Domain& domain, const Pool& pool, EventType type) {
    LogLine line = line_of(pool, type);
    line.domain = domain.id;
    return line;
}

}  // namespace understudy
