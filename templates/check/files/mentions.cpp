// What READMEs and scripts name: files, services of Compose, units of systemd.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "base/closest.hpp"
#include "base/text.hpp"
#include "templates/check/files/files.hpp"

namespace palier {
namespace {

using Names = std::vector<std::string>;
using Words = std::vector<std::string_view>;

std::string shown(std::string_view text) { return printable(shorten(std::string(text), 60)); }

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

// Without the quotes and signs beside it.
std::string_view bare(std::string_view word) {
  const std::size_t begin = std::min(word.find_first_not_of("`'\"(|<>"), word.size());
  const std::size_t end = word.find_last_not_of("`'\"),;:|>.") + 1;  // 0 where nothing else is there
  return begin < end ? word.substr(begin, end - begin) : std::string_view();
}

bool is_file_name(std::string_view word) {
  constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-/@";
  const std::size_t dot = word.rfind('.');
  if (dot == std::string_view::npos || dot == 0 || word.size() - dot > 8 || word.size() - dot < 3) return false;
  return word.find_first_not_of(letters) == std::string_view::npos && word[0] != '/' && !contains(word, "//");
}

// start-1.sh and start-2.sh are two files.
bool differ_in_number(const std::string& a, const std::string& b) {
  const auto digits = [](const std::string& text) {
    std::string out;
    std::copy_if(text.begin(), text.end(), std::back_inserter(out),
                 [](unsigned char c) { return std::isdigit(c) != 0; });
    return out;
  };
  return digits(a) != digits(b);
}

// "haproxy.conf" where there is a haproxy.cfg.
std::string with_another_ending(const std::string& name, const Names& there) {
  const std::set<std::string> endings = {".cfg", ".conf", ".cnf", ".yml", ".yaml"};
  const auto stem = [&](const std::string& file) {
    const std::size_t dot = file.rfind('.');
    return dot != std::string::npos && endings.count(file.substr(dot)) != 0 ? file.substr(0, dot) : "";
  };
  const std::string own = stem(name);
  const auto found =
      std::find_if(there.begin(), there.end(), [&](const std::string& other) { return stem(other) == own; });
  return own.empty() || found == there.end() ? "" : *found;
}

// The word that ends a text which is handed to a program: "cat <<EOF".
std::string here_document(std::string_view line) {
  const std::size_t at = line.find("<<");
  if (at == std::string_view::npos || line.substr(at).starts_with("<<<")) return {};
  std::string_view word = line.substr(at + 2);
  word.remove_prefix(std::min(word.find_first_not_of("-\"' "), word.size()));
  const auto end =
      std::find_if(word.begin(), word.end(), [](unsigned char c) { return std::isalnum(c) == 0 && c != '_'; });
  return {word.begin(), end};
}

// The names of files by folder, and the services and units of each.
struct Beside {
  std::map<std::string, Names> files, services, units;

  Beside(const Manifests& manifests, const FileTexts& texts) {
    for (const auto& [path, text] : texts) {
      const std::string name = file_name_of(path);
      files[folder_of(path)].push_back(name);
      for (const char* ending : {".service", ".timer", ".socket", ".swap"}) {
        if (name.ends_with(ending)) units[folder_of(path)].push_back(name.substr(0, name.find_first_of("@.")));
      }
    }
    for (const auto& [path, yaml] : manifests.compose) {
      for (const auto& [service, value] : Part(yaml)["services"].members())
        services[folder_of(path)].push_back(service);
    }
  }
};

class Mentions {
 public:
  Mentions(const std::string& path, const std::string& text, Beside& beside, const FileTexts& files, Findings& findings)
      : path_(path), text_(text), folder_(folder_of(path)), beside_(beside), files_(files), findings_(findings) {}

  void check(bool script) {
    bool block = false;
    std::string until;  // the end of a here document
    for (const std::string_view raw : lines(text_)) {
      ++number_;
      const std::string_view line = trim(raw);
      if (!until.empty()) {
        if (line == until) until.clear();
        continue;
      }
      if (script && line.starts_with('#')) continue;
      if (script) until = here_document(line);
      if (!script && line.starts_with("```")) {
        block = !block;
        elsewhere_ = false;
      }
      elsewhere_ = elsewhere_ || line.starts_with("cd ") || contains(line, "git clone");
      check_line(words(line), script || block || contains(line, "`"));
    }
  }

 private:
  void missing(std::string message, std::string help) {
    findings_.add("mention-missing", Location{path_, number_}, std::move(message), std::move(help));
  }

