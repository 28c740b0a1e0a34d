#include "hwdetect/explain.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/closest.hpp"
#include "base/error.hpp"
#include "base/table.hpp"
#include "base/text.hpp"
#include "base/units.hpp"
#include "hwdetect/nulls.hpp"

namespace palier {
namespace {

// The fact of the value itself, or of what it is part of.
const Fact* fact_of(const Machine& machine, std::string pointer) {
  for (; !pointer.empty(); pointer.resize(pointer.rfind('/'))) {
    const auto found = std::ranges::find(machine.facts, pointer, &Fact::pointer);
    if (found != machine.facts.end()) return &*found;
  }
  return nullptr;
}

void add_row(const Machine& machine, const std::string& pointer, const Json& value, Json& rows) {
  Json row = {{"pointer", pointer}, {"value", value},        {"source", nullptr},
              {"raw", nullptr},     {"also", Json::array()}, {"note", nullptr}};
  const Fact* fact = fact_of(machine, pointer);
  const bool own = fact != nullptr && (!value.is_null() || fact->pointer == pointer);
  if (own) {
    row["source"] = fact->source;
    row["raw"] = fact->raw;
    for (const Fact::Other& other : fact->also) row["also"].push_back({{"source", other.source}, {"raw", other.raw}});
  }
  if (value.is_null()) row["note"] = null_at(pointer).note;
  rows.push_back(std::move(row));
}

// Lists of words are one value.
void add_rows(const Machine& machine, const std::string& pointer, const Json& value, Json& rows) {
  const bool words = value.is_array() && (value.empty() || value.front().is_string());
  if (value.is_primitive() || words) return add_row(machine, pointer, value, rows);
  for (const auto& [key, member] : value.items()) {
    add_rows(machine, (Json::json_pointer(pointer) / key).to_string(), member, rows);
  }
}

[[noreturn]] void no_such_place(const Json& document, std::string_view path, const std::string& pointer) {
  std::string above = pointer;
  const auto there = [&] {
    try {
      return document.contains(Json::json_pointer(above));
    } catch (const nlohmann::json::exception&) {
      return false;
    }
  };
  while (!above.empty() && !there()) above.resize(above.rfind('/'));
  const Json& parent = document.at(Json::json_pointer(above));
  std::vector<std::string> names;
  for (const auto& [key, unused] : parent.items()) {
    if (above.empty() ? key != "schema" && key != "facts" && key != "notes" : parent.is_structured())
      names.push_back(key);
  }
  const std::string rest = pointer.substr(std::min(above.size() + 1, pointer.size()));
  throw Error({.message = fmt::format("cannot explain {}", path),
               .reason = fmt::format("the machine has no '{}'{}", rest, above.empty() ? "" : " in " + above.substr(1)),
               .help = names.empty() ? "palier detect --json has every name"
                                     : suggestion(rest.substr(0, rest.find('/')), names)},
              ExitCode::usage);
}

std::string value_text(const Json& row) {
  const Json& value = row.at("value");
  const std::string name = row.at("pointer");
  if (value.is_null()) return std::string(null_at(name).means);
  if (value.is_array() && value.empty()) return "none";
  static constexpr auto sizes =
      std::to_array<std::string_view>({"/total", "/available", "/swap", "/memory", "/memory_available", "/memory_total",
                                       "/memory_free", "/size", "/free"});
  const bool bytes = std::ranges::any_of(sizes, [&](auto end) { return name.ends_with(end); });
  if (value.is_number_unsigned() && bytes) {
    return fmt::format("{} ({} bytes)", format_bytes(value.get<double>()), value.dump());
  }
  return value.is_string() ? value.get<std::string>() : value.dump();
}

}  // namespace

std::string to_pointer(std::string_view path) {
  path = trim(path);
  if (path.starts_with('/')) return std::string(path.ends_with('/') ? path.substr(0, path.size() - 1) : path);
  std::string pointer = path.empty() ? "" : "/";
  for (const char c : path) {
    if (c == ']') continue;
    pointer += c == '.' || c == '[' ? '/' : c;
  }
  return pointer;
}

Json explain(const Machine& machine, std::string_view path) {
  const std::string pointer = to_pointer(path);
  Json document = machine;
  for (const char* part : {"schema", "nulls", "notes", "facts"}) document.erase(part);
  bool there = false;
  try {
    there = document.contains(Json::json_pointer(pointer));
  } catch (const nlohmann::json::exception&) {  // no JSON pointer
    there = false;
  }
  if (!there) no_such_place(document, path, pointer);
  Json rows = Json::array();
  add_rows(machine, pointer, document.at(Json::json_pointer(pointer)), rows);
  return {{"schema", "palier.facts/1"}, {"facts", rows}};
}

std::string render_explanation(const Json& explanation, const Terminal& terminal) {
  std::string out;
  for (const Json& row : explanation.at("facts")) {
    Table table({Align::left, Align::left});
    const std::string pointer = row.at("pointer");
    out += styled(terminal, Style::bold, printable(pointer)) + "  " + printable(value_text(row)) + "\n";
    const auto add = [&](const char* label, const Json& text) {
      if (text.is_string() && !text.get_ref<const std::string&>().empty()) table.row({label, text.get<std::string>()});
    };
    add("source", row.at("source"));
    add("raw", row.at("raw"));
    for (const Json& other : row.at("also")) {
      table.row(
          {"also", fmt::format("{}: {}", other.at("source").get<std::string>(), other.at("raw").get<std::string>())});
    }
    add("note", row.at("note"));
    out += table.render(terminal, 2);
  }
  return out;
}

}  // namespace palier
