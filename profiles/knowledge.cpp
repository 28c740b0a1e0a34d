#include "profiles/knowledge.hpp"

namespace palier {

Knowledge load_knowledge(const DataPath& data) {
  Knowledge knowledge;
  knowledge.gpus = read_gpus(Sheet::load(data, gpu_format()));
  knowledge.jetsons = read_jetsons(Sheet::load(data, jetson_format()));
  knowledge.platforms = read_platforms(Sheet::load(data, platform_format()), knowledge.gpus);
  knowledge.offers = read_offers(Sheet::load(data, price_format()));
  knowledge.carbon = read_carbon(Sheet::load(data, carbon_format()));
  knowledge.assumptions = read_assumptions(Sheet::load(data, cost_format()));
  knowledge.actions = read_actions(Sheet::load(data, action_format()));
  return knowledge;
}

}  // namespace palier
