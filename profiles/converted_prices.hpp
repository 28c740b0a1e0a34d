#pragma once
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "profiles/convert.hpp"

namespace palier {

/// Ends a conversion with its place; line 0 is the whole text.
[[noreturn]] void wrong_price(const std::string& name, int line, std::string reason, std::string help = {});

/// A name or a text from outside as a part of YAML: letters, digits and -_./ alone, 80 of them at most.
std::string plain_name(std::string_view text);

/// What a machine costs that somebody lends.
struct LentPrice {
  std::string instance, region, gpu;
  int count = 0;
  double memory = 0;  ///< GiB of one GPU
  double hour = 0;    ///< USD
  bool spot = false;
};

/// The rows of a prices.yaml that a conversion makes. Of one machine the cheapest region is kept: palier advises by
/// platform, not by region.
class ConvertedPrices {
 public:
  /// `market` outlives it.
  ConvertedPrices(std::string platform, const Market& market);

  /// False for a machine that is passed over. Throws Error where the price cannot be right.
  bool add(const LentPrice& price, const std::string& name, int line);

  Converted lines_of(const std::string& source, const std::string& date, std::size_t skipped,
                     const std::string& name) const;

 private:
  void require_usual(const LentPrice& price, const std::string& gpu, const std::string& name, int line);

  std::string platform_;
  const Market& market_;
  std::map<std::string, LentPrice> rows_;
  std::map<std::string, std::optional<double>> usual_;  // of a GPU
  std::set<std::string> gpus_;
  std::size_t count_ = 0;
};

}  // namespace palier
