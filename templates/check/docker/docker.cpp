#include "templates/check/docker/docker.hpp"

#include "templates/check/docker/compose.hpp"
#include "templates/check/docker/dockerfile.hpp"

namespace palier {

void check_docker(const Manifests& manifests, const FileTexts& files, Findings& findings) {
  for (const auto& [path, yaml] : manifests.compose) {
    const ComposeFile file(path, yaml, manifests, files);
    for (const auto check : {check_compose_services, check_compose_names, check_compose_refusals, check_compose_files,
                             check_compose_paths, check_mounted_files, check_compose_ports, check_compose_addresses,
                             check_compose_memory, check_compose_variables, check_host_ports})
      check(file, findings);
  }
  for (const auto& [path, text] : files) {
    if (!is_dockerfile(path)) continue;
    const Dockerfile file = read_dockerfile(path, text);
    if (file.is_template) continue;
    for (const auto check : {check_dockerfile_syntax, check_dockerfile_images, check_dockerfile_user,
                             check_dockerfile_commands, check_dockerfile_ports})
      check(file, findings);
    check_dockerfile_copies(file, files, findings);
  }
}

}  // namespace palier
