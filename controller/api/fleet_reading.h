// How far the reading of records for fleet files is, as the API shows it.
#pragma once

#include "base/json.h"
#include "controller/api/call.h"
#include "controller/api/record_survey.h"

namespace understudy::api {

// 202: nothing is applied yet; ask again for the same, it goes on from there.
ApiResponse still_reading(const SurveyProgress& progress);

}  // namespace understudy::api
