#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/lang.hpp"
#include "profiles/gpus.hpp"
#include "profiles/sheet.hpp"

namespace palier {

enum class PlatformKind { own, notebook, trial, vps, rent, managed, cluster, data };

struct PlatformGpu {
  std::string gpu;  ///< a row of gpus.yaml
  int count = 1;
};

/// A place to work at: platforms.yaml. What is not told is nullopt.
struct Workplace {
  std::string id;  ///< "kaggle"
  Text name;
  PlatformKind kind = PlatformKind::rent;
  std::vector<std::string> leaves;              ///< of the budget tree
  std::vector<PlatformGpu> gpus;                ///< of its own offer; what is rented by the hour stands in prices.yaml
  std::string tpu;                              ///< what it lends instead of a GPU: "v5e-8"
  std::optional<double> memory;                 ///< bytes of the machine behind its own offer
  bool guaranteed = false;                      ///< one gets the machine one asks for
  bool persistent = false;                      ///< files stay when a session ends
  std::optional<double> session, weekly, idle;  ///< hours
  std::optional<double> disk;                   ///< bytes
  std::optional<Range> storage;                 ///< USD per GB and month
  std::optional<Range> egress;                  ///< USD per GB
  double free_egress = 0;                       ///< bytes a month
  std::optional<Range> fee;                     ///< USD per month, whatever is used
  std::optional<double> credit;                 ///< USD
  std::optional<double> credit_days;
  std::optional<double> image_capability;  ///< the least compute capability its default image can use
  std::string operated_by = "other";       ///< row of carbon.yaml's providers
  Text regions;
  Text note;
  std::string url;
  Provenance provenance;
};

/// What one of its machines costs: prices.yaml. Exactly one of `hour` and `month` is there.
struct Offer {
  std::string id;              ///< "ec2/g6.xlarge"
  std::string platform;        ///< a row of platforms.yaml, or a provider of whom palier knows prices alone
  std::string gpu;             ///< "L4"; empty for a machine without
  int count = 0;               ///< of GPUs
  double memory = 0;           ///< bytes of one GPU; without GPU, of the machine
  std::optional<Range> hour;   ///< USD
  std::optional<Range> month;  ///< USD
  std::string region;
  bool spot = false;  ///< may be taken back at any time
  Provenance provenance;
};

const Sheet::Format& platform_format();
const Sheet::Format& price_format();

/// `gpus` is where the platforms' GPUs must be.
std::vector<Workplace> read_platforms(const Sheet& sheet, const std::vector<GpuModel>& gpus);
std::vector<Offer> read_offers(const Sheet& sheet);

const Workplace* find_platform(const std::vector<Workplace>& platforms, std::string_view id);

}  // namespace palier
