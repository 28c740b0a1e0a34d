#include "hwdetect/machine.hpp"

#include <concepts>
#include <limits>
#include <type_traits>

#include "hwdetect/nulls.hpp"

namespace palier {
namespace {

// The library would turn -1 and 1.5 into some other number without a word.
[[noreturn]] void refuse(const Json& json, const char* expected) {
  throw nlohmann::detail::type_error::create(302, std::string("expected ") + expected + ", got " + json.dump(), &json);
}

void get(const Json& json, Bytes& value) {
  const bool whole = json.is_number_unsigned() || (json.is_number_integer() && json.get<std::int64_t>() >= 0);
  if (!whole) refuse(json, "a whole number of bytes");
  value = json.get<Bytes>();
}

void get(const Json& json, int& value) {
  if (!json.is_number_integer()) refuse(json, "a whole number");
  const bool too_large = json.is_number_unsigned() && json.get<std::uint64_t>() > std::numeric_limits<int>::max();
  if (too_large || json.get<std::int64_t>() < std::numeric_limits<int>::min()) refuse(json, "a smaller number");
  value = json.get<int>();
}

void get(const Json& json, double& value) {
  if (!json.is_number() || !(json.get<double>() >= 0)) refuse(json, "a number that is not negative");
  value = json.get<double>();
}

void get(const Json& json, bool& value) { json.get_to(value); }
void get(const Json& json, std::string& value) { json.get_to(value); }

template <class T>
void get(const Json& json, std::optional<T>& value) {
  value.reset();
  if (!json.is_null()) get(json, value.emplace());
}

// Each type names its members once, in the order of the document; a Writer or a Reader visits them.
class Writer {
 public:
  explicit Writer(Json& json) : json_(json) { json_ = Json::object(); }
  template <class T>
  void operator()(const char* key, const T& value) {
    json_[key] = value;
  }
  void operator()(const char* key, const std::vector<Tool>& tools);
  /// A text that is empty where it is unknown.
  void known(const char* key, const std::string& text) { json_[key] = text.empty() ? Json() : Json(text); }

 private:
  Json& json_;
};

class Reader {
 public:
  explicit Reader(const Json& json) : json_(json) {
    if (!json.is_object()) refuse(json, "an object");
  }
  template <class T>
  void operator()(const char* key, T& value) {
    const auto found = json_.find(key);
    if (found == json_.end()) return;
    if constexpr (requires { get(*found, value); }) {
      get(*found, value);
    } else {
      found->get_to(value);
    }
  }
  void operator()(const char* key, std::vector<Tool>& tools);
  void known(const char* key, std::string& text) {
    std::optional<std::string> value;
    (*this)(key, value);
    text = value.value_or("");
  }

