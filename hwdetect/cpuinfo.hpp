#pragma once
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace palier {

/// What /proc/cpuinfo says of all processors together. Every architecture writes it in its own way.
struct CpuInfo {
  using Words = std::set<std::string, std::less<>>;
  struct Architecture {
    std::string name;  ///< as uname -m has it
    std::string raw;   ///< the line that tells
  };

  std::vector<std::string> models;  ///< "model name" and its kin, without repeats
  std::string model_key;            ///< the key of the first one
  std::vector<std::string> cores;   ///< of Arm: the names of the sorts of cores
  std::optional<Words> flags;       ///< what every processor has: "flags" on x86, "Features" on Arm
  bool arm = false;
  std::optional<Architecture> architecture;
};

CpuInfo parse_cpuinfo(std::string_view text);

}  // namespace palier
