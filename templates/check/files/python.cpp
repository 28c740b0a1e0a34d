// Python environments: requirements that pip refuses, and files of one folder that disagree.
#include <fmt/format.h>

#include <algorithm>

#include "base/closest.hpp"
#include "base/text.hpp"
#include "templates/check/files/file_values.hpp"
#include "templates/check/files/files.hpp"
#include "templates/check/files/line_files.hpp"
#include "templates/check/files/requirements.hpp"

namespace palier {
namespace {

struct Pin {
  std::string version, index;
  Location place;
};

// What the files of a folder say of one package each.
using Pins = std::map<std::string, std::vector<Pin>>;  // by name
struct Environment {
  Pins pins;
  std::vector<std::pair<std::string, Location>> pythons, indexes;
};

class Reader {
 public:
  Reader(Environment& out, Findings& findings) : out_(out), findings_(findings) {}

  void requirement(const std::string& text, const Location& place,
                   std::map<std::string, std::pair<int, std::string>>& seen) {
    std::string name, pin;
    const std::string wrong = wrong_requirement(text, name, pin);
    if (!wrong.empty()) {
      const bool single = text.find('=') != std::string::npos && text.find("==") == std::string::npos &&
                          wrong.find("comparison") != std::string::npos;
      findings_.add("requirement-refused", place, fmt::format("'{}': {}", printable(shorten(text, 60)), wrong),
                    single ? "== for a version" : "NAME>=VERSION,<VERSION");
      return;
    }
    if (name.empty()) return;
    if (text.find(';') == std::string::npos) {
      const std::string versions = text.substr(std::min(text.find_first_of("<>=!~"), text.size()));
      const auto [first, fresh] = seen.emplace(name, std::pair(place.line, versions));
      if (!fresh && !wrong_specifier(versions + "," + first->second.second).empty())
        findings_.add("requirement-refused", place,
                      fmt::format("no version of '{}' is also what line {} asks for", name, first->second.first),
                      "one line for each package");
    }
    if (!pin.empty()) out_.pins[name].push_back({pin, "", place});
  }

  void option(std::string_view line, const Location& place) {
    const std::string name(line.substr(0, line.find_first_of("= ")));
    const std::vector<std::string> known = {
        "--index-url",    "--extra-index-url", "--no-index",    "--find-links",    "--requirement",    "--constraint",
        "--editable",     "--no-binary",       "--only-binary", "--prefer-binary", "--require-hashes", "--pre",
        "--trusted-host", "--use-feature",     "--hash",        "--global-option", "--config-settings"};
    if (const std::string near = mistyped(name, known); !near.empty())
      findings_.add("requirement-refused", place, fmt::format("pip has no option '{}'", printable(name)),
                    fmt::format("did you mean '{}'?", near));
    const std::size_t at = line.find("://");
    if (name.ends_with("index-url") && at != std::string_view::npos)
      out_.indexes.emplace_back(std::string(trim(line.substr(name.size() + 1))), place);
  }

