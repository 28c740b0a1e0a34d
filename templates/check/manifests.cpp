#include "templates/check/manifests.hpp"

#include <fmt/format.h>

#include <filesystem>

#include "base/interrupt.hpp"
#include "base/text.hpp"

namespace palier {
namespace {

constexpr std::size_t largest = std::size_t{4} << 20;

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

// A chart's templates are no YAML until Helm has rendered them.
std::set<std::string> chart_folders(const FileTexts& files) {
  std::set<std::string> folders;
  for (const auto& [path, text] : files) {
    if (file_name_of(path) == "Chart.yaml") folders.insert(folder_of(path));
  }
  return folders;
}

bool is_in_chart(const std::string& path, const std::set<std::string>& charts) {
  for (std::string folder = folder_of(path);; folder = folder_of(folder)) {
    if (charts.count(folder) != 0) return true;
    if (folder.empty()) return false;
  }
}

bool is_candidate(const std::string& path, const std::string& text) {
  const std::string name = file_name_of(path);
  if (name.ends_with(".yaml") || name.ends_with(".yml") || name == "Kustomization") return true;
  return name.ends_with(".json") && contains(text, "\"apiVersion\"") && contains(text, "\"kind\"");
}

bool is_compose_name(const std::string& path) {
  const std::string name = file_name_of(path);
  return name.starts_with("compose.") || name.starts_with("docker-compose") || name.starts_with("compose-");
}

void add_object(Yaml document, std::vector<Object>& out) {
  const Part root(document);
  if (root["kind"].text().ends_with("List") && root["items"].is_list()) {
    for (Yaml& item : document.find("items")->items()) add_object(std::move(item), out);
  } else if (auto object = object_from(std::move(document))) {
    out.push_back(std::move(*object));
  }
}

class Reader {
 public:
  Reader(Manifests& out, Findings& findings) : out_(out), findings_(findings) {}

  void read(const std::string& path, const std::string& text) {
    std::vector<Yaml> repeated;
    try {
      for (Yaml& document : Yaml::parse_all(text, path, repeated)) take(path, std::move(document));
    } catch (const Error& error) {
      out_.unreadable.insert(path);
      if (contains(text, "{{")) return;  // somebody's template
      Location place = error.text().location;
      place.file = path;
      findings_.add("yaml-syntax", place, error.text().reason);
    }
    for (const Yaml& key : repeated)
      findings_.add("duplicate-key", key, fmt::format("the key '{}' is there twice", key.text()));
  }

 private:
  void take(const std::string& path, Yaml document) {
    if (document.is_null()) return;
    const Part root(document);
    const bool kustomization = is_kustomization_name(path) || root["kind"].text() == "Kustomization";
    if (kustomization && (!root["apiVersion"] || root["apiVersion"].text().starts_with("kustomize.config.k8s.io"))) {
      out_.kustomizations.emplace(path, std::move(document));
    } else if (root["apiVersion"] && root["kind"]) {
      add_object(std::move(document), out_.objects[path]);
    } else if (root["services"].is_map() && (is_compose_name(path) || !root["kind"])) {
      out_.compose.emplace(path, std::move(document));
    } else {
      out_.documents.emplace(path, std::move(document));
    }
  }

  Manifests& out_;
  Findings& findings_;
};

}  // namespace

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? "" : path.substr(0, slash);
}

std::string file_name_of(const std::string& path) { return path.substr(path.rfind('/') + 1); }

bool is_kustomization_name(const std::string& path) {
  const std::string name = file_name_of(path);
  return name == "kustomization.yaml" || name == "kustomization.yml" || name == "Kustomization";
}

std::optional<std::string> resolve(const std::string& folder, const std::string& path) {
  if (path.empty() || path.front() == '/') return std::nullopt;
  std::string out = (std::filesystem::path(folder) / path).lexically_normal().generic_string();
  while (out.ends_with('/')) out.pop_back();
  if (out == "." || out.empty()) return "";
  if (out == ".." || out.starts_with("../")) return std::nullopt;
  return out;
}

Manifests read_manifests(const FileTexts& files, Findings& findings) {
  Manifests out;
  const std::set<std::string> charts = chart_folders(files);
  Reader reader(out, findings);
  for (const auto& [path, text] : files) {
    if (!is_candidate(path, text) || is_in_chart(path, charts)) continue;
    if (text.size() > largest) {
      out.unreadable.insert(path);
      findings.add("not-checked", Location{path}, "the file is larger than 4 MiB");
    } else {
      check_interrupt();
      reader.read(path, text);
    }
  }
  return out;
}

}  // namespace palier
