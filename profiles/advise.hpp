#pragma once
#include "base/terminal.hpp"
#include "profiles/advice.hpp"
#include "profiles/tree.hpp"
#include "profiles/walk.hpp"

namespace palier {

/// The leaf that fits, and why. What the needs leave out, or leave to "auto", the machine answers; where it cannot,
/// and where the needs contradict each other or the tree, throws Error (usage) that lists the choices. The same tree,
/// machine and needs give the same advice, byte for byte.
Advice advise(const Tree& tree, const Machine& machine, const Needs& needs);

/// How much a person wants to read.
enum class Detail { screen, full };

/// The advice as people read it: the recommendation first, in its own language.
std::string render(const Advice& advice, const Terminal& terminal, Detail detail = Detail::screen);

}  // namespace palier
