#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/json.hpp"
#include "base/lang.hpp"
#include "profiles/costs.hpp"
#include "profiles/fits.hpp"
#include "profiles/footprint.hpp"
#include "profiles/usage.hpp"

namespace palier {

/// What a person wants, as far as they said it. The answers are keyed by the tree's question names.
struct Needs {
  std::map<std::string, std::string> answers;  ///< {"goal": "learn", "local": "auto"}
  Lang lang = Lang::en;
  Usage usage = {};
  std::map<std::string, Location> places = {};  ///< where a needs file says what, by question or key
};

/// One question on the way to the leaf.
struct Step {
  std::string question;                    ///< its name in the tree: "local"
  std::string text;                        ///< the question as asked
  std::string answer;                      ///< "yes"
  std::string answer_text;                 ///< the answer as read
  std::string source;                      ///< "you" or "machine"
  std::optional<std::string> fact;         ///< "23.5 GiB of memory, no GPU"
  std::optional<std::string> fact_source;  ///< where that was read, or the limit that binds: "/proc/meminfo"
  std::optional<std::string> threshold;    ///< "at least 8 GiB of memory (16 GiB: comfortable)"
  std::optional<std::string> margin;       ///< "16.5 GiB above", "3.2 GiB short"
};

struct StackItem {
  std::string name;  ///< "Mamba"
  std::string role;  ///< "environments"
  std::string why;
};

struct Alternative {
  std::string leaf;
  std::string title;
  std::string why_not;
};

/// The smallest change after which the answer is another leaf.
struct Flip {
  std::string change;  ///< "16.5 GiB less memory"
  std::string leaf;
  std::string title;
};

/// A part that would help this machine most, the first before the second.
struct Upgrade {
  std::string name;  ///< "32 GiB of memory"
  std::string why;   ///< "it has 7.6 GiB"
  Range price;       ///< USD
  Provenance provenance;
};

/// Document schema "palier.advice/1".
struct Advice {
  static constexpr const char* schema = "palier.advice/1";
  Needs needs;
  std::vector<Step> path;
  std::string leaf;     ///< "local", "notebooks", "managed", "kubernetes", "lakehouse", "modular"
  std::string title;    ///< the leaf as people read it
  std::string tier;     ///< "small budget"...
  std::string summary;  ///< one sentence: what one works with
  std::string data;     ///< the day the tree's content was last checked: "2026-11-20"
  std::map<std::string, std::string> checked;  ///< data file: the day it was; estimate() adds it
  std::vector<StackItem> stack;
  std::vector<Alternative> alternatives;
  std::vector<Flip> flips;
  std::vector<std::string> risks;
  std::optional<Costs> costs;          ///< what the options cost; estimate() adds it
  std::optional<Footprint> footprint;  ///< of the cheapest option of this leaf; estimate() adds it
  std::vector<Fit> fits;               ///< of the model to be served, by engine; full_advice() adds them
  std::vector<Upgrade> upgrades;       ///< of a computer of one\'s own; estimate() adds them
  std::vector<std::string> next;       ///< commands worth typing, each with a shell comment that says what it does
};

void to_json(Json& json, const Advice& advice);
void from_json(const Json& json, Advice& advice);

/// Reads an Advice document; `name` is where it came from, for errors.
Advice advice_from(const Json& document, const std::string& name);

}  // namespace palier
