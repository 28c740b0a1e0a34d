#include <filesystem>
#include <map>

#include "base/document.hpp"
#include "base/text.hpp"
#include "hwdetect/detect.hpp"
#include "profiles/estimate.hpp"
#include "profiles/fit/advised.hpp"
#include "profiles/power.hpp"
#include "tests/catch.hpp"
#include "tests/every_nth.hpp"
#include "tests/profiles/errors.hpp"
#include "tests/profiles/machines.hpp"

using namespace palier;
using namespace palier::testing;
namespace fs = std::filesystem;

namespace {

const DataPath& data() {
  static const DataPath path(std::nullopt, embedded::data());
  return path;
}

const Knowledge& knowledge() {
  static const Knowledge known = load_knowledge(data());
  return known;
}

// Every fake machine of the tests by name: those that detection reads, and those that are documents.
std::map<std::string, Machine> machines() {
  std::map<std::string, Machine> all;
  for (const auto& entry : fs::directory_iterator(fs::path(PALIER_TESTS) / "machines")) {
    all[entry.path().filename()] = detect(Root(entry.path()));
  }
  for (const auto& entry : fs::directory_iterator(fs::path(PALIER_TESTS) / "profiles" / "machines")) {
    const std::string file = entry.path();
    all[entry.path().filename()] = machine_from(read_document(file), file);
  }
  return all;
}

struct Row {
  std::map<std::string, std::string> answers;
  Usage usage;
  std::string leaf;  ///< empty: the machine decides
};

Usage usage(double hours, double vram_gib, std::optional<double> budget, const std::string& region) {
  Usage said;
  said.hours = hours;
  said.vram = vram_gib * static_cast<double>(GiB);
  said.budget = budget;
  said.region = region;
  return said;
}

std::vector<Row> rows() {
  const Usage none;
  const Usage small = usage(10, 0, 5, "FR");
  const Usage student = usage(95, 16, 60, "MA");
  const Usage heavy = usage(700, 80, 50, "DE");
  std::vector<Row> table = {{{{"goal", "learn"}, {"local", "yes"}}, none, "local"},
                            {{{"goal", "learn"}, {"local", "no"}}, student, "notebooks"},
                            {{{"goal", "ship"}, {"ops", "dedicated"}}, none, "kubernetes"},
                            {{{"goal", "scale"}, {"data", "large"}}, none, "lakehouse"}};
  for (const Usage& use : {none, small, student, heavy}) {
    table.push_back({{{"goal", "learn"}}, use, ""});
    table.push_back({{{"goal", "ship"}, {"ops", "small"}}, use, "managed"});
    table.push_back({{{"goal", "scale"}, {"data", "moderate"}}, use, "modular"});
  }
  Usage served = usage(100, 16, 500, "FR");
  served.model = "qwen3-8b";
  served.requests = 100000;
  for (const char* ops : {"small", "dedicated"})
    table.push_back({{{"goal", "ship"}, {"ops", ops}}, served, std::string(ops) == "small" ? "managed" : "kubernetes"});
  table.push_back({{{"goal", "learn"}}, served, ""});
  return table;
}

Advice advised(const Machine& machine, const Row& row, Lang lang) {
  static const Tree tree = built_in_tree();
  Needs wanted = needs(row.answers, lang);
  wanted.usage = row.usage;
  Advice advice = advise(tree, machine, wanted);
  estimate(tree, knowledge(), machine, advice);
  if (row.usage.model.empty()) return advice;
  static const EngineFacts engines = read_engines(Sheet::load(data(), engine_format()));
  static const std::vector<KnownModel> models = read_models(Sheet::load(data(), model_format()));
  advice.fits = fits_of(row.usage, *tree.leaf(advice.leaf), {machine, knowledge(), engines, models});
  return advice;
}

// The leaf that a reader of the tree would name; empty where the machine does not tell its memory.
std::string leaf_of(const Machine& machine, const Row& row) {
  if (!row.leaf.empty()) return row.leaf;
  if (machine.platform.notebook) return "notebooks";
  const Gpu* gpu = best_gpu(machine);
  const double has = gpu == nullptr ? 0 : gpu_memory_of(*gpu, machine);
  if (has < row.usage.vram.value_or(0) * 0.99) return "notebooks";  // what is asked for is elsewhere
  if (!machine.effective.memory) return {};
  return *machine.effective.memory >= 7 * GiB ? "local" : "notebooks";
}

// Places of empty texts, and of numbers that are none, in a document.
void find_gaps(const Json& json, const std::string& at, std::vector<std::string>& gaps) {
  static const std::vector<std::string> optional = {"gpu", "note", "region", "terms", "command"};
  if (json.is_string() && json.get<std::string>().empty()) gaps.push_back(at);
  if (json.is_array() || json.is_object()) {
    for (const auto& [key, value] : json.items()) {
      if (std::find(optional.begin(), optional.end(), key) == optional.end()) find_gaps(value, at + "/" + key, gaps);
    }
  }
}

}  // namespace

TEST_CASE("every machine with every need has its advice, whole, the same again, on one screen") {
  constexpr std::size_t height = 24;
  const auto all = machines();
  const auto again = machines();
  REQUIRE(all.size() >= 18);
  EveryNth taken(7);
  for (const auto& [name, machine] : all) {
    for (const Row& row : rows()) {
      for (const Lang lang : {Lang::en, Lang::fr}) {
        if (!taken.next()) continue;
        INFO(name << " " << Json(row.answers).dump() << " " << row.usage.hours.value_or(-1) << " " << to_string(lang));
        const std::string leaf = leaf_of(machine, row);
        if (leaf.empty()) {
          CHECK(error_of([&, &m = machine] { advised(m, row, lang); }).find("--local yes|no") != std::string::npos);
          continue;
        }
        const Advice advice = advised(machine, row, lang);
        CHECK(advice.leaf == leaf);
        CHECK(to_text(Json(advice)) == to_text(Json(advised(again.at(name), row, lang))));
        std::vector<std::string> gaps;
        find_gaps(Json(advice), "", gaps);
        CHECK(gaps == std::vector<std::string>{});
        CHECK_FALSE(advice.costs->options.empty());
        for (const std::size_t width : {80U, 100U, 120U}) {
          const std::string text = render(advice, {.interactive = true, .color = false, .width = width});
          INFO(text);
          CHECK(lines(text).size() < height);  // and the prompt
          for (const std::string_view line : lines(text)) CHECK(display_width(line) <= width);
          CHECK(text.find("--details") != std::string::npos);
        }
      }
    }
  }
}
