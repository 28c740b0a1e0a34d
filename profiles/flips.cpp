#include "profiles/flips.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "profiles/explain.hpp"
#include "profiles/say.hpp"

namespace palier {
namespace {

/// What one fact would have to be.
struct Change {
  const Criterion* criterion = nullptr;
  double from = 0;
  double to = 0;
};

struct Candidate {
  Flip flip;
  double size = 0;  ///< relative to the thresholds
};

class MachineFlips {
 public:
  MachineFlips(const Tree& tree, const Facts& facts, const Needs& needs, const Walk& way)
      : tree_(tree), facts_(facts), needs_(needs), leaf_(*way.leaf) {}

  std::vector<Flip> of(const Question& question) {
    for (const Rule& rule : question.rules) {
      raise(rule);
      for (const Criterion& criterion : rule.needs) lower(criterion);
    }
    std::ranges::stable_sort(found_, {}, &Candidate::size);
    std::vector<Flip> nearest;
    for (Candidate& candidate : found_) {
      const bool known = std::ranges::any_of(nearest, [&](const Flip& f) { return f.leaf == candidate.flip.leaf; });
      if (!known) nearest.push_back(std::move(candidate.flip));
    }
    return nearest;
  }

 private:
  // All that a rule lacks.
  void raise(const Rule& rule) {
    std::vector<Change> changes;
    for (const Criterion& criterion : rule.needs) {
      const std::optional<double> value = facts_.find(criterion.fact)->second.value;
      if (!criterion.required) continue;
      if (!value) return;
      if (fact_kind(criterion.fact)->unit == FactUnit::flag) return;  // a machine does not become a session
      const double needed = criterion.measured(criterion.minimum);
      if (*value < needed) changes.push_back({&criterion, *value, needed});
    }
    if (!changes.empty()) attempt(changes);
  }

  // Just too little for a rule that holds.
  void lower(const Criterion& criterion) {
    const FactKind& kind = *fact_kind(criterion.fact);
    const std::optional<double> value = facts_.find(criterion.fact)->second.value;
    const double needed = criterion.measured(criterion.minimum);
    if (!criterion.required || !value || *value < needed || kind.unit == FactUnit::flag) return;
    const double smallest_step = kind.unit == FactUnit::bytes ? 1 : 0.1;
    attempt({{&criterion, *value, needed - smallest_step}});
  }

  void attempt(const std::vector<Change>& changes) {
    Facts changed = facts_;
    double size = 0;
    std::vector<std::string> texts;
    for (const Change& change : changes) {
      changed.find(change.criterion->fact)->second.value = change.to;
      const double by = change.to - change.from;
      size += std::abs(by) / change.criterion->minimum;
      texts.push_back(change_text(*fact_kind(change.criterion->fact), by, needs_.lang));
    }
    const Leaf* leaf = walk(tree_, changed, needs_, Missing::machine).leaf;
    if (leaf == nullptr || leaf == &leaf_) return;
    found_.push_back({{join(texts, say(needs_.lang, " and ", " et ")), leaf->name, leaf->title.in(needs_.lang)}, size});
  }

  const Tree& tree_;
  const Facts& facts_;
  const Needs& needs_;
  const Leaf& leaf_;
  std::vector<Candidate> found_;
};

// What another answer to one question leads to, if the machine answers the rest.
std::vector<Flip> answer_flips(const Tree& tree, const Facts& facts, const Needs& needs, const Walk& way,
                               const Taken& taken) {
  std::vector<Flip> found;
  for (const Answer& other : taken.question->answers) {
    Needs changed = needs;
    changed.answers[taken.question->name] = other.name;
    const Leaf* leaf = walk(tree, facts, changed, Missing::machine).leaf;
    if (leaf == nullptr || leaf == way.leaf) continue;
    found.push_back({say(needs.lang, "\"{}\" for \"{}\"", "« {} » pour « {} »", other.text.in(needs.lang),
                         taken.question->text.in(needs.lang)),
                     leaf->name, leaf->title.in(needs.lang)});
  }
  return found;
}

}  // namespace

std::vector<Flip> flips(const Tree& tree, const Facts& facts, const Needs& needs, const Walk& way) {
  std::vector<Flip> all;
  for (auto step = way.steps.rbegin(); step != way.steps.rend(); ++step) {
    std::vector<Flip> found = step->by_machine ? MachineFlips(tree, facts, needs, way).of(*step->question)
                                               : answer_flips(tree, facts, needs, way, *step);
    std::ranges::move(found, std::back_inserter(all));
  }
  return all;
}

}  // namespace palier
