#include "templates/check/docker/docker.hpp"

#include "base/interrupt.hpp"
#include "templates/check/docker/compose.hpp"
#include "templates/check/docker/dockerfile.hpp"

namespace palier {
namespace {

bool is_too_large(const std::string& path, const FileTexts& files, Findings& findings) {
  const auto file = files.find(path);
  if (file == files.end() || file->second.size() <= largest_text) return false;
  findings.add("not-checked", Location{path}, "the file is larger than 256 KiB");
  return true;
}

}  // namespace

void check_docker(const Manifests& manifests, const FileTexts& files, Findings& findings) {
  for (const auto& [path, yaml] : manifests.compose) {
    if (is_too_large(path, files, findings)) continue;
    const ComposeFile file(path, yaml, manifests, files);
    check_interrupt();
    for (const auto check : {check_compose_services, check_compose_names, check_compose_refusals, check_compose_files,
                             check_compose_paths, check_mounted_files, check_compose_ports, check_compose_addresses,
                             check_compose_memory, check_compose_variables, check_host_ports})
      check(file, findings);
  }
  for (const auto& [path, text] : files) {
    if (!is_dockerfile(path) || is_too_large(path, files, findings)) continue;
    const Dockerfile file = read_dockerfile(path, text);
    if (file.is_template) continue;
    for (const auto check : {check_dockerfile_syntax, check_dockerfile_images, check_dockerfile_user,
                             check_dockerfile_commands, check_dockerfile_ports})
      check(file, findings);
    check_dockerfile_copies(file, files, findings);
  }
}

}  // namespace palier
