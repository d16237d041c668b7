// Certificates near their end: people are told once per server and certificate, with every domain
// that the server shows it for; of the controller's own once per certificate.
#pragma once

#include "controller/core/step_context.h"

namespace understudy::certificates {

void on_seen(StepContext& context, const CertificateSeen& event);
void on_own_seen(StepContext& context, const OwnCertificateSeen& event);

}  // namespace understudy::certificates
