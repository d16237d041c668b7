// Observers: what follows from what they say, and what is told of them. Used by the engine.
#pragma once

#include "controller/core/step_context.h"

namespace understudy::observers {

// A new verdict is a sighting, and the server's pools are looked at anew. Where its observer is
// doubted from now on, or trusted again, that is logged, and every pool is.
void heard(StepContext& context, const ServiceProbed& input);

// "the controller", "server 'web1'"; by: none: the controller
std::string name_of(const Fleet& fleet, ServerId by);

// "2 of 3 observers"
std::string count_of(int some, const Word& word);

// "serves for 2 of 3 observers", of a word that says something.
std::string sentence_of(const Word& word);

// What observers say of it, for people: "https 443: 200 (controller); ..."; empty: nothing.
std::string sentence(const EngineView& view, ServerId server, const std::string& service);

}  // namespace understudy::observers
