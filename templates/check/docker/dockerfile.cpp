// Reads Dockerfiles as BuildKit does.
#include "templates/check/docker/dockerfile.hpp"

#include <algorithm>
#include <cctype>

#include "base/json.hpp"
#include "base/text.hpp"

namespace palier {
namespace {

std::string upper(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return out;
}

// The words that end the here-documents of "cat <<EOF 3<<-'END'".
std::vector<std::string> here_documents(const Instruction& one) {
  std::vector<std::string> out;
  if (one.name != "RUN" && one.name != "COPY" && one.name != "ADD") return out;
  for (const std::string& word : one.words) {
    std::string_view rest = word;
    rest.remove_prefix(std::min(rest.find_first_not_of("0123456789"), rest.size()));
    if (!rest.starts_with("<<") || rest.starts_with("<<<")) continue;
    rest.remove_prefix(rest.starts_with("<<-") ? 3 : 2);
    std::string end(rest);
    std::erase_if(end, [](char c) { return c == '"' || c == '\''; });
    if (!end.empty()) out.push_back(end);
  }
  return out;
}

class Reader {
 public:
  explicit Reader(Dockerfile& out) : out_(out) {}

  void read(std::string_view text) {
    int number = 0;
    for (const std::string_view raw : lines(text)) {
      ++number;
      const std::string_view line = trim(raw);
      if (!documents_.empty()) {
        if (line == documents_.front()) documents_.erase(documents_.begin());
      } else if (!line.empty() && !line.starts_with('#')) {
        take(line, number);
      }
    }
    if (continued_) finish();
  }

 private:
  void take(std::string_view line, int number) {
    const bool goes_on = line.ends_with('\\');
    if (goes_on) line.remove_suffix(1);
    if (!continued_) one_ = Instruction{.name = {}, .text = {}, .flags = {}, .words = {}, .line = number};
    one_.text.append(one_.text.empty() ? "" : " ").append(trim(line));
    continued_ = goes_on;
    if (!goes_on) finish();
  }

  void finish() {
    const std::size_t blank = std::min(one_.text.find_first_of(" \t"), one_.text.size());
    one_.name = upper(std::string_view(one_.text).substr(0, blank));
    one_.text = std::string(trim(std::string_view(one_.text).substr(blank)));
    for (const std::string_view word : words(one_.text)) {
      const bool flag = one_.words.empty() && word.starts_with("--");
      (flag ? one_.flags : one_.words).emplace_back(word);
    }
    if (one_.name == "FROM") begin_stage();
    one_.stage = static_cast<int>(out_.stages.size()) - 1;
    documents_ = here_documents(one_);
    out_.instructions.push_back(std::move(one_));
    continued_ = false;
  }

  void begin_stage() {
    BuildStage stage{.name = {}, .image = one_.words.empty() ? "" : one_.words[0], .line = one_.line};
    if (one_.words.size() == 3 && lower(one_.words[1]) == "as") stage.name = lower(one_.words[2]);
    const auto found = stages_.find(lower(stage.image));
    if (found != stages_.end()) stage.base = found->second;
    stages_[stage.name] = static_cast<int>(out_.stages.size());
    out_.stages.push_back(std::move(stage));
  }

  Dockerfile& out_;
  Instruction one_;
  bool continued_ = false;
  std::vector<std::string> documents_;  // that are not at their end
  std::map<std::string, int> stages_;
};

}  // namespace

std::string Instruction::flag(std::string_view wanted) const {
  for (const std::string& flag : flags) {
    if (flag.starts_with(wanted)) return flag.substr(wanted.size());
  }
  return {};
}

std::optional<std::vector<std::string>> Instruction::list() const {
  if (!text.starts_with('[')) return {};
  try {
    std::vector<std::string> out;
    for (const Json& item : parse_json(text, "")) {
      if (!item.is_string()) return {};
      out.push_back(item.get<std::string>());
    }
    return out;
  } catch (const Error&) {
    return {};
  }
}

int Dockerfile::stage_before(const std::string& name, int stage) const {
  for (int i = std::min(stage, static_cast<int>(stages.size())) - 1; i >= 0; --i) {
    if (stages[static_cast<std::size_t>(i)].name == lower(name) || std::to_string(i) == name) return i;
  }
  return -1;
}

bool is_dockerfile(const std::string& path) {
  const std::string name = file_name_of(path);
  if (name.ends_with(".dockerignore") || name.ends_with(".md")) return false;
  return name == "Dockerfile" || name == "Containerfile" || name.starts_with("Dockerfile.") ||
         name.ends_with(".Dockerfile");
}

Dockerfile read_dockerfile(const std::string& path, std::string_view text) {
  Dockerfile out;
  out.path = path;
  for (const std::string_view sign : {"{%", "{{", "escape=`"}) out.is_template |= text.find(sign) != text.npos;
  Reader(out).read(text);
  return out;
}

}  // namespace palier
