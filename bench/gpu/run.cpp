#include "bench/gpu/run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <iterator>
#include <optional>
#include <string>
#include <utility>

#include "base/error.hpp"
#include "base/interrupt.hpp"
#include "base/text.hpp"
#include "base/units.hpp"
#include "bench/gpu/card_report.hpp"
#include "bench/gpu/together.hpp"
#include "hwdetect/deadline.hpp"
#include "hwdetect/sysfs_card.hpp"

namespace palier {
namespace {

constexpr double busy_share = 0.1;  // a desktop that is drawn takes less
constexpr std::chrono::seconds first_answer{2};
constexpr double longest_start = 60;  // seconds that a driver may take to compile, beside what is measured

// Both drivers are asked in one go, by one thread that may be left behind.
struct Found {
  std::vector<GpuFound> devices;
  std::vector<std::string> notes;
};

void look(Found& found, std::vector<GpuFound> (*devices)(), const char* api) {
  try {
    for (GpuFound& one : devices()) {
      const bool known = std::ranges::find(found.devices, one.name, &GpuFound::name) != found.devices.end();
      if (!known || one.api == "CUDA") found.devices.push_back(std::move(one));
    }
  } catch (const Error& error) {
    found.notes.push_back(fmt::format("{} cannot be used: {}", api, error.text().reason));
  }
}

std::chrono::milliseconds whole(double seconds) {
  return std::chrono::ceil<std::chrono::milliseconds>(std::chrono::duration<double>(seconds));
}

Found find_devices(const GpuRunOptions& options) {
  const auto found = std::make_shared<Found>();
  const auto answer = within(whole(options.patience), [found] {
    look(*found, cuda_devices, "CUDA");
    look(*found, opencl_devices, "OpenCL");
    return std::optional<std::string>("done");
  });
  if (!answer)
    return {.devices = {}, .notes = {"a GPU's driver did not answer within " + format_seconds(options.patience)}};
  if (!options.processors) std::erase_if(found->devices, [](const GpuFound& one) { return one.processor; });
  return std::move(*found);
}

void check_numbers(const std::vector<int>& numbers, const std::vector<GpuFound>& devices) {
  for (const int number : numbers) {
    if (number >= 0 && static_cast<std::size_t>(number) < devices.size()) continue;
    std::vector<std::string> known;
    known.reserve(devices.size());
    for (const GpuFound& one : devices) known.push_back(fmt::format("{}: {} ({})", known.size(), one.name, one.api));
    throw Error({.message = fmt::format("there is no GPU {}", number),
                 .reason = known.empty() ? "neither CUDA nor OpenCL offers one" : "there are " + join(known, ", "),
                 .help = "palier detect --only gpus says what this computer has"},
                ExitCode::usage);
  }
}

/// Tells the card what is measured.
Watch named(const Watch& watch, const std::shared_ptr<CardWatch>& card) {
  if (!card) return watch;
  return [watch, card](double fraction, const std::string& doing, double left) {
    card->doing(doing.substr(0, doing.find(", warm-up")));
    watch(fraction, doing, left);
  };
}

Json identity_json(const GpuIdentity& gpu) {
  return {{"name", gpu.name}, {"api", gpu.api},         {"driver", gpu.driver}, {"library", gpu.library},
          {"pci", gpu.pci},   {"unified", gpu.unified}, {"memory", gpu.memory}, {"free", gpu.free}};
}

/// Whoever tells of a card; nullptr where nobody does. Of NVIDIA's it is NVML, of others the kernel's driver, found by
/// the address that OpenCL tells, or as the only card of that maker's.
std::shared_ptr<CardWatch> watch_of(const GpuFound& found, const GpuIdentity& gpu, const Root& root) {
  if (found.api == "CUDA") return std::make_shared<CardWatch>(nvml_source(gpu.pci));
  if (found.processor) return nullptr;
  const std::string pci = gpu.pci.empty() ? only_card_of(root, gpu.vendor) : gpu.pci;
  return pci.empty() ? nullptr : std::make_shared<CardWatch>(sysfs_source(root, pci));
}

/// What else runs on a card takes from every figure. Asked before it is given anything to do.
std::optional<std::string> busy_note(const CardWatch& card) {
  const auto before = card.first(first_answer);
  const double busy = before ? before->state.busy.value_or(0) : 0;
  if (busy < busy_share) return std::nullopt;
  return fmt::format(
      "the card computed for {:.0f} % of the time before the measurement: others use it, so it can do more",
      busy * 100);
}

/// What was told of a card while it was measured.
void add_course(const GpuDevice& device, int index, CardWatch& card, GpuMeasured& measured, Json& gpu) {
  card.stop();
  const std::vector<CardReading> readings = card.readings();
  Json parameters = Json::object();
  parameters["device"] = index;
  parameters["api"] = device.identity().api;
  std::ranges::move(card_benchmarks(readings, parameters), std::back_inserter(measured.benchmarks));
  gpu["clock_limits"] = card_limits(readings);
  if (const std::string trouble = card.trouble(); !trouble.empty())
    measured.notes.push_back("clocks, temperature, power and energy are not, or not all, known: " + trouble);
  if (device.identity().name.find(" MIG ") != std::string::npos && !readings.empty())
    measured.notes.emplace_back("clocks, temperature, power and energy are the whole card's, of which this is a slice");
}

std::string measured_text(const GpuFound& found, int index, GpuOptions options, const Watch& watch) {
  try {
    const std::unique_ptr<GpuDevice> device = found.open();
    options.card = watch_of(found, device->identity(), Root());
    const auto busy = options.card ? busy_note(*options.card) : std::nullopt;
    GpuMeasured measured = measure_gpu(*device, index, options, named(watch, options.card));
    if (busy) measured.notes.push_back(*busy);
    Json gpu = identity_json(device->identity());
    gpu["taken"] = measured.taken;
    if (options.card)
      add_course(*device, index, *options.card, measured, gpu);
    else if (!found.processor)
      measured.notes.emplace_back(
          "clocks, temperature, power and energy are not known: OpenCL does not tell where it is");
    return to_text(Json{{"gpu", gpu}, {"benchmarks", measured.benchmarks}, {"notes", measured.notes}});
  } catch (const Error& error) {
    return to_text(Json{{"notes", {fmt::format("{}: {}", error.what(), error.text().reason)}}});
  }
}

// What it touches is its own: it may be left behind.
std::optional<Json> measure(const GpuFound& found, int index, const GpuOptions& options,
                            const std::shared_ptr<Progress>& progress) {
  const auto answer = within(whole(2 * options.seconds + longest_start), [=] {
    const Watch watch = [&](double fraction, const std::string& doing, double left) {
      progress->update(fraction, doing, left);
    };
    return std::optional(measured_text(found, index, options, watch));
  });
  if (!answer) return std::nullopt;
  return parse_json(*answer, "measurements");
}

// All that were measured alone, in one thread that may be left behind.
std::string measured_together(const std::vector<std::pair<int, GpuFound>>& wanted, const GpuOptions& options,
                              const Watch& watch) {
  try {
    std::vector<std::unique_ptr<GpuDevice>> devices;
    std::vector<OpenGpu> open;
    for (const auto& [index, found] : wanted) {
      devices.push_back(found.open());
      open.push_back({index, devices.back().get()});
    }
    const GpuMeasured measured = measure_together(open, options, watch);
    return to_text(Json{{"benchmarks", measured.benchmarks}, {"notes", measured.notes}});
  } catch (const Error& error) {
    return to_text(Json{{"notes", {fmt::format("{}: {}", error.what(), error.text().reason)}}});
  }
}

void add_together(Report& report, const std::vector<std::pair<int, GpuFound>>& wanted, const GpuOptions& options,
                  const std::shared_ptr<Progress>& progress) {
  const auto answer = within(whole(2 * options.seconds + longest_start), [=] {
    const Watch watch = [&](double fraction, const std::string& doing, double left) {
      progress->update(fraction, doing, left);
    };
    return std::optional(measured_together(wanted, options, watch));
  });
  if (!answer) {
    report.warnings.emplace_back("all GPUs at once: a driver did not answer in time");
    return;
  }
  const Json measured = parse_json(*answer, "measurements");
  for (const Json& note : measured.at("notes"))
    report.warnings.push_back(fmt::format("all GPUs at once: {}", note.get<std::string>()));
  for (const Json& one : measured.value("benchmarks", Json::array())) report.benchmarks.push_back(one.get<Benchmark>());
}

void add_gpu(Report& report, const GpuFound& found, int index, const std::optional<Json>& answer) {
  const std::string name = fmt::format("GPU {} ({})", index, found.name);
  Json gpu = {{"name", found.name}, {"api", found.api}};
  if (!answer) {
    report.warnings.push_back(name + ": its driver did not answer in time, and is left behind");
  } else {
    gpu = answer->value("gpu", gpu);
    for (const Json& note : answer->at("notes"))
      report.warnings.push_back(fmt::format("{}: {}", name, note.get<std::string>()));
    for (const Json& one : answer->value("benchmarks", Json::array()))
      report.benchmarks.push_back(one.get<Benchmark>());
  }
  gpu["device"] = index;
  report.method["gpus"].push_back(std::move(gpu));
}

}  // namespace

Report run_gpus(const Machine& machine, const GpuRunOptions& options, const std::shared_ptr<Progress>& progress) {
  Found found = find_devices(options);
  check_numbers(options.devices, found.devices);
  const auto wanted = [&](int index) {
    return options.devices.empty() || std::ranges::find(options.devices, index) != options.devices.end();
  };
  const std::size_t count = options.devices.empty() ? found.devices.size() : options.devices.size();
  Report report;
  report.machine = machine;
  report.warnings = std::move(found.notes);
  report.method = {{"seed", options.seed}, {"time_budget", options.seconds}, {"gpus", Json::array()}};
  const double all_at_once = count > 1 ? 0.3 : 0;  // of the time
  const GpuOptions limits{.seconds = options.seconds * (1 - all_at_once) / static_cast<double>(count),
                          .seed = options.seed};
  std::vector<std::pair<int, GpuFound>> answered;
  for (int index = 0; index < static_cast<int>(found.devices.size()) && !interrupted(); ++index) {
    if (!wanted(index)) continue;
    const GpuFound& one = found.devices[static_cast<std::size_t>(index)];
    progress->stage(fmt::format("GPU {}", index));
    const std::optional<Json> answer = measure(one, index, limits, progress);
    add_gpu(report, one, index, answer);
    if (answer && answer->contains("benchmarks")) answered.emplace_back(index, one);
  }
  if (answered.size() > 1 && !interrupted()) {
    progress->stage("all GPUs at once");
    const GpuOptions shared{.seconds = options.seconds * all_at_once, .seed = options.seed};
    add_together(report, answered, shared, progress);
  }
  add_limits(report, machine, options.data_sheet);
  progress->clear();
  report.method["interrupted"] = interrupted();
  return report;
}

}  // namespace palier