 private:
  Environment& out_;
  Findings& findings_;
};

void read_requirements(const std::string& path, const std::string& text, const FileTexts& files, Reader& reader,
                       Findings& findings) {
  std::map<std::string, std::pair<int, std::string>> seen;
  int number = 0;
  bool continued = false;
  for (const std::string_view raw : lines(text)) {
    ++number;
    const std::string_view line = trim(raw);
    const bool more = continued;
    continued = line.ends_with('\\');
    const Location place{path, number};
    if (line.empty() || line[0] == '#' || more) continue;
    if (line.starts_with("-r ") || line.starts_with("-c ") || line.starts_with("--requirement")) {
      const std::string name(trim(line.substr(line.find_first_of(" =") + 1)));
      const auto other = resolve(folder_of(path), name);
      if (other && name.find("://") == std::string::npos && name.find('$') == std::string::npos &&
          files.count(*other) == 0)
        findings.add("file-missing", place, fmt::format("there is no '{}' here", printable(name)));
    } else if (line.starts_with("--")) {
      reader.option(line, place);
    } else if (!line.starts_with('-') && !line.starts_with('.') && line.find("{{") == std::string_view::npos) {
      std::string one(line);
      if (one.ends_with('\\')) one.pop_back();
      reader.requirement(one, place, seen);
    }
  }
}

// "numpy>=1.26,<3", "python=3.12", "conda-forge::numpy", "numpy 1.26.*"
void check_conda_package(const Part& item, Environment& out, Findings& findings) {
  std::string text = item.text();
  if (const std::size_t channel = text.rfind("::"); channel != std::string::npos) text = text.substr(channel + 2);
  const std::size_t end = std::min(text.find_first_of("=<>!~ ["), text.size());
  const std::string name = text.substr(0, end);
  std::string version(trim(std::string_view(text).substr(end)));
  if (name == "python" && version.starts_with('=')) {
    std::string number = version.substr(version.find_first_not_of('='));
    out.pythons.emplace_back(number.substr(0, number.find_first_of("=* ")), item.yaml()->location());
  }
  const auto refuse = [&](const std::string& why) {
    findings.add("requirement-refused", item, fmt::format("'{}': {}", printable(shorten(text, 60)), why),
                 "NAME=VERSION or NAME>=VERSION,<VERSION");
  };
  if (!version.empty() && std::string_view("<>=!~").find(version.back()) != std::string_view::npos)
    return refuse("it ends in a comparison");
  const bool ranged = version.starts_with('<') || version.starts_with('>') || version.starts_with('!');
  if (!ranged || version.find('|') != std::string::npos || version.find(' ') != std::string::npos) return;
  if (const std::string wrong = wrong_specifier(version); !wrong.empty() && version.find('*') == std::string::npos)
    refuse(wrong);
}

// Packages that the name of one nearly is. Source: the packages that palier's own templates name.
const std::vector<std::string> usual = {"numpy",        "pandas",     "matplotlib", "scikit-learn", "jupyterlab",
                                        "torchvision",  "torchaudio", "pytorch",    "ipykernel",    "tensorflow",
                                        "transformers", "mlflow",     "pyarrow",    "evidently",    "requests",
                                        "scipy",        "pytest",     "pre-commit"};

void check_conda(const Part& root, Environment& out, Reader& reader, Findings& findings) {
  if (!root["dependencies"].is_list()) return;
  bool pip = false;
  for (const Part& channel : root["channels"].items()) {
    const std::string near = mistyped(channel.text(), {"conda-forge", "nodefaults", "defaults", "bioconda", "pytorch",
                                                       "nvidia", "rapidsai", "intel"});
    if (!near.empty())
      findings.add("requirement-odd", channel, fmt::format("there is hardly a channel '{}'", printable(channel.text())),
                   fmt::format("did you mean '{}'?", near));
  }
  for (const Part& item : root["dependencies"].items()) {
    if (item.is_scalar()) {
      const std::string name = item.text().substr(0, item.text().find_first_of("=<>!~ ["));
      pip = pip || name == "pip";
      check_conda_package(item, out, findings);
      if (const std::string near = mistyped(lower(name), usual); !near.empty() && name.size() > 5)
        findings.add("requirement-odd", item, fmt::format("there is hardly a package '{}'", printable(name)),
                     fmt::format("did you mean '{}'?", near));
    }
    if (!item["pip"]) continue;
    if (!pip)
      findings.add("requirement-odd", item, "packages come by pip, which is not among the dependencies before",
                   "- pip");
    std::map<std::string, std::pair<int, std::string>> seen;
    for (const Part& one : item["pip"].items()) {
      const std::string text = one.text();
      if (text.starts_with("--"))
        reader.option(text, one.yaml()->location());
      else if (!text.empty() && text[0] != '-' && text[0] != '.')
        reader.requirement(text, one.yaml()->location(), seen);
    }
  }
}

void check_pyproject(const std::string& path, const std::string& text, Environment& out, Reader& reader,
                     Findings& findings) {
  std::vector<std::string> sources;
  const auto all = read_settings(text);
  for (const LineSetting& one : all)
    if (one.section == "tool.poetry.source" && one.key == "name") sources.push_back(one.value);
  for (const LineSetting& one : all) {
    const Location place{path, one.line};
    if (one.section == "tool.poetry.source" && one.key == "priority") {
      if (const std::string wrong = wrong_value("primary|supplemental|explicit|default|secondary", one.value);
          !wrong.empty())
        findings.add("file-value", place, fmt::format("'{}' is nothing that 'priority' takes", printable(one.value)),
                     wrong);
    }
    if (one.section.starts_with("tool.poetry.") && one.key == "source" &&
        std::find(sources.begin(), sources.end(), one.value) == sources.end())
      findings.add("file-reference", place, fmt::format("there is no source '{}'", printable(one.value)),
                   sources.empty() ? "" : suggestion(one.value, sources));
    if (one.section == "project" && one.key == "requires-python" && one.value.starts_with(">="))
      out.pythons.emplace_back(one.value.substr(2, one.value.find(',') - 2), place);
    if (one.section != "project" || one.key != "dependencies") continue;
    std::map<std::string, std::pair<int, std::string>> seen;
    for (std::size_t at = one.value.find_first_of("\"'"); at != std::string::npos;) {
      const std::size_t end = one.value.find(one.value[at], at + 1);
      if (end == std::string::npos) break;
      reader.requirement(one.value.substr(at + 1, end - at - 1), place, seen);
      at = one.value.find_first_of("\"'", end + 1);
    }
  }
}

void check_pixi(const std::string& path, const std::string& text, Environment& out, const FileTexts& files,
                Findings& findings) {
  for (const LineSetting& one : read_settings(text)) {
    const Location place{path, one.line};
    const std::string name = one.section.substr(one.section.rfind('.') + 1);
    if (one.section == "dependencies" && one.key == "python")
      out.pythons.emplace_back(one.value.substr(0, one.value.find(".*")), place);
    if (one.section.starts_with("pypi-dependencies.") && one.key == "version" && one.value.starts_with("=="))
      out.pins[name].push_back({one.value.substr(2), "", place});
    if (one.section.starts_with("pypi-dependencies.") && one.key == "index") out.indexes.emplace_back(one.value, place);
    if ((one.section == "dependencies" || one.section == "tasks") && !one.value.empty() &&
        std::string_view("<>=~").find(one.value[0]) != std::string_view::npos) {
      const auto all = lines(text);
      if (one.line <= static_cast<int>(all.size()) &&
          all[static_cast<std::size_t>(one.line) - 1].find_first_of("\"'") == std::string_view::npos)
        findings.add("file-value", place, fmt::format("'{}' is no value of TOML", printable(one.value)),
                     "put it in quotes");
    }
    if (one.section != "tasks") continue;
    for (const std::string_view word : words(one.value)) {
      const bool file = word.ends_with(".ipynb") || word.ends_with(".py");
      const auto there = resolve(folder_of(path), std::string(word));
      if (file && there && files.count(*there) == 0 && word.find('$') == std::string_view::npos)
        findings.add("file-missing", place, fmt::format("there is no '{}' here", printable(word)));
    }
  }
}

// The first that says another thing than the others, by majority; of two, the second.
template <typename Value>
const std::pair<Value, Location>* odd_one(const std::vector<std::pair<Value, Location>>& all) {
  if (all.size() < 2) return nullptr;
  for (const auto& one : all) {
    const auto same =
        std::count_if(all.begin(), all.end(), [&](const auto& other) { return other.first == one.first; });
    if (2 * same < static_cast<long>(all.size())) return &one;
  }
  return all.size() == 2 && all[0].first != all[1].first ? &all[1] : nullptr;
}

void check_agreement(const Environment& environment, Findings& findings) {
  for (const auto& [name, pins] : environment.pins) {
    std::vector<std::pair<std::string, Location>> versions;
    std::set<std::string> files;
    for (const Pin& pin : pins) {
      versions.emplace_back(pin.version, pin.place);
      files.insert(pin.place.file);
    }
    if (files.size() < 2 || (pins.size() < 3 && !name.starts_with("torch"))) continue;
    if (const auto* odd = odd_one(versions))
      findings.add("requirement-odd", odd->second,
                   fmt::format("'{}' is {} here, and another version in a file beside it", name, printable(odd->first)),
                   "one version for all tools");
  }
  if (const auto* odd = odd_one(environment.pythons); odd != nullptr && environment.pythons.size() > 2)
    findings.add("requirement-odd", odd->second,
                 fmt::format("Python is {} here, and another version in the files beside it", printable(odd->first)),
                 "one version for all tools");
  std::vector<std::pair<std::string, Location>> torch;
  for (const auto& [url, place] : environment.indexes)
    if (url.find("download.pytorch.org/whl/") != std::string::npos)
      torch.emplace_back(url.substr(url.find("/whl/")), place);
  if (const auto* odd = odd_one(torch); odd != nullptr && torch.size() > 2)
    findings.add("requirement-odd", odd->second,
                 fmt::format("PyTorch comes from '{}' here, and from another index in the files beside it",
                             printable(odd->first)),
                 "one build for all tools");
}

// pytest's folders are there.
void check_pytest(const std::string& path, const std::string& text, const FileTexts& files, Findings& findings) {
  for (const LineSetting& one : read_settings(text)) {
    if (one.key != "testpaths") continue;
    for (const std::string_view word : words(one.value)) {
      const auto folder = resolve(folder_of(path), std::string(word));
      const bool there = !folder || folder->empty() || word.find('*') != std::string_view::npos ||
                         std::any_of(files.begin(), files.end(), [&](const auto& file) {
                           return file.first.starts_with(*folder + "/") || file.first == *folder;
                         });
      if (!there)
        findings.add("file-missing", Location{path, one.line},
                     fmt::format("there is no folder '{}' here: no test is run", printable(word)));
    }
  }
}

}  // namespace

void check_python(const Manifests& manifests, const FileTexts& files, Findings& findings) {
  std::map<std::string, Environment> folders;
  for (const auto& [path, text] : files) {
    const std::string name = file_name_of(path);
    Environment& environment = folders[folder_of(path)];
    Reader reader(environment, findings);
    if (name.starts_with("requirements") && name.ends_with(".txt") && text.size() < (1 << 20))
      read_requirements(path, text, files, reader, findings);
    if (name == "pyproject.toml") check_pyproject(path, text, environment, reader, findings);
    if (name == "pixi.toml") check_pixi(path, text, environment, files, findings);
    if (name == "pytest.ini") check_pytest(path, text, files, findings);
  }
  for (const auto& [path, document] : manifests.documents) {
    Environment& environment = folders[folder_of(path)];
    Reader reader(environment, findings);
    const std::string name = file_name_of(path);
    if (name.starts_with("environment") || name.starts_with("conda"))
      check_conda(document, environment, reader, findings);
  }
  for (const auto& [folder, environment] : folders) check_agreement(environment, findings);
}

}  // namespace palier
