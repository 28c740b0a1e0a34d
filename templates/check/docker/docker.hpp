#pragma once
#include "templates/check/rules.hpp"

namespace palier {

/// Compose files and Dockerfiles.
void check_docker(const Manifests& manifests, const FileTexts& files, Findings& findings);

}  // namespace palier
