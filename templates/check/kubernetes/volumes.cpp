// Volumes that an API server refuses, and paths of variables that a volume was meant for.
#include <fmt/format.h>

#include <algorithm>

#include "base/closest.hpp"
#include "base/text.hpp"
#include "templates/check/rules.hpp"

namespace palier {
namespace {

void check_source(const PodTemplate& pods, const Part& volume, Findings& findings) {
  std::vector<std::pair<std::string, Part>> sources;
  for (const auto& [key, value] : volume.members()) {
    if (key != "name" && value) sources.emplace_back(key, value);
  }
  if (sources.size() > 1)
    findings.add("volume-source", sources.back().second,
                 fmt::format("the volume '{}' of {} is a {} and a {}", volume["name"].text(), pods.object->title(),
                             sources.front().first, sources.back().first));
}

void check_sub_paths(const PodTemplate& pods, const Container& container, Findings& findings) {
  for (const Part& mount : container.part["volumeMounts"].items()) {
    const std::string path = mount["subPath"].text();
    const auto steps = split(path, '/');
    if (path.starts_with('/') || std::find(steps.begin(), steps.end(), "..") != steps.end())
      findings.add("wrong-path", mount["subPath"],
                   fmt::format("the subPath '{}' of {} leads out of the volume", printable(shorten(path, 60)),
                               title_of(container, pods)),
                   "a path below the volume, without .. and without / in front");
  }
}

// "/weights/huggingface" -> "/weights"
std::string top_of(const std::string& path) { return path.substr(0, path.find('/', 1)); }

// Variables below a folder that is nearly one with a volume. Where several agree, the mount is the odd one.
void check_variables(const Container& container, const PodTemplate& pods, Findings& findings) {
  std::vector<std::string> tops;
  std::map<std::string, Part> mounts;
  for (const Part& mount : container.part["volumeMounts"].items()) {
    tops.push_back(top_of(mount["mountPath"].text()));
    mounts.emplace(tops.back(), mount["mountPath"]);
  }
  std::map<std::string, std::vector<Part>> astray;
  for (const Part& item : container.part["env"].items()) {
    const std::string value = item["value"].text();
    if (value.starts_with('/') && value.find(':') == std::string::npos && value.find(' ') == std::string::npos)
      astray[top_of(value)].push_back(item["value"]);
  }
  for (const auto& [top, values] : astray) {
    const std::string near = mistyped(top, tops);
    const bool used = astray.count(near) != 0;
    if (near.empty()) continue;
    const Part place = values.size() > 1 && !used ? mounts.at(near) : values.front();
    findings.add("wrong-path", place,
                 fmt::format("{} is told of '{}', and has a volume at '{}'", title_of(container, pods),
                             printable(shorten(values.front().text(), 60)), near),
                 "give both the same folder");
  }
}

// A path in a command, below a folder that holds the keys of a ConfigMap and nothing else.
void check_path(const Bundle& bundle, const PodTemplate& pods, const Container& container, const Part& said,
                const std::string& path, Findings& findings) {
  const auto mounts = container.part["volumeMounts"].items();
  if (std::any_of(mounts.begin(), mounts.end(), [&](const Part& mount) { return mount["mountPath"].text() == path; }))
    return;
  for (const Part& mount : mounts) {
    const std::string start = mount["mountPath"].text() + "/";
    if (!path.starts_with(start) || mount["subPath"] || path.find('/', start.size()) != std::string::npos) continue;
    for (const Part& volume : pods.pod["volumes"].items()) {
      const Part map = volume["configMap"];
      const Object* object = bundle.find("ConfigMap", map["name"].text(), pods.object->space);
      if (volume["name"].text() != mount["name"].text() || object == nullptr) continue;
      const Part data = object->root()["data"];
      std::vector<std::string> names;
      for (const auto& [key, value] : data.members()) names.push_back(key);
      if (map["items"]) names.clear();
      for (const Part& item : map["items"].items()) names.push_back(item["path"].text());
      const std::string name = path.substr(start.size());
      if (names.empty() || object->root()["binaryData"] || std::find(names.begin(), names.end(), name) != names.end())
        continue;
      findings.add("missing-key", said,
                   fmt::format("{} has no '{}', which {} reads", object->title(), printable(shorten(name, 60)),
                               title_of(container, pods)),
                   suggestion(name, names));
    }
  }
}

void check_paths(const Bundle& bundle, const PodTemplate& pods, const Part& entrypoint, Findings& findings) {
  for (const Container& container : pods.containers) {
    std::vector<Part> texts = {entrypoint};
    for (const char* key : {"command", "args"}) {
      for (const Part& item : container.part[key].items()) texts.push_back(item);
    }
    for (const Part& said : texts) {
      const std::string text = said.text();
      if (text.find('\n') != std::string::npos) continue;  // a script may do anything
      for (const std::string_view word : words(text)) {
        const std::size_t slash = word.find('/');
        if (slash != std::string_view::npos && (slash == 0 || word[slash - 1] == '='))
          check_path(bundle, pods, container, said, std::string(word.substr(slash)), findings);
      }
    }
  }
}

}  // namespace

void check_volumes(const Bundle& bundle, Findings& findings) {
  for (const PodTemplate& pods : bundle.made_pods) {
    const Part spec = pods.object->root()["spec"];
    const bool head = spec.at("rayClusterSpec.headGroupSpec.template.spec").yaml() == pods.pod.yaml();
    check_paths(bundle, pods, head ? spec["entrypoint"] : Part(), findings);  // which runs on the head
  }
  for (const PodTemplate& pods : bundle.pods) {
    check_paths(bundle, pods, Part(), findings);
    for (const Part& volume : pods.pod["volumes"].items()) check_source(pods, volume, findings);
    for (const Container& container : pods.containers) {
      check_sub_paths(pods, container, findings);
      check_variables(container, pods, findings);
    }
  }
}

}  // namespace palier
