#include "profiles/suppose.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/closest.hpp"
#include "base/error.hpp"
#include "base/text.hpp"
#include "base/units.hpp"
#include "hwdetect/gpus.hpp"

namespace palier {
namespace {

[[noreturn]] void refuse(const std::string& option, const std::string& reason, const std::string& help) {
  throw Error({.message = fmt::format("cannot suppose {}", option), .reason = reason, .help = help}, ExitCode::usage);
}

// The words of a name that tell one product from another.
std::vector<std::string> product_words(std::string_view name) {
  static constexpr auto brands = std::to_array<std::string_view>(
      {"nvidia", "amd", "intel", "geforce", "radeon", "tesla", "instinct", "gpu", "quadro"});
  std::string text = lower(name);
  std::ranges::replace(text, '-', ' ');
  std::vector<std::string> kept;
  for (const std::string_view word : words(text)) {
    if (std::ranges::find(brands, word) == brands.end()) kept.emplace_back(word);
  }
  return kept;
}

struct Wanted {
  int count = 1;
  std::string name;                ///< all but the count
  std::vector<std::string> words;  ///< of the name, that tell one product from another
  std::optional<double> memory;    ///< bytes
};

// Takes "2x ", "8x" or "4 × " off the front.
std::optional<long long> take_count(std::string_view& text) {
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  std::string_view rest = trim(text.substr(digits));
  for (const std::string_view times : {"x", "X", "×"}) {
    if (digits == 0 || !rest.starts_with(times)) continue;
    const std::optional<long long> count = to_integer(text.substr(0, digits));
    text = trim(rest.substr(times.size()));
    return count.value_or(-1);
  }
  return std::nullopt;
}

// "2x RTX 3060 12GB": how many, which, and with how much memory. What a box calls 12 GB are 12 GiB.
Wanted parse_gpu(std::string_view text, const std::string& option) {
  Wanted wanted;
  text = trim(text);
  if (const std::optional<long long> count = take_count(text)) {
    if (*count < 1 || *count > 64) refuse(option, "the number of GPUs is not from 1 to 64", "e.g. gpu=2x RTX 3090");
    wanted.count = static_cast<int>(*count);
  }
  wanted.name = text;
  std::vector<std::string_view> parts = words(text);
  const auto is_size = [](std::string_view part) {
    return lower(part).ends_with("gb") || lower(part).ends_with("gib");
  };
  if (parts.size() >= 2 && (lower(parts.back()) == "gb" || lower(parts.back()) == "gib") &&
      to_number(parts.end()[-2])) {
    wanted.memory = *to_number(parts.end()[-2]) * (1ULL << 30);
    parts.resize(parts.size() - 2);
  } else if (!parts.empty() && is_size(parts.back())) {
    const std::string number(parts.back().substr(0, lower(parts.back()).find('g')));
    if (const auto size = to_number(number)) {
      wanted.memory = *size * (1ULL << 30);
      parts.pop_back();
    }
  }
  std::string rest;
  for (const std::string_view part : parts) rest += std::string(part) + " ";
  wanted.words = product_words(rest);
  if (wanted.words.empty()) refuse(option, "it names no GPU", "e.g. gpu=RTX 3060 12GB");
  return wanted;
}

// The same product, or its sibling for laptops, which many call by the same name.
bool is_meant(const GpuModel& model, const Wanted& wanted) {
  std::vector<std::string> own = product_words(model.name);
  const bool asks_laptop = std::ranges::find(wanted.words, "laptop") != wanted.words.end();
  if (!asks_laptop) std::erase(own, "laptop");
  const bool same = join(own, "") == join(wanted.words, "");
  return same && (!wanted.memory || std::abs(model.memory - *wanted.memory) < model.memory * 0.05);
}

std::string choice(const GpuModel& model) { return fmt::format("{} {}", model.name, format_bytes(model.memory)); }

// What has every word that was given somewhere in its name: "3060 12GB" may be an RTX 3060 or an RTX 3060 Ti.
std::string near_names(const std::vector<GpuModel>& models, const Wanted& wanted) {
  std::vector<std::string> near, exact, names;
  for (const GpuModel& model : models) {
    const std::string own = join(product_words(model.name), " ");
    const auto inside = [&](const std::string& word) { return own.find(word) != own.npos; };
    if (std::ranges::all_of(wanted.words, inside)) {
      near.push_back(fmt::format("{} (gpu={})", choice(model), model.id));
      if (wanted.memory == model.memory) exact.push_back(near.back());
    }
    if (std::ranges::find(names, own) == names.end()) names.push_back(own);
  }
  if (near.empty()) {
    const std::string closest = suggestion(join(wanted.words, " "), names);
    return closest.starts_with("did you mean") ? closest + "; " : "";
  }
  return fmt::format("did you mean {}? ", join(exact.empty() ? near : exact, ", "));
}

const GpuModel& find_model(const std::vector<GpuModel>& models, const Wanted& wanted, const std::string& option) {
  const auto by_id = std::ranges::find(models, lower(wanted.name), &GpuModel::id);
  if (by_id != models.end()) return *by_id;
  std::vector<const GpuModel*> found;
  for (const GpuModel& model : models) {
    if (is_meant(model, wanted)) found.push_back(&model);
  }
  std::vector<std::string> names;
  if (found.empty()) {
    refuse(option, wanted.memory ? "no GPU of this name and memory is known" : "no GPU of this name is known",
           near_names(models, wanted) + "palier data show gpus.yaml has all");
  }
  if (found.size() > 1) {
    for (const GpuModel* model : found) names.push_back(fmt::format("{} (gpu={})", choice(*model), model->id));
    refuse(option, "several GPUs have this name", "one of " + join(names, ", "));
  }
  return *found.front();
}

void say(Machine& machine, std::string text) { machine.notes.push_back({"supposed", std::move(text), ""}); }

void forget(Machine& machine, const std::string& pointer) {
  std::erase_if(machine.facts,
                [&](const Fact& fact) { return fact.pointer == pointer || fact.pointer.starts_with(pointer + "/"); });
}

// The new source of a value; the one that found something else stays beside it.
void suppose_fact(Machine& machine, const std::string& pointer, const std::string& option) {
  const auto found = std::ranges::find(machine.facts, pointer, &Fact::pointer);
  if (found == machine.facts.end()) return record(machine, pointer, {"supposed", option});
  found->also.insert(found->also.begin(), {found->source, found->raw});
  found->source = "supposed";
  found->raw = option;
}

void set_memory(Machine& machine, Bytes bytes, const std::string& option) {
  machine.memory.total = machine.memory.available = bytes;
  machine.effective.memory = machine.effective.memory_available = bytes;
  machine.effective.bound_by.memory = "hardware";
  std::erase_if(machine.notes,
                [](const Note& note) { return note.section == "memory" || note.section == "effective"; });
  for (const char* pointer : {"/memory/total", "/memory/available", "/effective/memory", "/effective/memory_available",
                              "/effective/bound_by/memory"}) {
    suppose_fact(machine, pointer, option);
  }
}

void suppose_memory(Machine& machine, const std::string& text, const std::string& option) {
  const std::optional<std::uint64_t> bytes = parse_bytes(text);
  if (!bytes || *bytes == 0) refuse(option, "it is no amount of memory", "e.g. memory=32GiB");
  if (*bytes < (Bytes{1} << 20)) refuse(option, "a size needs its unit", "e.g. memory=32GiB");
  set_memory(machine, *bytes, option);
}

bool is_supposed(const Machine& machine, const char* pointer) {
  const auto found = std::ranges::find(machine.facts, pointer, &Fact::pointer);
  return found != machine.facts.end() && found->source == "supposed";
}

void add_gpu(Machine& machine, const GpuModel& model, const std::string& option) {
  Gpu gpu{.vendor = model.vendor,
          .name = model.vendor == "nvidia" ? "NVIDIA " + model.name : model.name,
          .uuid = {},
          .memory_total = static_cast<Bytes>(model.visible),
          .memory_free = static_cast<Bytes>(model.visible),
          .unified = model.shared,
          .usable = true,
          .why_not = {},
          .driver = {},
          .compute_capability = {},
          .mig = {},
          .pci = {},
          .numa = {}};
  if (model.capability) gpu.compute_capability = fmt::format("{:.1f}", *model.capability);
  gpu.kind = model.shared ? "integrated" : "discrete";
  record(machine, fmt::format("/gpus/{}", machine.gpus.size()), {"supposed", option},
         {{"gpus.yaml", fmt::format("{}: {}, {}", model.id, model.provenance.source, model.provenance.date)}});
  machine.gpus.push_back(std::move(gpu));
  // Who says nothing of the memory means the machine that this chip is sold in.
  if (model.shared && !is_supposed(machine, "/memory/total")) {
    set_memory(machine, static_cast<Bytes>(model.visible), option);
  }
}

void suppose_cpus(Machine& machine, const std::string& text, const std::string& option) {
  const std::optional<long long> count = to_integer(text);
  if (!count || *count < 1 || *count > 65536) refuse(option, "it is no number of CPUs", "e.g. cpus=16");
  machine.cpu.pus = static_cast<int>(*count);
  machine.effective.cpus = static_cast<double>(*count);
  machine.effective.bound_by.cpus = "hardware";
  for (const char* pointer : {"/cpu/pus", "/effective/cpus", "/effective/bound_by/cpus"}) {
    suppose_fact(machine, pointer, option);
  }
}

void suppose_one(Machine& machine, const std::string& option, const std::vector<GpuModel>& models) {
  const std::size_t equals = option.find('=');
  const std::string key(trim(option.substr(0, equals)));
  const std::string value(equals == std::string::npos ? "" : trim(std::string_view(option).substr(equals + 1)));
  if (key == "memory") {
    suppose_memory(machine, value, option);
  } else if (key == "cpus") {
    suppose_cpus(machine, value, option);
  } else if (key == "gpu") {
    const Wanted wanted = parse_gpu(value, option);
    const GpuModel& model = find_model(models, wanted, option);
    for (int i = 0; i < wanted.count; ++i) add_gpu(machine, model, option);
  } else {
    refuse(option, fmt::format("'{}' is nothing that can be supposed", key),
           suggestion(key, {"gpu", "memory", "cpus"}));
  }
  say(machine, option);
}

}  // namespace

Machine suppose(Machine machine, const Supposition& what, const std::vector<GpuModel>& models) {
  if (what.empty()) return machine;
  for (const std::string& option : what.without) {
    if (option != "gpu") refuse("a machine without " + option, "only GPUs can be taken away", "--without gpu");
    machine.gpus.clear();
    forget(machine, "/gpus");
    std::erase_if(machine.notes, [](const Note& note) { return note.section == "gpus"; });
    say(machine, "no GPU");
  }
  for (const std::string& option : what.with) suppose_one(machine, option, models);
  machine.effective.vram.clear();
  forget(machine, "/effective/vram");
  set_vram(machine);
  return machine;
}

}  // namespace palier
