// The steps of an enrolment, a file for each.
#pragma once

#include <string>

#include "agent/link_target.h"
#include "base/result.h"
#include "base/secret.h"

namespace understudy::enroll {

// --- controller_proof.cpp: whom the agent talks to. An authority that its system knows vouches for
// the controller, or the code has named the controller's certificate. Nothing secret is sent.
// OpenSSL, blocking, for some seconds at most.

// PEM of the authority that is to be trusted from now on: the one that signed the certificate which
// the code names, as the controller shows it. Empty: the system's authorities will do.
Result<std::string> find_authority(const LinkTarget& controller, const std::string& fingerprint);

// --- exchange.cpp: the conversation, over a Link of its own. The code goes with the upgrade, the
// token that was drawn in one message, and one comes back (docs/protocol.md).

// The server's name. Transient: it may have been taken, and the same token may be tried again.
Result<std::string> have_taken(const LinkTarget& controller, const Secret& code,
                               const Secret& token);

// --- files.cpp: whole or not there, and nobody's but their owner's to read where they hold a
// secret.

// A token that nobody has heard of yet, on the disk before anybody does: a second try after a lost
// answer, or a crash, finds the one that may be taken already.
Result<Secret> draft_token(const std::string& token_file);
// Only now the agent reads it. replace: a former one, whose owner it gets.
Result<Done> settle_token(const std::string& token_file, bool replace);
void drop_draft(const std::string& token_file);

// For everybody to read. True: it is new; false: it was there and says just this. What says
// something else is not replaced.
Result<bool> write_public(const std::string& file, const std::string& text);

}  // namespace understudy::enroll
