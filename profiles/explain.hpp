#pragma once
#include <optional>
#include <string>
#include <vector>

#include "profiles/facts.hpp"
#include "profiles/tree.hpp"

namespace palier {

/// What a question's rules made of a machine, in words. Empty parts have nothing to say.
struct Explanation {
  std::string facts;      ///< "23.5 GiB of memory, no GPU"
  std::string statement;  ///< "this machine has 12 GiB of memory", "this is a session of Kaggle"
  std::string source;     ///< "/proc/meminfo"
  std::string threshold;  ///< "at least 8 GiB of memory (16 GiB: comfortable)"
  std::string margin;     ///< "16.5 GiB above", "3.2 GiB short"
  std::string sentence;   ///< all of it, for a person who is asked
};

Explanation explain(const Question& question, const Facts& facts, Lang lang);

/// What a machine lacks for comfort if it gives `answer`: the `below` texts of the rules for that answer, of each fact
/// the first that applies.
std::vector<std::string> shortfalls(const Question& question, const std::string& answer, const Facts& facts, Lang lang);

/// The amount of a fact added (or taken away, where negative): "3.2 GiB more memory".
std::string change_text(const FactKind& kind, double change, Lang lang);

}  // namespace palier
