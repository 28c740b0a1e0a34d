#pragma once
#include <CLI/CLI.hpp>
#include <filesystem>

#include "profiles/suppose.hpp"
#include "tools/command.hpp"

namespace palier {

/// Which machine is meant: this one, one that a document or a capture tells of; and what is supposed of it.
struct MachineOptions {
  std::string document;           ///< --machine
  std::filesystem::path sysroot;  ///< --sysroot: a folder or an archive
  Supposition what;               ///< --with and --without
};

/// --machine, --sysroot, --with and --without; `options` must outlive `app`.
void declare(CLI::App& app, MachineOptions& options);
/// --sysroot alone.
CLI::Option* declare_sysroot(CLI::App& app, std::filesystem::path& sysroot);
/// --with and --without alone.
void declare(CLI::App& app, Supposition& what);

/// The machine that is meant. Throws Error.
Machine machine_of(const MachineOptions& options, const Context& context);

/// The machine as supposed, with notes on GPUs that today's software does not serve.
Machine suppose(Machine machine, const Supposition& what, const Context& context);

}  // namespace palier
