// Halfway: what a change of ours that was stopped may have left, where a service cannot change all
// addresses of a name at once (Capabilities::whole_names). Pure.
//
// Judged by family, for A and AAAA are changed one after the other, and a target may have changed
// again in between: each family shows what it had, was to have at some time, or shall have. Where
// each record is changed by itself a family may be on its way from one of these to another. What no
// change of ours can have left is a person's.
#pragma once

#include "providers/provider.h"

namespace understudy {

// `present`: what the name holds; it is neither wanted nor acceptable as it is.
bool may_be_halfway(const Capabilities& can, const RecordReplacement& replacement,
                    const AddressSet& present);

}  // namespace understudy
