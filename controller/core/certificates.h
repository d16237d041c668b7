// Certificates near their end: people are told once per server and certificate, with every domain
// that the server shows it for.
#pragma once

#include "controller/core/step_context.h"

namespace understudy::certificates {

void on_seen(StepContext& context, const CertificateSeen& event);

}  // namespace understudy::certificates
