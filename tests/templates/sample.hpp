#pragma once
#include <string>

#include "base/file.hpp"
#include "base/json.hpp"
#include "templates/plan.hpp"

/// A Machine document of tests/templates/data.
inline palier::Json sample_machine(const std::string& name) {
  const std::string path = std::string(PALIER_TESTS) + "/templates/data/" + name + ".json";
  return palier::parse_json(palier::read_file(path), path);
}

/// An Advice document with the members that templates use.
inline palier::Json sample_advice(const std::string& leaf) {
  return palier::Json{{"schema", "palier.advice/1"},
                      {"needs", {{"answers", palier::Json::object()}, {"lang", "en"}}},
                      {"leaf", leaf},
                      {"title", "Title"},
                      {"tier", "small budget"},
                      {"path", {{{"question", "local"}, {"text", "Local resources?"}, {"answer", "yes"}}}},
                      {"stack", {{{"name", "Mamba"}, {"role", "environments"}, {"why", "quick"}}}},
                      {"alternatives", palier::Json::array()},
                      {"flips", palier::Json::array()},
                      {"risks", palier::Json::array()},
                      {"next", {"palier bench"}}};
}

/// Files as a template would give them, of one target "t".
inline palier::Generated files_of(const std::map<std::string, std::string>& texts) {
  palier::Generated generated;
  for (const auto& [path, text] : texts) generated.files[path] = {text, 0644, "t"};
  generated.sources["t"] = {};
  return generated;
}

/// What targets write for a machine, from palier's own templates.
inline palier::Generated generate_for(const palier::Json& machine, const std::vector<std::string>& targets,
                                      const palier::Settings& settings = {}, const palier::Json& advice = nullptr) {
  return palier::generate(palier::TemplateTree(std::nullopt),
                          {.machine = machine, .advice = advice, .targets = targets, .settings = settings});
}

inline const std::string& text_of(const palier::Generated& generated, const std::string& path) {
  return generated.files.at(path).text;
}
