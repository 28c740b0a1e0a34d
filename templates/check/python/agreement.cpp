// Files of one folder that describe the same environment, each for another tool.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "templates/check/python/python.hpp"

namespace palier {
namespace {

// The one that says another thing than most of the others; of two, the second.
const PythonEnvironment::Said::value_type* odd_one(const PythonEnvironment::Said& all) {
  if (all.size() == 2) return all[0].first == all[1].first ? nullptr : &all[1];
  std::map<std::string, std::size_t> times;
  for (const auto& [value, place] : all) ++times[value];
  const auto odd =
      std::find_if(all.begin(), all.end(), [&](const auto& one) { return 2 * times[one.first] < all.size(); });
  return odd == all.end() ? nullptr : &*odd;
}

}  // namespace

void check_agreement(const PythonEnvironment& environment, Findings& findings) {
  const auto report = [&](const PythonEnvironment::Said& said, const std::string& what, const char* help) {
    if (const auto* odd = odd_one(said))
      findings.add("requirement-odd", odd->second,
                   fmt::format("{} is '{}' here, and another in the files beside it", what, printable(odd->first)),
                   help);
  };
  for (const auto& [name, versions] : environment.pins) {
    std::set<std::string> files;
    for (const auto& [version, place] : versions) files.insert(place.file);
    if (files.size() > 1 && (versions.size() > 2 || name.starts_with("torch")))
      report(versions, fmt::format("the version of {}", name), "one version for all tools");
  }
  if (environment.pythons.size() > 2) report(environment.pythons, "the version of Python", "one version for all tools");
  PythonEnvironment::Said torch;
  for (const auto& [url, place] : environment.indexes)
    if (url.find("download.pytorch.org/whl/") != std::string::npos)
      torch.emplace_back(url.substr(url.find("/whl/")), place);
  if (torch.size() > 2) report(torch, "PyTorch's index", "one build for all tools");
}

void check_python(const Manifests& manifests, const FileTexts& files, Findings& findings) {
  std::map<std::string, PythonEnvironment> folders;
  for (const auto& [path, text] : files) {
    const std::string name = file_name_of(path);
    PythonEnvironment& environment = folders[folder_of(path)];
    if (name.starts_with("requirements") && name.ends_with(".txt"))
      check_requirement_file(path, text, files, environment, findings);
    if (name == "pyproject.toml") check_pyproject(path, text, environment, findings);
    if (name == "pixi.toml") check_pixi(path, text, files, environment, findings);
    if (name == "pytest.ini") check_pytest(path, text, files, findings);
  }
  for (const auto& [path, document] : manifests.documents) {
    const std::string name = file_name_of(path);
    if (name.starts_with("environment") || name.starts_with("conda"))
      check_conda(document, folders[folder_of(path)], findings);
  }
  for (const auto& [folder, environment] : folders) check_agreement(environment, findings);
}

}  // namespace palier
