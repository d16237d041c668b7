#include "base/private_memory.h"

#include <sys/prctl.h>

namespace understudy {

void keep_memory_private() {
    // The limit on core files would be inherited by the programs that checks start, and says
    // nothing to a handler of core dumps (core(5)); this keeps from both.
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

}  // namespace understudy
