// Troubles: what is broken, as far as people were told: a server whose alarm is open, a pool in an
// outage, a record that the provider refuses or somebody else changed. Nothing that is in
// maintenance or ignored. Incidents are made of them; reminders and escalations tell them. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "controller/core/fleet.h"
#include "controller/core/incident_book.h"

namespace understudy {

// One of these is wrong, and `told` is the worst that people heard of it.
struct Trouble {
    NoticeType told = NoticeType::ServerDown;
    const Server* server = nullptr;
    const Pool* pool = nullptr;
    const Domain* domain = nullptr;
    IncidentId incident;  // none yet: of a record that has just come into trouble
};

namespace troubles {

std::optional<Trouble> of(const Fleet& fleet, IncidentBook::Thing thing);

IncidentBook::Thing thing_of(const Trouble& trouble);
// Down is worse than in error, though as severe.
bool is_worse(NoticeType now, NoticeType before);

// Servers first, then pools, then domains, each in the order of their ids.
std::vector<Trouble> of_incident(const Fleet& fleet, const IncidentBook& book, IncidentId incident);
void sort(std::vector<Trouble>& troubles);

// Whether the channel hears of it, whatever it is told only later.
bool subscribes(const Channel& channel, const Fleet& fleet, const Trouble& trouble);

// "web1, web2 down; pool 'eu' without a healthy member; 3 records not as wanted"; the notice names
// the records, and the pool where it is about one alone.
Notice summary(const std::vector<Trouble>& sorted);
// Names all their pools in it: those without a healthy member, and those of the records.
void name_pools(Notice& notice, const Fleet& fleet, const std::vector<Trouble>& sorted);

}  // namespace troubles
}  // namespace understudy
