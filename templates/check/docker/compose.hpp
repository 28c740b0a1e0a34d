#pragma once
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "templates/check/rules.hpp"

namespace palier {

/// A Compose file, and what is beside it.
struct ComposeFile {
  ComposeFile(const std::string& path, const Part& root, const Manifests& manifests, const FileTexts& files);

  std::string path, folder;
  Part root;
  std::map<std::string, Part> services;
  const Manifests& manifests;
  const FileTexts& files;
  /// What the Compose files of the folder define, which may be read together: names by "services", "volumes"...
  std::map<std::string, std::set<std::string>> defined;
  bool complete = true;  ///< none of them includes another one

  /// The service of a name; nothing where there is none.
  Part service(const std::string& name) const;
};

/// What a service has mounted: volumes, secrets, configs and what is in memory.
struct ComposeMount {
  std::string source, target;  ///< source: "" where it is no path of this machine and no volume
  Part place;
};
std::vector<ComposeMount> mounts_of(const Part& service);

/// True for a folder and everything in it.
bool is_below(std::string_view path, std::string_view folder);

/// The networks of a service, under the name of each what is said of it there.
std::map<std::string, Part> networks_of(const Part& service);

/// Its environment, whether it was written as a map or as a list of "NAME=VALUE".
std::map<std::string, std::string> environment_of(const Part& service);

/// Where the program of a service listens by what its command says, or its image is known for.
struct ComposeListener {
  int port = 0;           ///< 0 where nobody knows
  bool loopback = false;  ///< nothing outside of its container reaches it
  Part place;
};
ComposeListener listener_of(const Part& service);

/// "8080", and the end of "0.0.0.0:8080"; 0 for what is no port.
int port_in(std::string_view text);

/// "127.0.0.1:8080:80/tcp" in parts; false for a range, for a variable and for a map.
struct Published {
  std::string outside, inside, protocol;  ///< outside: with its address; "" where Docker chooses
};
bool read_published(const Part& port, Published& out);

/// SCHEME://[USER[:PASSWORD]@]HOST[:PORT][/PATH] of a text; those with variables in front of the path are left out.
struct Url {
  std::string user, host, path;
  int port = 0;
};
std::vector<Url> urls_in(const std::string& text);

/// "2g" and "1024mb" in bytes, both by 1024; 0 for what is no size.
double docker_bytes(std::string_view size);

/// As mistyped(), but a word of another number ("/data2" for "/data1") is none, and of thousands none is sought.
std::string slip_of(std::string_view word, std::vector<std::string> candidates);

/// "did you mean 'X'?"
std::string did_you_mean(std::string_view near);

// The rules: one file each, named as the function.
void check_compose_services(const ComposeFile& file, Findings& findings);
/// Services, volumes, networks, secrets and configs that are not there.
void check_compose_names(const ComposeFile& file, Findings& findings);
/// What `docker compose config` refuses.
void check_compose_refusals(const ComposeFile& file, Findings& findings);
/// Files and folders of this machine: what is mounted and what images are built from.
void check_compose_files(const ComposeFile& file, Findings& findings);
/// Paths in containers: what programs read and write, and what is mounted there.
void check_compose_paths(const ComposeFile& file, Findings& findings);
/// The same for paths that mounted configurations name.
void check_mounted_files(const ComposeFile& file, Findings& findings);
/// What is published, and where the programs listen.
void check_compose_ports(const ComposeFile& file, Findings& findings);
/// Who asks whom, and where that one listens.
void check_compose_addresses(const ComposeFile& file, Findings& findings);
/// What a program may take by its own settings, and what its container has.
void check_compose_memory(const ComposeFile& file, Findings& findings);
/// "${NAME}": what nothing sets, and what is filled in too early.
void check_compose_variables(const ComposeFile& file, Findings& findings);
/// Ports of programs that share the network of the host.
void check_host_ports(const ComposeFile& file, Findings& findings);

}  // namespace palier
