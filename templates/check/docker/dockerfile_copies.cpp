// COPY and ADD: what is copied, from where, and whether it is there.
#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>

#include "base/closest.hpp"
#include "base/text.hpp"
#include "templates/check/docker/compose.hpp"
#include "templates/check/docker/dockerfile.hpp"

namespace palier {
namespace {

bool is_copy(const Instruction& one) { return one.name == "COPY" || one.name == "ADD"; }

// What is copied from the folder of the build: no pattern, variable, here-document or address.
std::vector<std::string> sources_of(const Instruction& one) {
  std::vector<std::string> out;
  if (!is_copy(one) || !one.flag("--from=").empty()) return out;
  const auto list = one.list();
  const std::vector<std::string>& all = list ? *list : one.words;
  for (std::size_t i = 0; i + 1 < all.size(); ++i) {
    if (all[i].find_first_of("*?[$<\"':") == std::string::npos) out.push_back(all[i]);
  }
  return out;
}

// One line of .dockerignore; "!" lets in again what a line before it keeps out.
struct Pattern {
  std::string text;
  bool lets_in = false;

  bool covers(const std::string& path) const {
    const int flags = text.find("**") == std::string::npos ? FNM_PATHNAME | FNM_LEADING_DIR : FNM_LEADING_DIR;
    return fnmatch(text.c_str(), path.c_str(), flags) == 0 ||
           (text.starts_with("**/") && fnmatch(text.c_str() + 3, path.c_str(), flags) == 0);
  }
};

std::vector<Pattern> read_patterns(std::string_view text) {
  std::vector<Pattern> out;
  for (std::string_view line : lines(text)) {
    line = trim(line);
    if (line.empty() || line.starts_with('#')) continue;
    const bool lets_in = line.starts_with('!');
    if (lets_in) line = trim(line.substr(1));
    while (line.starts_with('/') || line.starts_with("./")) line.remove_prefix(line.starts_with('/') ? 1 : 2);
    while (line.ends_with('/')) line.remove_suffix(1);
    if (!line.empty()) out.push_back({std::string(line), lets_in});
  }
  return out;
}

// True where no line lets a part of it in again.
bool is_kept_out(const std::string& path, const std::vector<Pattern>& patterns) {
  bool out = false;
  for (const Pattern& pattern : patterns) {
    if (pattern.lets_in && (pattern.text.starts_with(path + "/") || pattern.text.find("**") != std::string::npos))
      return false;
    if (pattern.covers(path)) out = !pattern.lets_in;
  }
  return out;
}

class Copies {
 public:
  Copies(const Dockerfile& file, const FileTexts& files, Findings& findings)
      : file_(file), files_(files), findings_(findings), folder_(folder_of(file.path)) {}

  void check() {
    const std::string prefix = folder_.empty() ? "" : folder_ + "/";
    for (const std::string& name : {file_.path + ".dockerignore", prefix + ".dockerignore"}) {
      if (const auto found = files_.find(name); found != files_.end() && patterns_.empty())
        patterns_ = read_patterns(found->second);
    }
    for (const Instruction& one : file_.instructions) {
      for (const std::string& source : sources_of(one)) check_source(one, source);
      if (is_copy(one)) check_stage(one);
    }
  }

 private:
  void check_source(const Instruction& one, const std::string& source) {
    const auto path = resolve("", source.starts_with('/') ? source.substr(1) : source);
    if (!path || path->empty()) return;
    if (is_kept_out(*path, patterns_))
      findings_.add("dockerfile-copy", file_.at(one), fmt::format(".dockerignore keeps '{}' out", printable(source)),
                    fmt::format("!{} in .dockerignore", printable(*path)));
    else
      check_there(one, source, *path);
  }

  // A name that nothing has and that is nearly one beside it: others may be made before the image is. The folder of the
  // build is that of the Dockerfile, or the one at the top.
  void check_there(const Instruction& one, const std::string& source, const std::string& path) {
    std::vector<std::string> beside;
    for (const std::string& folder : std::set<std::string>{folder_, ""}) {
      const std::string whole = folder.empty() ? path : fmt::format("{}/{}", folder, path), parent = folder_of(whole);
      const std::string prefix = parent.empty() ? "" : parent + "/";
      for (auto found = files_.lower_bound(prefix); found != files_.end(); ++found) {
        if (!found->first.starts_with(prefix)) break;
        const std::string rest = found->first.substr(prefix.size());
        beside.push_back(rest.substr(0, rest.find('/')));
        if (beside.back() == file_name_of(path)) return;
      }
    }
    if (const std::string near = slip_of(file_name_of(path), beside); !near.empty())
      findings_.add("dockerfile-copy", file_.at(one), fmt::format("there is no '{}' to copy", printable(source)),
                    did_you_mean(near));
  }

  // What no stage is called is an image.
  void check_stage(const Instruction& one) {
    const std::string name = one.flag("--from=");
    if (name.empty() || name.find_first_of("$/:.") != std::string::npos) return;
    if (file_.stage_before(name, one.stage) >= 0) return;
    std::vector<std::string> before, after;
    for (std::size_t i = 0; i < file_.stages.size(); ++i)
      (static_cast<int>(i) < one.stage ? before : after).push_back(file_.stages[i].name);
    if (std::find(after.begin(), after.end(), lower(name)) != after.end())
      findings_.add("dockerfile-stage", file_.at(one),
                    fmt::format("the stage '{}' is not built before", printable(name)), "move it up");
    else if (const std::string near = slip_of(lower(name), before); !near.empty())
      findings_.add("dockerfile-stage", file_.at(one), fmt::format("there is no stage '{}' before", printable(name)),
                    did_you_mean(near));
  }

  const Dockerfile& file_;
  const FileTexts& files_;
  Findings& findings_;
  std::string folder_;
  std::vector<Pattern> patterns_;
};

}  // namespace

void check_dockerfile_copies(const Dockerfile& file, const FileTexts& files, Findings& findings) {
  Copies(file, files, findings).check();
}

}  // namespace palier
