#include "controller/core/change.h"

namespace understudy {

LogLine line_of(const Pool& pool, std::string type) {
    LogLine line;
    line.type = std::move(type);
    line.pool = pool.id;
    line.server = pool.primary();
    line.incident = pool.incident;
    return line;
}

LogLine line_of(const Domain& domain, const Pool& pool, std::string type) {
    LogLine line = line_of(pool, std::move(type));
    line.domain = domain.id;
    return line;
}

}  // namespace understudy
