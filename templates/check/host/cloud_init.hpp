#pragma once
#include "templates/check/host/host.hpp"

namespace palier {

/// "runcmd" of a cloud-config.
void check_cloud_commands(const Part& root, Findings& findings);
/// sshd's settings in a file that it writes.
void check_sshd(const Part& content, Findings& findings);

}  // namespace palier
