#pragma once
#include "profiles/advice.hpp"
#include "profiles/fit/target.hpp"
#include "profiles/knowledge.hpp"
#include "profiles/tree.hpp"
#include "profiles/usage.hpp"

namespace palier {

/// What is reckoned about: one advice, and the leaves of the tree that answer the same goal.
struct Case {
  const Knowledge& knowledge;
  const Machine& machine;
  PlannedWork work;
  std::string goal;                 ///< the first answer on the way: "learn"
  std::string leaf;                 ///< the advice's
  std::vector<std::string> leaves;  ///< it, and the others behind the same first answer
  double least_memory = 0;          ///< bytes that the tree asks of a machine to work on
  Lang lang = Lang::en;
};

/// advise(), estimate() and fits_of(), from the data that palier knows: what every command calls the advice. `report`
/// is what was measured of that machine, if anything was. Throws Error, also where nothing of the report is of use.
Advice full_advice(const Tree& tree, const DataPath& data, const Machine& machine, const Needs& needs,
                   const MeasuredReport* report = nullptr);

/// Adds costs, footprint and what goes with them to an advice.
void estimate(const Tree& tree, const Knowledge& knowledge, const Machine& machine, Advice& advice);

/// Every option that can do the work, the cheapest first; why the others cannot; break-even and free plans.
Costs estimate_costs(const Case& about);

/// The options of `about`, unsorted; what cannot do the work goes to `misses`.
std::vector<CostOption> cost_options(const Case& about, std::vector<CostMiss>& misses);

std::optional<BreakEven> break_even(const std::vector<CostOption>& options, const Case& about);
std::vector<FreePlan> free_plans(const std::vector<CostOption>& options, const Case& about);

/// Of the advice's cheapest option of its own leaf; nullopt where there is none, or no work. docs/footprint.md.
std::optional<Footprint> estimate_footprint(const Case& about, const Advice& advice);

/// What to buy first for this machine: the toolbox's 12 GB GPU, 32 GB of memory, NVMe. Nothing for a machine that is
/// not a computer of one's own (container, VM, cloud, notebook, Jetson).
std::vector<Upgrade> upgrades(const Case& about);

/// What platforms.yaml says may go wrong: GPUs that are not guaranteed, sessions that end, GPUs that the image's
/// PyTorch, or today's on this machine, has no kernels for.
std::vector<std::string> platform_risks(const Case& about);

/// "12.3", "1410"; "12,3" in French.
std::string number_text(double value, Lang lang);
/// As exact as an estimate is, two figures: "9.2", "33", "240"; "9,2" in French.
std::string rough_text(double value, Lang lang);
/// "24 GiB", "24 Gio".
std::string size_text(double bytes, Lang lang);

}  // namespace palier
