// Variables of Compose files: "$NAME", "${NAME}", "${NAME:-otherwise}"; $$ is a $ for the container.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <functional>

#include "base/text.hpp"
#include "templates/check/docker/compose.hpp"

namespace palier {
namespace {

struct Reference {
  std::string name;
  bool plain = true;  // nothing is said for where it is not set
};

bool is_name_part(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

// False where Compose refuses the text.
bool read_references(std::string_view text, std::vector<Reference>& out) {
  const std::size_t last = text.rfind('}');
  for (std::size_t at = text.find('$'); at != text.npos; at = text.find('$', at)) {
    if (++at == text.size()) break;
    if (text[at] == '$') {
      ++at;
      continue;
    }
    const bool brace = text[at] == '{';
    const std::size_t begin = at + (brace ? 1 : 0);
    const auto end = static_cast<std::size_t>(
        std::find_if_not(text.begin() + static_cast<std::ptrdiff_t>(begin), text.end(), is_name_part) - text.begin());
    const std::string name(text.substr(begin, end - begin));
    const bool named = !name.empty() && std::isdigit(static_cast<unsigned char>(name[0])) == 0;
    const bool whole = end < text.size() && text[end] == '}';
    if (brace && (!named || last == text.npos || last < end || text.find_first_of("}:-?+", end) != end)) return false;
    if (named) out.push_back({name, !brace || whole});
    at = end;
  }
  return true;
}

using Visitor = std::function<void(const Part&)>;

void visit(const Part& part, const Visitor& visitor) {
  for (const auto& [key, value] : part.members()) visit(value, visitor);
  for (const Part& item : part.items()) visit(item, visitor);
  if (part.is_scalar()) visitor(part);
}

// Names in capital letters in the README and in the examples of .env that are beside the file.
std::set<std::string> names_beside(const ComposeFile& file) {
  std::set<std::string> out;
  for (const char* name : {"README.md", ".env", ".env.example", "env.example", ".env.sample"}) {
    const auto found = file.files.find((file.folder.empty() ? "" : file.folder + "/") + name);
    if (found == file.files.end()) continue;
    std::string word;
    for (const char c : found->second + " ") {
      if (std::isupper(static_cast<unsigned char>(c)) != 0 || std::isdigit(static_cast<unsigned char>(c)) != 0 ||
          c == '_') {
        word += c;
        continue;
      }
      if (word.size() > 3 && word.find('_') != std::string::npos) out.insert(word);
      word.clear();
    }
  }
  return out;
}

class Variables {
 public:
  Variables(const ComposeFile& file, Findings& findings)
      : file_(file), findings_(findings), beside_(names_beside(file)) {}

  void check() {
    visit(file_.root, [&](const Part& part) { read(part); });
    for (const char* kind : {"secrets", "configs"}) {
      for (const auto& [name, value] : file_.root[kind].members()) {
        if (const Part variable = value["environment"]; variable) add({variable.text()}, variable);
      }
    }
    std::vector<std::string> known(beside_.begin(), beside_.end());
    for (const auto& [name, use] : uses_) {
      if (use.count > 1) known.push_back(name);
    }
    for (const auto& [name, use] : uses_) check_name(name, use, known);
    for (const auto& [name, service] : file_.services) check_early(service);
  }

 private:
  struct Use {
    Part first;
    int count = 0;
  };

  void read(const Part& part) {
    std::vector<Reference> references;
    if (!read_references(part.text(), references))
      findings_.add("compose-refused", part, "a ${ that Compose cannot read", "${NAME}, or $${ for a $ of its own");
    for (const Reference& one : references) add(one, part);
  }

  void add(const Reference& reference, const Part& place) {
    Use& use = uses_[reference.name];
    if (use.count == 0) use.first = place;
    use.count += reference.plain ? 1 : 2;  // one with a default of its own is meant so
  }

  // There once, and nearly one that is there more often or that is told of beside the file.
  void check_name(const std::string& name, const Use& use, const std::vector<std::string>& known) {
    if (use.count > 1 || beside_.count(name) != 0) return;
    std::string near = slip_of(name, known);
    for (const std::string& other : beside_) {
      const bool begins = name.size() >= 6 && other.starts_with(name) && other.find('_', name.size()) == other.npos;
      if (near.empty() && begins) near = other;
    }
    if (!near.empty())
      findings_.add("variable-unset", use.first, fmt::format("nothing here sets '{}'", printable(name)),
                    did_you_mean(near));
  }

  // A variable of the container is filled in before there is a container.
  void check_early(const Part& service) {
    const auto own = environment_of(service);
    for (const Part& part : {service["command"], service["entrypoint"], service.at("healthcheck.test")}) {
      visit(part, [&](const Part& item) {
        std::vector<Reference> references;
        read_references(item.text(), references);
        for (const Reference& one : references) {
          const auto value = own.find(one.name);
          if (!one.plain || value == own.end() || value->second.find('$') != std::string::npos ||
              beside_.count(one.name) != 0)
            continue;
          findings_.add(
              "variable-unset", item,
              fmt::format("'{}' is filled in from the environment of Compose, not of the container", one.name),
              fmt::format("$${}", one.name));
        }
      });
    }
  }

  const ComposeFile& file_;
  Findings& findings_;
  std::set<std::string> beside_;
  std::map<std::string, Use> uses_;
};

}  // namespace

void check_compose_variables(const ComposeFile& file, Findings& findings) { Variables(file, findings).check(); }

}  // namespace palier
