// JSON files that are none of Kubernetes'.
#include "base/json.hpp"
#include "base/text.hpp"
#include "templates/check/files/files.hpp"
#include "templates/check/python/json.hpp"

namespace palier {
namespace {

constexpr std::size_t largest = std::size_t{4} << 20;

bool is_known(const std::string& path, const std::string& text) {
  const std::string name = file_name_of(path);
  if (name.ends_with(".ipynb")) return true;
  if (!name.ends_with(".json")) return false;
  if (name.ends_with("devcontainer.json") || name.ends_with("-metadata.json")) return true;
  for (const char* key : {"\"TrainingJobName\"", "\"EndpointConfigName\"", "\"ModelName\"", "\"deployedModel\""}) {
    if (text.find(key) != std::string::npos) return true;
  }
  return false;
}

// Dev containers may have comments: blanks in their place, so that all else keeps its own.
std::string without_comments(std::string text) {
  bool quoted = false;
  for (std::size_t i = 0; i + 1 < text.size(); ++i) {
    if (quoted && text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      quoted = !quoted;
    } else if (!quoted && text[i] == '/' && (text[i + 1] == '/' || text[i + 1] == '*')) {
      const bool line = text[i + 1] == '/';
      const std::size_t close = line ? text.find('\n', i) : text.find("*/", i + 2);
      const std::size_t end = close == std::string::npos ? text.size() : close + (line ? 0 : 2);
      for (; i < end; ++i)
        if (text[i] != '\n') text[i] = ' ';
      --i;
    }
  }
  return text;
}

}  // namespace

JsonFiles read_json_files(const FileTexts& files, Findings& findings) {
  JsonFiles out;
  for (const auto& [path, text] : files) {
    if (text.size() > largest || !is_known(path, text)) continue;
    try {
      std::vector<Yaml> repeated;
      const bool commented = path.ends_with("devcontainer.json");
      std::vector<Yaml> all = Yaml::parse_all(commented ? without_comments(text) : text, path, repeated);
      if (all.size() == 1 && all.front().is_map()) out.emplace(path, std::move(all.front()));
    } catch (const Error&) {  // whether it is JSON is asked where that is known
    }
    const std::string name = file_name_of(path);
    if (name != "kernel-metadata.json" && name != "dataset-metadata.json") continue;
    try {
      parse_json(text, path);
    } catch (const Error& error) {
      findings.add("json-syntax", Location{path, error.text().location.line, error.text().location.column},
                   error.text().reason);
    }
  }
  return out;
}

}  // namespace palier
