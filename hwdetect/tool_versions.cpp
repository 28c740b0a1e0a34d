#include "hwdetect/tool_versions.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <chrono>
#include <cstdlib>
#include <future>
#include <iterator>
#include <set>
#include <utility>

#include "base/error.hpp"
#include "base/process.hpp"
#include "base/root.hpp"
#include "base/text.hpp"
#include "hwdetect/deadline.hpp"
#include "hwdetect/version_cache.hpp"

namespace palier {
namespace {

namespace fs = std::filesystem;

struct Program {
  const char* name;
  std::vector<const char*> question;  ///< the arguments that make it print its version
};

const std::vector<Program>& programs() {
  static const std::vector<Program> table = {
      {"python3", {"--version"}},
      {"pip", {"--version"}},
      {"uv", {"--version"}},
      {"conda", {"--version"}},
      {"mamba", {"--version"}},
      {"micromamba", {"--version"}},
      {"jupyter", {}},
      {"git", {"--version"}},
      {"tmux", {"-V"}},
      {"make", {"--version"}},
      {"docker", {"--version"}},
      {"podman", {"--version"}},
      {"kubectl", {"version", "--client"}},
      {"helm", {"version", "--short"}},
      {"sbatch", {"--version"}},
  };
  return table;
}

std::optional<std::string> first_line(const fs::path& path) {
  const std::optional<std::string> text = Root().read(path.string(), 4096);
  if (!text) return std::nullopt;
  const std::vector<std::string_view> all = lines(*text);
  return all.empty() ? std::nullopt : std::optional(std::string(trim(all.front())));
}

// "PREFIX-1.2.3SUFFIX" among the entries of a folder -> "1.2.3"; the version ends at the next '-' or at the suffix.
std::optional<std::string> version_in_names(const fs::path& folder, const std::string& prefix,
                                            std::string_view suffix) {
  for (const std::string& name : Root().list(folder.string())) {
    if (!name.starts_with(prefix + "-") || !name.ends_with(suffix)) continue;
    const std::string rest = name.substr(prefix.size() + 1, name.size() - prefix.size() - 1 - suffix.size());
    if (rest.empty() || std::isdigit(static_cast<unsigned char>(rest.front())) == 0) continue;
    return rest.substr(0, rest.find('-'));
  }
  return std::nullopt;
}

// A conda prefix lists its packages in conda-meta; `conda` may be PREFIX/bin/conda or PREFIX/condabin/conda.
std::optional<std::string> conda_package(const fs::path& program, const std::string& name) {
  return version_in_names(program.parent_path().parent_path() / "conda-meta", name, ".json");
}

// A Python package beside the script that starts it: PREFIX/bin/pip and PREFIX/lib/python3.11/site-packages.
std::optional<std::string> python_package(const fs::path& program, const std::string& name) {
  const fs::path prefix = program.parent_path().parent_path();
  if (prefix == "/usr") {
    if (auto version = version_in_names("/usr/lib/python3/dist-packages", name, ".dist-info")) return version;
  }
  for (const std::string& folder : Root().list((prefix / "lib").string())) {
    if (!folder.starts_with("python3")) continue;
    if (auto version = version_in_names(prefix / "lib" / folder / "site-packages", name, ".dist-info")) return version;
  }
  return std::nullopt;
}

// pyenv puts a shell script in front of each program that takes 50 ms to choose a version. It chooses by PYENV_VERSION,
// by .python-version here or in a folder above, and by the file "version" of its own folder.
fs::path behind_shim(const fs::path& program) {
  const fs::path pyenv = program.parent_path().parent_path();
  if (program.parent_path().filename() != "shims") return program;
  const char* variable = std::getenv("PYENV_VERSION");
  std::optional<std::string> chosen = variable != nullptr ? std::optional<std::string>(variable) : std::nullopt;
  std::error_code error;
  for (fs::path here = fs::current_path(error); !chosen && !here.empty(); here = here.parent_path()) {
    chosen = first_line(here / ".python-version");
    if (here == here.root_path()) break;
  }
  if (!chosen) chosen = first_line(pyenv / "version");
  const fs::path real = pyenv / "versions" / chosen.value_or("") / "bin" / program.filename();
  return chosen && fs::exists(real, error) ? real : program;
}

// PATH without what is not there and what comes again under another name (/bin is often /usr/bin): each program is
// looked for in each of its folders.
std::string distinct_path() {
  const char* path = std::getenv("PATH");
  std::set<std::pair<dev_t, ino_t>> known;
  std::string distinct;
  for (const std::string_view folder : split(path != nullptr ? path : "/usr/local/bin:/usr/bin:/bin", ':')) {
    const std::string name(folder.empty() ? "." : folder);
    struct stat status {};
    if (::stat(name.c_str(), &status) != 0 || !known.insert({status.st_dev, status.st_ino}).second) continue;
    distinct += (distinct.empty() ? "" : ":") + name;
  }
  return distinct;
}

std::optional<std::string> ask(const fs::path& program, const std::vector<const char*>& question) {
  if (question.empty()) return std::nullopt;
  Command command{.argv = {program.string()},
                  .environment = {{"LC_ALL", "C"}},
                  .timeout = std::chrono::seconds(2),
                  .output_limit = 4096};
  command.argv.insert(command.argv.end(), question.begin(), question.end());
  try {
    const ProcessResult result = run(command);
    if (!result.ok()) return std::nullopt;
    return version_in(result.out.empty() ? result.err : result.out);
  } catch (const Error&) {  // gone since it was found, or not made for this processor
    return std::nullopt;
  }
}

// Where a version is written beside the program.
std::optional<std::string> written_version(const std::string& name, const fs::path& program) {
  if (name == "conda" || name == "mamba") return conda_package(program, name);
  if (name == "pip") return python_package(program, name);
  if (name == "jupyter") return python_package(program, "jupyter_core");
  return std::nullopt;
}

}  // namespace

std::optional<std::string> version_in(std::string_view text) {
  const auto digit = [](char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; };
  for (std::string_view word : words(text)) {
    if (word.size() > 1 && word.front() == 'v' && digit(word[1])) word.remove_prefix(1);
    if (!digit(word.front())) continue;
    const auto end = std::ranges::find_if(word, [](char c) {
      return std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '.' && c != '-' && c != '~';
    });
    return std::string(word.begin(), end);
  }
  return std::nullopt;
}

std::vector<Tool> installed_tools() {
  struct Asked {
    std::size_t tool;
    fs::path program;
    std::future<std::optional<std::string>> version;
  };
  const std::string path = distinct_path();
  std::vector<Tool> tools;
  if (path.empty()) return tools;
  VersionCache cache;
  std::vector<Asked> asked;
  for (const Program& program : programs()) {
    const std::optional<fs::path> found = find_program(program.name, path);
    if (!found) continue;
    const fs::path real = behind_shim(*found);
    Tool tool{program.name, found->string(), written_version(program.name, real)};
    if (!tool.version) tool.version = cache.find(real);
    if (tool.version == "") {
      tool.version.reset();
    } else if (!tool.version) {
      asked.push_back(
          {tools.size(), real, begin(std::launch::async, [&program, real] { return ask(real, program.question); })});
    }
    tools.push_back(std::move(tool));
  }
  for (Asked& one : asked) {
    std::optional<std::string>& version = tools[one.tool].version;
    version = one.version.get();
    cache.keep(one.program, version.value_or(""));
  }
  cache.save();
  return tools;
}

}  // namespace palier
