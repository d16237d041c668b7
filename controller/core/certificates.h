// Certificates near their end: people are told once per server and certificate, with every domain
// that the server shows it for; of the controller's own once per certificate.
#pragma once

#include "controller/core/step_context.h"

namespace understudy::certificates {

void on_seen(StepContext& context, const CertificateSeen& input);
void on_own_seen(StepContext& context, const OwnCertificateSeen& input);

}  // namespace understudy::certificates
