#pragma once

#include <cstddef>

#include "edgewise/cli/text.hpp"
#include "edgewise/edge/report_types.hpp"

// The tables of an audit on the terminal, in the order in which they are read. Each puts nothing
// where there is nothing to say.
namespace edgewise::cli {

// How much of each part is shown.
struct Limits {
    std::size_t findings;
    std::size_t lines;  // of a finding's text
    std::size_t why;    // lines of explanation under a table
    std::size_t rows;   // of the tables about groups
    std::size_t losses;
    std::size_t tail;  // rows of conflicts, flags and cases
    std::size_t next;
};

void put_resolvability(Paper& paper, const edge::AuditReport& report, const Limits& limits);
void put_losses(Paper& paper, const edge::AuditReport& report, const Limits& limits);
void put_effects(Paper& paper, const edge::AuditReport& report, const Limits& limits);
void put_conflicts(Paper& paper, const edge::AuditReport& report, const Limits& limits);
void put_flags(Paper& paper, const edge::AuditReport& report, const Limits& limits);
void put_cases(Paper& paper, const edge::AuditReport& report, const Limits& limits);

}  // namespace edgewise::cli