  void check_line(const Words& all, bool marked) {
    for (std::size_t i = 0; marked && i < all.size(); ++i) check_file(all, i);
    check_services(all);
    check_units(all);
  }

  void check_file(const Words& all, std::size_t i) {
    std::string_view word = bare(all[i]);
    word = word.substr(word.find('=') + 1);  // --file=NAME
    if (word.starts_with("./")) word.remove_prefix(2);
    const auto path = is_file_name(word) ? resolve(folder_, std::string(word)) : std::nullopt;
    if (!path || files_.count(*path) != 0 || files_.count(std::string(word)) != 0) return;
    const Names& there = beside_.files[folder_of(*path)];
    const std::string name = file_name_of(*path);
    std::string near = name.size() > 5 ? mistyped(name, there) : "";
    if (differ_in_number(name, near)) near.clear();
    if (near.empty() && !name.starts_with("your")) near = with_another_ending(name, there);
    const bool needed = near.empty() && is_needed(all, i) && !contains(word, "/") && !contains(name, "your") &&
                        !contains(name, "my") && has_kin(name);
    if ((near.empty() && !needed) || text_.find(word) != text_.rfind(word)) return;  // what is named twice is meant
    missing(fmt::format("there is no '{}' here", shown(word)),
            needed ? suggestion(name, there) : fmt::format("did you mean '{}'?", near));
  }

  // Handed to a program that fails without it, in this folder.
  bool is_needed(const Words& all, std::size_t i) const {
    const std::string_view before = i > 0 ? bare(all[i - 1]) : std::string_view();
    const bool applied = before == "-f" && i > 1 && bare(all[i - 2]) == "apply";
    const bool started = bare(all[i]).starts_with("./") && bare(all[i]).ends_with(".sh");
    return !elsewhere_ && (before == "-r" || before == "sbatch" || applied || started);
  }

  // Another file of its kind is beside it: they are not made elsewhere.
  bool has_kin(const std::string& name) {
    const Names& there = beside_.files[folder_];
    return std::any_of(there.begin(), there.end(),
                       [&](const std::string& other) { return other.ends_with(name.substr(name.rfind('.'))); });
  }

  // docker compose exec [OPTION...] SERVICE
  void check_services(const Words& all) {
    constexpr std::string_view verbs = "exec restart run cp logs stop start kill build pull";
    const Names& services = beside_.services[folder_];
    for (std::size_t i = 0; i + 3 < all.size() && !services.empty(); ++i) {
      const auto known = words(verbs);
      if (bare(all[i]) != "docker" || all[i + 1] != "compose" ||
          std::find(known.begin(), known.end(), all[i + 2]) == known.end())
        continue;
      const auto found = std::find_if(all.begin() + static_cast<std::ptrdiff_t>(i) + 3, all.end(),
                                      [](std::string_view word) { return !word.starts_with('-'); });
      std::string service(found == all.end() ? "" : bare(*found));
      if (all[i + 2] == "cp") service.resize(service.find(':') == std::string::npos ? 0 : service.find(':'));
      const bool plain = service.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_-") == std::string::npos;
      if (!service.empty() && plain && std::find(services.begin(), services.end(), service) == services.end())
        missing(fmt::format("the Compose file has no service '{}'", shown(service)), suggestion(service, services));
    }
  }

  // systemctl enable --now UNIT...
  void check_units(const Words& all) {
    const Names& units = beside_.units[folder_];
    const auto start = std::find_if(all.begin(), all.end(), [](auto word) { return bare(word) == "systemctl"; });
    for (auto word = start; !units.empty() && word != all.end() && *word != "&&"; ++word) {
      const std::string unit(bare(*word).substr(0, bare(*word).find_first_of("@.")));
      if (const std::string near = mistyped(unit, units); !near.empty())
        missing(fmt::format("there is no unit '{}' here", shown(bare(*word))), fmt::format("did you mean '{}'?", near));
    }
  }

  const std::string& path_;
  const std::string& text_;
  std::string folder_;
  Beside& beside_;
  const FileTexts& files_;
  Findings& findings_;
  int number_ = 0;
  bool elsewhere_ = false;  ///< the commands have gone to another folder
};

}  // namespace

void check_mentions(const Manifests& manifests, const FileTexts& files, Findings& findings) {
  Beside beside(manifests, files);
  for (const auto& [path, text] : files) {
    const bool script = path.ends_with(".sh") || path.ends_with(".sbatch");
    if (text.size() <= largest_text && (script || file_name_of(path) == "README.md"))
      Mentions(path, text, beside, files, findings).check(script);
  }
}

}  // namespace palier
