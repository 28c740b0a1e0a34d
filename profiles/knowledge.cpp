#include "profiles/knowledge.hpp"

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
  knowledge.platforms = read_platforms(sheet(platform_format()), knowledge.gpus);
  knowledge.offers = read_offers(sheet(price_format()));
  knowledge.carbon = read_carbon(sheet(carbon_format()));
  knowledge.assumptions = read_assumptions(sheet(cost_format()));
  knowledge.actions = read_actions(sheet(action_format()));
  return knowledge;
}

}  // namespace palier
