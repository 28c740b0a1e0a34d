#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <set>

#include "base/error.hpp"
#include "templates/checksum.hpp"
#include "templates/emit.hpp"

namespace palier {
namespace {

// Jupyter writes keys by name.
using Sorted = nlohmann::json;

[[noreturn]] void fail(const std::string& path, const std::string& reason) {
  throw Error({.message = "a template describes a notebook wrongly", .reason = reason, .location = {.file = path}});
}

// Lines with their line ends, as the format wants them.
Sorted source_lines(const std::string& source) {
  Sorted result = Sorted::array();
  for (std::size_t at = 0; at < source.size();) {
    const std::size_t end = source.find('\n', at);
    const std::size_t next = end == std::string::npos ? source.size() : end + 1;
    result.push_back(source.substr(at, next - at));
    at = next;
  }
  return result;
}

std::string text_of(const Json& cell, const char* key, const std::string& path) {
  const auto found = cell.is_object() ? cell.find(key) : cell.end();
  if (!cell.is_object() || found == cell.end() || !found->is_string())
    fail(path, fmt::format("each cell must have the text '{}'", key));
  return found->get<std::string>();
}

}  // namespace

std::string emit_notebook(const Json& content, const std::string& path) {
  if (!content.is_object() || !content.contains("cells") || !content.at("cells").is_array())
    fail(path, "it must have a list of 'cells'");
  std::set<std::string> ids;
  Sorted cells = Sorted::array();
  for (const Json& cell : content.at("cells")) {
    const std::string type = text_of(cell, "type", path);
    if (type != "markdown" && type != "code") fail(path, "a cell's type is 'markdown' or 'code'");
    std::string source = text_of(cell, "source", path);
    while (source.ends_with('\n')) source.pop_back();
    // Unique, and the same for the same cell wherever it stands, so that diffs stay small.
    std::string id = sha256(fmt::format("{}\n{}", type, source)).substr(0, 12);
    for (int copy = 2; !ids.insert(id).second; ++copy) id = fmt::format("{}-{}", id.substr(0, 12), copy);
    Sorted entry = {{"cell_type", type}, {"id", id}, {"metadata", Sorted::object()}, {"source", source_lines(source)}};
    if (type == "code") {
      entry["execution_count"] = nullptr;
      entry["outputs"] = Sorted::array();
    }
    cells.push_back(std::move(entry));
  }
  const Sorted notebook = {
      {"cells", cells},
      {"metadata",
       {{"kernelspec", {{"display_name", "Python 3"}, {"language", "python"}, {"name", "python3"}}},
        {"language_info", {{"name", "python"}}}}},
      {"nbformat", 4},
      {"nbformat_minor", 5}};
  return notebook.dump(1, ' ', false, Sorted::error_handler_t::replace) + "\n";
}

}  // namespace palier
