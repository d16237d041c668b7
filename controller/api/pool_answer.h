// What the handlers about pools share.
#pragma once

#include "controller/api/call.h"

namespace understudy::api {

// The pool that the path names. None: the call has been answered.
const Pool* pool_asked_for(const Call& call);
AfterCommit show_pool_after(const Call& call, PoolId pool);

}  // namespace understudy::api
