#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/lang.hpp"
#include "hwdetect/machine.hpp"

namespace palier {

struct Usage;

enum class FactUnit { bytes, count, flag };  // a flag is 1 where it holds, 0 elsewhere

/// What a machine says of one fact.
struct FactValue {
  std::optional<double> value;  ///< bytes or a count; nullopt where the machine does not tell
  Text shown;                   ///< "23.5 GiB of memory"; what a machine with the flag is
  std::string source;           ///< "/proc/meminfo"; empty where the document does not say
};

/// The closed list of facts that a tree may ask for.
struct FactKind {
  std::string_view name;
  FactUnit unit = FactUnit::bytes;
  Text noun;  ///< follows an amount: "memory", in French with its preposition: "de mémoire"; why a flag counts
  FactValue (*of)(const Machine&, const Usage&);
};

/// By name:
///   memory      bytes a program may use: the least of every limit, not the host's total
///   cpus        processors a program may use, limits included
///   gpu_memory  bytes of the largest usable GPU, 0 where there is none
///   free_disk   bytes free on the roomiest disk
///   session     1 in a session of a notebook service (Colab, Kaggle, Studio Lab), which is no computer of one's own
///   gpu_short   1 where the person asks for more GPU memory than the machine has
const FactKind* fact_kind(std::string_view name);
std::vector<std::string> fact_names();

using Facts = std::map<std::string, FactValue, std::less<>>;

Facts facts_of(const Machine& machine, const Usage& usage);

/// "8 GiB", "8 Gio", "2.5", "2,5".
std::string format_amount(double amount, FactUnit unit, Lang lang);

/// "8 GiB of memory", "8 Gio de mémoire", "4 CPUs".
std::string amount_text(const FactKind& kind, double amount, Lang lang);

}  // namespace palier
