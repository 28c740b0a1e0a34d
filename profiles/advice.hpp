#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "base/lang.hpp"

namespace palier {

/// What a person wants, as far as they said it. The answers are keyed by the tree's question names.
struct Needs {
  std::map<std::string, std::string> answers;  ///< {"goal": "learn", "local": "auto"}
  Lang lang = Lang::en;
};

/// One question on the way to the leaf.
struct Step {
  std::string question;                  ///< its name in the tree: "local"
  std::string text;                      ///< the question as asked
  std::string answer;                    ///< "yes"
  std::string source;                    ///< "you" or "machine"
  std::optional<std::string> fact;       ///< "RAM 23.5 GiB, no GPU"
  std::optional<std::string> threshold;  ///< "at least 8 GiB of RAM (16 comfortable)"
  std::optional<std::string> margin;     ///< "15.5 GiB above the minimum"
};

struct StackItem {
  std::string name;  ///< "Mamba"
  std::string role;  ///< "environments"
  std::string why;
};

struct Alternative {
  std::string leaf;
  std::string why_not;
};

/// The smallest change after which the answer is another leaf.
struct Flip {
  std::string change;  ///< "15.5 GiB less memory"
  std::string leaf;
};

/// Document schema "palier.advice/1".
struct Advice {
  static constexpr const char* schema = "palier.advice/1";
  Needs needs;
  std::vector<Step> path;
  std::string leaf;   ///< "local", "notebooks", "managed", "kubernetes", "lakehouse", "modular"
  std::string title;  ///< the leaf as people read it
  std::string tier;   ///< "small budget"...
  std::vector<StackItem> stack;
  std::vector<Alternative> alternatives;
  std::vector<Flip> flips;
  std::vector<std::string> risks;
  std::vector<std::string> next;  ///< commands worth typing
};

void to_json(Json& json, const Advice& advice);
void from_json(const Json& json, Advice& advice);

/// Reads an Advice document; `name` is where it came from, for errors.
Advice advice_from(const Json& document, const std::string& name);

}  // namespace palier