 private:
  const Json& json_;
};

template <class Self, class T>
concept Is = std::same_as<std::remove_const_t<Self>, T>;

void members(auto& visit, Is<Os> auto& v) {
  visit("id", v.id);
  visit("version", v.version);
  visit("name", v.name);
  visit("kernel", v.kernel);
}

void members(auto& visit, Is<Platform> auto& v) {
  visit("kind", v.kind);
  visit("model", v.model);
  visit("chassis", v.chassis);
  visit("virtualization", v.virtualization);
  visit("container", v.container);
  visit("notebook", v.notebook);
  visit("cloud", v.cloud);
  visit("scheduler", v.scheduler);
  visit("power_mode", v.power_mode);
}

void members(auto& visit, Is<Cache> auto& v) {
  visit("level", v.level);
  visit("type", v.type);
  visit("size", v.size);
  visit("count", v.count);
}

void members(auto& visit, Is<NumaNode> auto& v) {
  visit("index", v.index);
  visit("memory", v.memory);
  visit("pus", v.pus);
}

void members(auto& visit, Is<CpuKind> auto& v) {
  visit("name", v.name);
  visit("pus", v.pus);
}

void members(auto& visit, Is<Cpu> auto& v) {
  visit("model", v.model);
  visit.known("architecture", v.architecture);
  visit("packages", v.packages);
  visit("cores", v.cores);
  visit("pus", v.pus);
  visit("kinds", v.kinds);
  visit("isa", v.isa);
  visit("caches", v.caches);
  visit("numa", v.numa);
}

void members(auto& visit, Is<Memory> auto& v) {
  visit("total", v.total);
  visit("available", v.available);
  visit("swap", v.swap);
}

void members(auto& visit, Is<Effective::BoundBy> auto& v) {
  visit("cpus", v.cpus);
  visit("memory", v.memory);
}

void members(auto& visit, Is<Vram> auto& v) {
  visit("gpu", v.gpu);
  visit("total", v.total);
  visit("free", v.free);
  visit("bound_by", v.bound_by);
}

void members(auto& visit, Is<Effective> auto& v) {
  visit("cpus", v.cpus);
  visit("memory", v.memory);
  visit("memory_available", v.memory_available);
  visit("bound_by", v.bound_by);
  visit("vram", v.vram);
}

void members(auto& visit, Is<GpuLink> auto& v) {
  visit("pcie_width", v.pcie_width);
  visit("pcie_width_max", v.pcie_width_max);
  visit("pcie_speed", v.pcie_speed);
  visit("pcie_speed_max", v.pcie_speed_max);
  visit("nvlinks", v.nvlinks);
  visit("nvlink_speed", v.nvlink_speed);
}

void members(auto& visit, Is<Gpu> auto& v) {
  visit("vendor", v.vendor);
  visit("name", v.name);
  visit("uuid", v.uuid);
  visit("memory_total", v.memory_total);
  visit("memory_free", v.memory_free);
  visit("unified", v.unified);
  visit("usable", v.usable);
  visit("why_not", v.why_not);
  visit("driver", v.driver);
  visit("compute_capability", v.compute_capability);
  visit("mig", v.mig);
  visit("pci", v.pci);
  visit("numa", v.numa);
  visit("kind", v.kind);
  visit("architecture", v.architecture);
  visit("link", v.link);
}

void members(auto& visit, Is<Disk> auto& v) {
  visit("mount", v.mount);
  visit("device", v.device);
  visit("filesystem", v.filesystem);
  visit("size", v.size);
  visit("free", v.free);
  visit("kind", v.kind);
}

void members(auto& visit, Is<Tool> auto& v) {
  visit("path", v.path);
  visit("version", v.version);
}

void members(auto& visit, Is<Note> auto& v) {
  visit("section", v.section);
  visit("text", v.text);
  visit("help", v.help);
}

void members(auto& visit, Is<Fact::Other> auto& v) {
  visit("source", v.source);
  visit("raw", v.raw);
}

void members(auto& visit, Is<Fact> auto& v) {
  visit("pointer", v.pointer);
  visit("source", v.source);
  visit("raw", v.raw);
  visit("also", v.also);
}

void members(auto& visit, Is<Machine> auto& v) {
  visit("os", v.os);
  visit("platform", v.platform);
  visit("cpu", v.cpu);
  visit("memory", v.memory);
  visit("effective", v.effective);
  visit("gpus", v.gpus);
  visit("disks", v.disks);
  visit("tools", v.tools);
  visit("notes", v.notes);
  visit("facts", v.facts);
}

template <class T>
concept Described = requires(Writer& writer, const T& value) {
  members(writer, value);
};

}  // namespace

template <Described T>
void to_json(Json& json, const T& value) {
  Writer writer(json);
  members(writer, value);
}

template <Described T>
void from_json(const Json& json, T& value) {
  Reader reader(json);
  members(reader, value);
}

namespace {

// Tools are an object by name.
void Writer::operator()(const char* key, const std::vector<Tool>& tools) {
  Json& object = json_[key] = Json::object();
  for (const Tool& tool : tools) object[tool.name] = tool;
}

void Reader::operator()(const char* key, std::vector<Tool>& tools) {
  const auto found = json_.find(key);
  if (found == json_.end()) return;
  if (!found->is_object()) refuse(*found, "an object");
  tools.clear();
  for (const auto& [name, tool] : found->items()) {
    tools.push_back(tool.get<Tool>());
    tools.back().name = name;
  }
}

}  // namespace

void to_json(Json& json, const Machine& machine) {
  json = Json{{"schema", Machine::schema}};
  Json rest;
  Writer writer(rest);
  members(writer, machine);
  rest["nulls"] = nulls_of(rest);
  json.update(rest);
}

void from_json(const Json& json, Machine& machine) {
  Reader reader(json);
  members(reader, machine);
}

Machine machine_from(const Json& document, const std::string& name) {
  require_schema(document, Machine::schema, name);
  return from_document<Machine>(document, name);
}

}  // namespace palier
