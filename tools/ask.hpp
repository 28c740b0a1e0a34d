#pragma once
#include <iosfwd>

#include "base/terminal.hpp"
#include "profiles/walk.hpp"

namespace palier {

/// Asks the tree's open questions one by one on `out`, reading answers from `in`: Enter takes the answer that the
/// machine gives, '?' explains, 'b' goes back. Answers already in `needs` are not asked for. Throws Interrupted on
/// Ctrl-C and Error where the input ends.
Needs ask_needs(const Tree& tree, const Machine& machine, Needs needs, std::istream& in, std::ostream& out,
                const Terminal& terminal);

/// A question that Enter answers with yes.
bool ask_yes(const std::string& question, Lang lang, std::istream& in, std::ostream& out);

}  // namespace palier
