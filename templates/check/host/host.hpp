#pragma once
#include "templates/check/files/line_files.hpp"
#include "templates/check/manifests.hpp"

namespace palier {

// What runs on one host: each looks for its own files.

/// Keys and values of units, of WSL's files, pytest.ini, pixi.toml and pyproject.toml.
void check_settings(const FileTexts& files, Findings& findings);
/// Units of systemd: what they lack, what contradicts itself, and the files that their commands name.
void check_units(const FileTexts& files, Findings& findings);
/// HAProxy's configurations.
void check_haproxy(const FileTexts& files, Findings& findings);
/// redis.conf.
void check_redis(const FileTexts& files, Findings& findings);
/// Users, commands and files of cloud-init.
void check_cloud_init(const Manifests& manifests, const FileTexts& files, Findings& findings);

/// "'notfy' is nothing that 'Type' takes"
std::string not_taken(std::string_view value, std::string_view key);

}  // namespace palier
