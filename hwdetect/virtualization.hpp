#pragma once
#include <string_view>

#include "base/root.hpp"
#include "hwdetect/machine.hpp"

namespace palier {

/// platform.virtualization and platform.cloud, from firmware names, the device tree, /sys/hypervisor and CPUID.
void set_virtualization(const Root& root, Machine& machine);

/// True for an asset tag that a cloud gives to all of its machines; any other is a computer's own.
bool is_cloud_asset_tag(std::string_view tag);

/// platform.container, from what the container managers leave, the least forgeable first.
void set_container(const Root& root, Machine& machine);

}  // namespace palier
