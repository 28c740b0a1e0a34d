#pragma once
#include <optional>
#include <string>
#include <vector>

#include "profiles/quantity.hpp"
#include "profiles/sheet.hpp"

namespace palier {

void to_json(Json& json, const Range& range);
void from_json(const Json& json, Range& range);

/// One way to get the work done. All money in USD.
///   cost after m months at h hours a month = upfront + m (per_month + people + h per_hour), less what a resale brings
struct CostOption {
  std::string id;        ///< "runpod/rtx-3090", "this-machine", "buy/rtx-3060-12gb-used"
  std::string platform;  ///< row of platforms.yaml; "this-machine", or "buy" for hardware
  std::string leaf;      ///< of the budget tree: which answer it belongs to
  std::string name;      ///< "RunPod, RTX 3090 24 GiB"
  std::string kind;      ///< "own", "free", "buy", "jetson", "vps", "rent", "managed", "cluster", "data"
  std::string gpu;       ///< row of gpus.yaml that works; empty: none, or unknown
  int count = 1;         ///< of GPUs
  Range upfront;
  Range per_hour;   ///< machine, or electricity
  Range per_month;  ///< storage, egress, fees
  Range people;     ///< per month
  Range resale;     ///< after three years
  Range month;      ///< the three years' cost spread over them
  Range three_years;
  std::optional<Range> idle;  ///< of `month`, what is paid while nothing is done
  bool in_budget = true;
  std::string note;
  std::string terms;      ///< what the platform lends and where it ends: "T4 16 GiB; sessions of 12 h; 30 h a week"
  Provenance provenance;  ///< of the price
};

/// One that cannot do the work, and why.
struct CostMiss {
  std::string name;
  std::string why;
};

/// From how many hours a month on buying is cheaper than renting, over three years:
///   hours = ((price - resale) / 36 + what a month costs without an hour, less that of renting)
///           / (rent per hour - electricity per hour)
/// What a month costs without an hour is people, storage, egress and fees. Both stand among the options; for a server
/// of several GPUs `rent` is an offer of as many, and people cost the same.
struct BreakEven {
  std::string buy;                           ///< id of the option
  std::string rent;                          ///< id of the option, or of a row of prices.yaml
  Range rent_per_hour;                       ///< for as many GPUs as are bought
  std::optional<double> low, central, high;  ///< hours per month; nullopt: never
  double utilisation = 0;                    ///< `central` as a share of a month's 730 hours
  std::string sentence;
};

/// How a month's work fits a free notebook. The checkpoint interval is Young's: sqrt(2 * time to write one * time to
/// an interruption), with the GPU's memory written at costs.yaml's rate and an interruption per session.
struct FreePlan {
  std::string platform;
  double weekly_hours = 0;             ///< what is needed
  std::optional<double> weekly_limit;  ///< nullopt: not published
  int sessions = 0;                    ///< per week
  int checkpoint_minutes = 0;
  std::string checkpoint_method;  ///< how that came about
  std::string sentence;
};

struct Costs {
  double hours = 0;                  ///< per month, reckoned with
  double vram = 0;                   ///< bytes
  double storage = 0, egress = 0;    ///< bytes, bytes per month
  std::vector<std::string> assumed;  ///< what nobody said: "hours", "vram"
  std::string basis;                 ///< a sentence that says all this
  std::vector<CostOption> options;   ///< the cheapest first
  std::vector<CostMiss> misses;
  std::optional<BreakEven> break_even;
  std::vector<FreePlan> free_plans;
};

void to_json(Json& json, const Costs& costs);
void from_json(const Json& json, Costs& costs);

}  // namespace palier
