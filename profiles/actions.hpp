#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/lang.hpp"
#include "profiles/sheet.hpp"

namespace palier {

enum class Difficulty { easy, medium, hard };
enum class SavesOf { energy, gpu, embodied };  ///< all energy; that of the GPU; what making the hardware emitted

/// Something that lowers the footprint: actions.yaml.
struct Mitigation {
  std::string id;  ///< "power-cap"
  Text text;
  Difficulty difficulty = Difficulty::medium;
  Text tools;
  bool serving = false;  ///< makes sense only where requests are answered
  SavesOf of = SavesOf::energy;
  std::optional<Range> saves;  ///< share of `of`, from literature
  std::string computed;        ///< or what computes it: "idle", "start-hour", "region", "batching", "longer-life"
  Provenance provenance;
};

const Sheet::Format& action_format();
std::vector<Mitigation> read_actions(const Sheet& sheet);

}  // namespace palier
