#include <array>

#include "base/document.hpp"
#include "hwdetect/describe.hpp"
#include "hwdetect/prometheus.hpp"
#include "profiles/advise.hpp"
#include "profiles/catalogue.hpp"
#include "profiles/convert.hpp"
#include "profiles/estimate.hpp"
#include "profiles/lists.hpp"
#include "profiles/needs.hpp"
#include "profiles/suppose.hpp"
#include "profiles/wheels.hpp"
#include "tests/fuzz/targets.hpp"

namespace palier::fuzz {
namespace {

const DataPath& data() {
  static const DataPath built_in(std::nullopt, embedded::data());
  return built_in;
}

// The kind of data file that the first byte chooses.
const Sheet::Format& format(char choice) {
  const auto all =
      std::to_array<const Sheet::Format& (*)()>({gpu_format, jetson_format, platform_format, price_format, wheel_format,
                                                 carbon_format, cost_format, action_format, list_format});
  return all.at(static_cast<unsigned char>(choice) % all.size())();
}

}  // namespace

void document(std::string_view bytes) {
  static const Tree tree = load_tree(data());
  static const Knowledge knowledge = load_knowledge(data());
  const Machine machine = machine_from(parse_json(bytes, "input"), "input");
  const std::string text = to_text(Json(machine));
  hold(to_text(Json(machine_from(parse_json(text, "machine"), "machine"))) == text, "a document reads back alike");
  render(machine, {.width = 60});
  to_prometheus(machine);
  Needs needs;
  needs.answers = {{"goal", "learn"}};
  Advice advice = advise(tree, machine, needs);
  estimate(tree, knowledge, machine, advice);
  render(advice, {.width = 60}, Detail::full);
}

void prices(std::string_view bytes) {
  static const Knowledge knowledge = load_knowledge(data());
  static const Market market = {knowledge.gpus, knowledge.platforms, knowledge.offers};
  if (bytes.starts_with('{')) {
    convert_azure({std::string(bytes)}, "input", "2026-11-20", market);
  } else {
    convert_gpuhunt(bytes, "input", "provider", "2026-11-20", market);
  }
}

void data_file(std::string_view bytes) {
  if (bytes.empty()) return;
  const Sheet sheet = Sheet::parse(bytes.substr(1), "input", format(bytes.front()));
  hold(!sheet.summary().empty(), "a file has a summary");
}

void tree(std::string_view bytes) { parse_tree(bytes, "input"); }

void needs(std::string_view bytes) { parse_needs(bytes, "input"); }

}  // namespace palier::fuzz
