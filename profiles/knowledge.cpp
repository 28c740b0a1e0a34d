#include "profiles/knowledge.hpp"

#include "profiles/references.hpp"

namespace palier {

Knowledge load_knowledge(const DataPath& data) {
  Knowledge knowledge;
  const auto sheet = [&](const Sheet::Format& format) {
    Sheet read = Sheet::load(data, format);
    knowledge.checked[std::string(format.file)] = read.updated();
    return read;
  };
  knowledge.gpus = read_gpus(sheet(gpu_format()));
  knowledge.jetsons = read_jetsons(sheet(jetson_format()));
  const Sheet platforms = sheet(platform_format()), prices = sheet(price_format()), carbon = sheet(carbon_format());
  knowledge.platforms = read_platforms(platforms, knowledge.gpus);
  knowledge.offers = read_offers(prices);
  knowledge.carbon = read_carbon(carbon);
  check_offers(prices, knowledge.gpus, knowledge.platforms);
  check_operators(platforms, knowledge.carbon);
  check_regions(carbon, knowledge.carbon);
  knowledge.assumptions = read_assumptions(sheet(cost_format()));
  knowledge.actions = read_actions(sheet(action_format()));
  return knowledge;
}

}  // namespace palier
