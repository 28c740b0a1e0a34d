#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/json.hpp"

namespace palier {

/// A number of bytes.
using Bytes = std::uint64_t;

struct Os {
  std::optional<std::string> id;       ///< os-release ID: "debian"
  std::optional<std::string> version;  ///< os-release VERSION_ID: "12"
  std::optional<std::string> name;     ///< os-release PRETTY_NAME
  std::optional<std::string> kernel;   ///< /proc/sys/kernel/osrelease
};

struct Platform {
  std::string kind = "computer";               ///< "computer", "jetson", "wsl"
  std::optional<std::string> model;            ///< device tree or DMI product
  std::optional<std::string> chassis = {};     ///< "desktop", "laptop", "server"
  std::optional<std::string> virtualization;   ///< "kvm", "vmware", "hyperv"...; null on bare metal or where unknown
  std::optional<std::string> container;        ///< "docker", "podman", "lxc"...
  std::optional<std::string> notebook;         ///< "colab", "kaggle", "studio-lab"
  std::optional<std::string> cloud;            ///< "aws", "gcp", "azure"...
  std::optional<std::string> scheduler;        ///< "slurm", "kubernetes"
  std::optional<std::string> power_mode = {};  ///< of a Jetson, by name: "25W", "MAXN_SUPER"
};

struct Cache {
  int level = 0;
  std::string type;  ///< "data", "instruction", "unified"
  Bytes size = 0;    ///< of one
  int count = 0;
};

struct NumaNode {
  int index = 0;
  std::optional<Bytes> memory;
  std::string pus;  ///< Linux list format: "0-3,8"
};

/// Cores of one sort on a hybrid processor; a uniform one has a single kind.
struct CpuKind {
  std::string name;  ///< "performance", "medium", "efficiency", "low-power", or "core"
  int pus = 0;
};

struct Cpu {
  std::optional<std::string> model;
  std::string architecture;  ///< uname -m: "x86_64", "aarch64"; empty (null in the document) where unknown
  std::optional<int> packages, cores, pus;
  std::vector<CpuKind> kinds;
  std::vector<std::string> isa;  ///< of "avx2", "avx512f", "avx512_bf16", "avx512_vnni", "avx_vnni", "amx_bf16",
                                 ///< "amx_int8", "neon", "dotprod", "bf16", "i8mm", "sve"
  std::vector<Cache> caches;
  std::vector<NumaNode> numa;
};

struct Memory {
  std::optional<Bytes> total;      ///< MemTotal
  std::optional<Bytes> available;  ///< MemAvailable
  std::optional<Bytes> swap;       ///< SwapTotal
};

/// The memory that a program may really use on one GPU.
struct Vram {
  int gpu = 0;                        ///< index into the document's gpus
  std::optional<Bytes> total, free;   ///< 0 where the GPU cannot be used
  std::string bound_by = "hardware";  ///< "hardware", "system memory", "MIG slice 1g.10gb", "not usable: REASON"
};

/// What a program here may really use: the least of every limit, and the limit that is the least.
struct Effective {
  std::optional<double> cpus;
  std::optional<Bytes> memory;
  std::optional<Bytes> memory_available;  ///< of `memory`, what is free now; the file cache that can go counts as free
  struct BoundBy {
    std::string cpus = "hardware";    ///< "hardware", "affinity", "cgroup cpuset /path", "cgroup quota /path", "slurm"
    std::string memory = "hardware";  ///< "hardware", "cgroup limit /path", "lxcfs", "slurm"
  } bound_by;
  std::vector<Vram> vram = {};  ///< one per GPU, in the order of the GPUs
};

/// How a GPU is wired to the rest of the machine.
struct GpuLink {
  std::optional<int> pcie_width;                   ///< lanes in use
  std::optional<int> pcie_width_max;               ///< lanes that the device has
  std::optional<std::string> pcie_speed;           ///< of a lane now, lower where the device is idle: "16.0 GT/s"
  std::optional<std::string> pcie_speed_max = {};  ///< of a lane, the most that the device can
  std::optional<int> nvlinks;                      ///< NVLinks that are up
  std::optional<Bytes> nvlink_speed = {};          ///< of one of them, bytes a second each way
};

struct Gpu {
  std::string vendor;  ///< "nvidia", "amd", "intel", or the PCI vendor in hex
  std::optional<std::string> name;
  std::optional<std::string> uuid;
  std::optional<Bytes> memory_total, memory_free;
  bool unified = false;                ///< shares the system's memory; memory_total is then the pool it can take from
  bool usable = false;                 ///< a program can compute on it now
  std::optional<std::string> why_not;  ///< "driver missing"...
  std::optional<std::string> driver;
  std::optional<std::string> compute_capability;  ///< "8.6"
  std::optional<std::string> mig;                 ///< "enabled", or of a slice its profile: "1g.10gb"
  std::optional<std::string> pci;                 ///< "0000:01:00.0"
  std::optional<int> numa;
  std::optional<std::string> kind = {};          ///< "discrete", "integrated", "slice" (of a GPU with MIG)
  std::optional<std::string> architecture = {};  ///< of AMD, as ROCm names it: "gfx1100"
  GpuLink link = {};
};

struct Disk {
  std::string mount;
  std::string device;
  std::string filesystem;
  std::optional<Bytes> size, free;
  std::optional<std::string> kind =
      {};  ///< "nvme", "ssd", "hdd", "virtual" (what is behind it cannot be seen), "network"
};

struct Tool {
  std::string name;
  std::string path;
  std::optional<std::string> version;  ///< null where the tool did not tell in time
};

/// Something a person should know, and what to do about it.
struct Note {
  std::string section;  ///< the member of the document it is about: "gpus"
  std::string text;
  std::string help;
};

/// Where a value came from.
struct Fact {
  std::string pointer;  ///< JSON pointer into the Machine document: "/memory/total"
  std::string source;   ///< "/proc/meminfo", "NVML", "CPUID"
  std::string raw;      ///< what was read there
  struct Other {
    std::string source, raw;
  };
  std::vector<Other> also;  ///< other sources of the same value that did not win
};

/// What a computer offers for AI work. Document schema "palier.machine/1"; the document also says of each null in it
/// what that means (hwdetect/nulls.hpp).
struct Machine {
  static constexpr const char* schema = "palier.machine/1";
  Os os;
  Platform platform;
  Cpu cpu;
  Memory memory;
  Effective effective;
  std::vector<Gpu> gpus;
  std::vector<Disk> disks;
  std::vector<Tool> tools;
  std::vector<Note> notes;
  std::vector<Fact> facts;
};

void to_json(Json& json, const Machine& machine);
void from_json(const Json& json, Machine& machine);

/// Reads a Machine document; `name` is where it came from, for errors.
Machine machine_from(const Json& document, const std::string& name);

}  // namespace palier
