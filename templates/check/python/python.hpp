#pragma once
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "templates/check/manifests.hpp"

namespace palier {

/// requirements.txt, environment.yml, pyproject.toml and their kin: what cannot be installed, and what disagrees.
void check_python(const Manifests& manifests, const FileTexts& files, Findings& findings);

/// What the files of a folder say of one environment.
struct PythonEnvironment {
  using Said = std::vector<std::pair<std::string, Location>>;
  std::map<std::string, Said> pins;  ///< versions of a package, by its name
  Said pythons;                      ///< versions of Python
  Said indexes;                      ///< where packages come from
};

/// The requirements of one file or list, taken one after the other.
class RequirementList {
 public:
  RequirementList(PythonEnvironment& out, Findings& findings) : out_(out), findings_(findings) {}

  void add(const std::string& text, const Location& place);
  /// "--index-url https://..."
  void add_option(std::string_view line, const Location& place);

 private:
  PythonEnvironment& out_;
  Findings& findings_;
  std::map<std::string, std::pair<int, std::string>> seen_;  ///< line and comparisons, by name
};

// The parts of check_python().
void check_requirement_file(const std::string& path, const std::string& text, const FileTexts& files,
                            PythonEnvironment& out, Findings& findings);
void check_conda(const Part& root, PythonEnvironment& out, Findings& findings);
void check_pyproject(const std::string& path, const std::string& text, PythonEnvironment& out, Findings& findings);
void check_pixi(const std::string& path, const std::string& text, const FileTexts& files, PythonEnvironment& out,
                Findings& findings);
void check_pytest(const std::string& path, const std::string& text, const FileTexts& files, Findings& findings);
void check_agreement(const PythonEnvironment& environment, Findings& findings);

}  // namespace palier
