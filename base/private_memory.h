// Keeps what this process holds in memory (keys, tokens, credentials) out of the reach of others of
// its user and off the disk. Called first in every program's main().
#pragma once

namespace understudy {

// No core dump, and no look into the memory by another process but root's (PR_SET_DUMPABLE).
// Programs that are started by this one are not concerned.
void keep_memory_private();

}  // namespace understudy
