// Observers: what is told of those who probe. Used by the engine.
#pragma once

#include "controller/core/step_context.h"

namespace understudy::observers {

// One is doubted from now on, or trusted again: it is logged, and every pool is looked at anew.
// by: none: the controller itself.
void review(StepContext& context, ServerId by, bool doubted);

// "the controller", "server 'web1'"
std::string name_of(const Fleet& fleet, ServerId by);

// "2 of 3 observers"
std::string count_of(int some, const Word& word);

// "serves for 2 of 3 observers", of a word that says something.
std::string sentence_of(const Word& word);

// What observers say of it, for people: "https 443: 200 (controller); ..."; empty: nothing.
std::string sentence(const EngineView& view, ServerId server, const std::string& service);

}  // namespace understudy::observers
