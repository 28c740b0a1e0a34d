// Conda's environment.yml.
#include <fmt/format.h>

#include "base/closest.hpp"
#include "base/text.hpp"
#include "templates/check/python/python.hpp"
#include "templates/check/python/requirements.hpp"

namespace palier {
namespace {

// Those that the name of another is hardly meant to resemble.
const std::vector<std::string> channels = {"conda-forge", "nodefaults", "defaults", "bioconda", "pytorch",
                                           "pytorch3d",   "nvidia",     "rapidsai", "intel",    "anaconda"};

// Packages that the name of one nearly is. Source: the packages that palier's own templates name.
const std::vector<std::string> usual = {"numpy",        "pandas",     "matplotlib", "scikit-learn", "jupyterlab",
                                        "torchvision",  "torchaudio", "pytorch",    "ipykernel",    "tensorflow",
                                        "transformers", "mlflow",     "pyarrow",    "evidently",    "requests",
                                        "scipy",        "pytest",     "pre-commit"};

// What is wrong with the versions of a package: conda's own may have letters ("9e"), and other forms with a blank or |.
std::string wrong_versions(std::string_view text) {
  if (text.empty() || text.find_first_of("| [") != std::string_view::npos) return {};
  constexpr std::string_view signs = "<>=!~";
  if (signs.find(text.back()) != std::string_view::npos) return "it ends in a comparison";
  for (const std::string_view part : split(text, ',')) {
    const std::size_t begin = part.find_first_not_of(signs);
    const std::string_view sign = part.substr(0, begin);
    const bool known = sign.size() < 2 || sign == "==" || sign == "!=" || sign == "<=" || sign == ">=" || sign == "~=";
    if (!known) return fmt::format("conda has no comparison '{}'", printable(sign));
  }
  return is_empty_range(text) ? "no version is in it" : "";
}

// "numpy>=1.26,<3", "python=3.12", "conda-forge::numpy", "numpy 1.26.*"
void check_package(const Part& item, PythonEnvironment& out, Findings& findings) {
  std::string text = item.text();
  if (const std::size_t channel = text.rfind("::"); channel != std::string::npos) text = text.substr(channel + 2);
  const std::size_t end = std::min(text.find_first_of("=<>!~ ["), text.size());
  const std::string name = text.substr(0, end);
  const std::string_view version = trim(std::string_view(text).substr(end));
  if (const std::string wrong = wrong_versions(version); !wrong.empty())
    return findings.add("requirement-refused", item, fmt::format("'{}': {}", printable(shorten(text, 60)), wrong),
                        "NAME=VERSION or NAME>=VERSION,<VERSION");
  if (name == "python" && version.starts_with('=')) {
    const std::string_view number = version.substr(version.find_first_not_of('='));
    out.pythons.emplace_back(std::string(number.substr(0, number.find_first_of("=*, "))), item.yaml()->location());
  }
  if (const std::string near = mistyped(lower(name), usual); !near.empty() && name.size() > 5)
    findings.add("requirement-odd", item, fmt::format("there is hardly a package '{}'", printable(name)),
                 fmt::format("did you mean '{}'?", near));
}

void check_pip(const Part& list, PythonEnvironment& out, Findings& findings) {
  RequirementList requirements(out, findings);
  for (const Part& one : list.items()) {
    const std::string text = one.text();
    if (text.starts_with("--"))
      requirements.add_option(text, one.yaml()->location());
    else if (!text.empty() && text[0] != '-' && text[0] != '.')
      requirements.add(text, one.yaml()->location());
  }
}

}  // namespace

void check_conda(const Part& root, PythonEnvironment& out, Findings& findings) {
  if (!root["dependencies"].is_list()) return;
  for (const Part& channel : root["channels"].items()) {
    if (const std::string near = mistyped(channel.text(), channels); !near.empty())
      findings.add("requirement-odd", channel, fmt::format("there is hardly a channel '{}'", printable(channel.text())),
                   fmt::format("did you mean '{}'?", near));
  }
  bool pip = false;
  for (const Part& item : root["dependencies"].items()) {
    if (item.is_scalar()) {
      const std::string text = item.text();
      const std::string name = text.substr(0, text.find_first_of("=<>!~ ["));
      pip = pip || name == "pip" || name.ends_with("::pip");
      check_package(item, out, findings);
    }
    if (!item["pip"]) continue;
    if (!pip)
      findings.add("requirement-odd", item, "packages come by pip, which is not among the dependencies before",
                   "- pip");
    check_pip(item["pip"], out, findings);
  }
}

}  // namespace palier
