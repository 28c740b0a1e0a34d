// Services, volumes, networks, secrets and configs that a Compose file names.
#include <fmt/format.h>

#include "base/closest.hpp"
#include "base/text.hpp"
#include "templates/check/docker/compose.hpp"

namespace palier {
namespace {

constexpr std::size_t most_shown = 50;

class Names {
 public:
  Names(const ComposeFile& file, Findings& findings) : file_(file), findings_(findings) {}

  void check(const std::string& by, const Part& service) {
    for (const char* kind : {"networks", "secrets", "configs"}) {
      for (const Part& item : service[kind].items())
        require(kind, item.is_map() ? item["source"].text() : item.text(), item, by);
      for (const auto& [name, value] : service[kind].members()) require(kind, name, service[kind], by);
    }
    for (const Part& item : service["volumes"].items()) require("volumes", volume_in(item), item, by);
    for (const Part& item : service["depends_on"].items()) require("services", item.text(), item, by);
    for (const auto& [name, value] : service["depends_on"].members()) require("services", name, value, by);
  }

 private:
  void require(const std::string& kind, const std::string& name, const Part& place, const std::string& by) {
    if (name.empty() || name.find('$') != std::string::npos || (kind == "networks" && name == "default")) return;
    const auto found = file_.defined.find(kind);
    const std::set<std::string> none;
    const std::set<std::string>& known = found == file_.defined.end() ? none : found->second;
    if (known.count(name) != 0) return;
    const bool few = !known.empty() && known.size() <= most_shown;
    findings_.add("compose-undefined", place,
                  fmt::format("'{}' names '{}', which is not among the {} of the file", by, printable(name), kind),
                  few ? suggestion(name, {known.begin(), known.end()}) : "");
  }

  // The name of a volume in "name:/data"; "" for a folder, for one that nobody named, and for a drive of Windows.
  static std::string volume_in(const Part& item) {
    if (item.is_map()) return item["type"].text() == "volume" ? item["source"].text() : "";
    const std::string text = item.text(), name = text.substr(0, text.find(':'));
    return name == text || name.find_first_of("./~\\") == 0 || name.size() == 1 ? "" : name;
  }

  const ComposeFile& file_;
  Findings& findings_;
};

}  // namespace

void check_compose_names(const ComposeFile& file, Findings& findings) {
  if (!file.complete) return;
  for (const auto& [name, service] : file.services) {
    if (!service["extends"]) Names(file, findings).check(name, service);
  }
}

}  // namespace palier
