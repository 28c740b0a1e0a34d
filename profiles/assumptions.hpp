#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/lang.hpp"
#include "profiles/carbon.hpp"

namespace palier {

/// Something to buy.
struct Hardware {
  std::string id;  ///< "pc", "memory-32gb", "server-8xh100"
  Text name;
  Range price;                      ///< USD
  std::optional<Range> idle, load;  ///< watts
  std::optional<Range> resale;      ///< share of the price left after three years
  Provenance provenance;
};

struct Tariff {
  std::string id;  ///< country
  Range price;     ///< USD per kWh, taxes included
  Provenance provenance;
};

/// What is assumed where a person says nothing of how much they use.
struct UsageDefault {
  std::string id;                  ///< the first answer on the way: "learn"
  double hours = 0;                ///< per month
  std::optional<double> vram;      ///< bytes
  double storage = 0, egress = 0;  ///< bytes, bytes per month
  std::optional<double> requests;  ///< per month
  Provenance provenance;
};

/// costs.yaml
struct Assumptions {
  std::vector<Hardware> hardware;
  std::vector<Tariff> electricity;
  std::vector<Parameter> rules;
  std::vector<UsageDefault> usage;
  Parameter busy;  ///< share of the time that a service works
  std::string updated;

  const Hardware& thing(std::string_view id) const;
  const Parameter& rule(std::string_view id) const;
  /// The country's, or the world's where it is not there.
  const Tariff& tariff(const std::string& region) const;
  /// The first row where `id` is not there.
  const UsageDefault& usage_of(std::string_view id) const;
};

const Sheet::Format& cost_format();
Assumptions read_assumptions(const Sheet& sheet);

}  // namespace palier
