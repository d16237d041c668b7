// One message of wire.h, and the one with the most in it: what a controller asks an agent to look
// at. Nobody but wire.cpp includes this.
#pragma once

#include "base/json.h"
#include "schema/wire.h"
#include "schema/wire_fields.h"

namespace understudy::wire {

void write_probe(json::Writer& writer, const Probe& probe);
Probe read_probe(Fields& fields);

}  // namespace understudy::wire
