// What would follow from losses, as answers: found out and written a bit at a time, as long answers
// are (long_answers.h). Loop thread only.
#pragma once

#include <vector>

#include "controller/api/call.h"

namespace understudy::api {

// Of those servers together.
void answer_what_if(const Call& call, const std::vector<ServerId>& lost);
// Of each server alone.
void answer_what_if_each(const Call& call);

}  // namespace understudy::api
