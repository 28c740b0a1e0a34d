#pragma once
#include <map>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "templates/manifest.hpp"
#include "templates/targets.hpp"

namespace palier {

/// What templates are given.
struct Inputs {
  Json machine;                      ///< a Machine document
  Json advice = nullptr;             ///< an Advice document, or null
  std::vector<std::string> targets;  ///< empty: what the advice's leaf needs
  Settings settings;
};

/// A file as palier would write it.
struct GeneratedFile {
  std::string text;
  unsigned mode = 0644;
  std::string target;
};

struct Generated {
  std::map<std::string, GeneratedFile> files;       ///< by path in the workspace
  std::map<std::string, Manifest::Source> sources;  ///< by target
  /// What the templates could not settle, such as an image whose digest is not known; one line each.
  std::vector<std::string> open;
};

/// Evaluates the targets' templates; touches no file. The same inputs give the same bytes. Throws Error where a target
/// or setting is unknown, where the advice's leaf is, where a template refuses its inputs, and where two targets name
/// the same file.
Generated generate(const TemplateTree& tree, const Inputs& inputs);

}  // namespace palier
