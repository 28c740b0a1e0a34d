#pragma once
#include "templates/check/findings.hpp"

namespace palier {

/// slurm.conf with gres.conf and cgroup.conf beside it, and batch scripts by themselves and against it.
void check_slurm(const FileTexts& files, Findings& findings);

}  // namespace palier
