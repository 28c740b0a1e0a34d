#pragma once
#include <array>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "hwdetect/machine.hpp"

namespace palier {

/// What the numbers of a matrix product are. tf32 is fp32 in memory, multiplied with 10 bits of mantissa; fp8 is e4m3.
enum class GpuFormat { fp32, tf32, fp16, bf16, int8, fp8 };

inline constexpr std::array gpu_formats = {GpuFormat::fp32, GpuFormat::tf32, GpuFormat::fp16,
                                           GpuFormat::bf16, GpuFormat::int8, GpuFormat::fp8};

const char* to_string(GpuFormat format);

/// Bytes of one number in memory; `result` is of the product's: int8 gives 32 bits, fp8 gives bf16.
std::size_t width(GpuFormat format);
std::size_t result_width(GpuFormat format);

struct GpuIdentity {
  std::string name;
  std::string api;       ///< "CUDA", "OpenCL"
  std::string driver;    ///< its version
  std::string library;   ///< whose matrix product it is: "cuBLAS 13.0.2", "palier"
  std::string pci;       ///< "0000:01:00.0"; empty where the driver does not tell
  unsigned vendor = 0;   ///< its maker's number on PCI: 0x1002; 0 where the driver does not tell
  bool unified = false;  ///< its memory is the computer's
  Bytes memory = 0;      ///< in all
  Bytes free = 0;        ///< that this program may take now; `memory` where the driver does not tell
  Bytes largest = 0;     ///< array
};

/// Memory of the device, or memory of the computer that the device reaches without a copy by the driver. It is given
/// back with the object.
using GpuMemory = std::shared_ptr<void>;

/// A device that computes, through its driver. Every call throws Error with the driver's own word for what went wrong.
/// For one thread at a time. Times are in seconds, for `repeat` times the same in a row.
class GpuDevice {
 public:
  virtual ~GpuDevice() = default;
  virtual const GpuIdentity& identity() const = 0;

  virtual GpuMemory array(Bytes bytes) = 0;
  virtual GpuMemory pinned(Bytes bytes) = 0;
  virtual void write(const GpuMemory& to, Bytes offset, const void* from, Bytes bytes) = 0;
  virtual void read(void* to, const GpuMemory& from, Bytes offset, Bytes bytes) = 0;

  virtual double copy(const GpuMemory& to, const GpuMemory& from, Bytes bytes, int repeat) = 0;
  /// a[i] = b[i] + scalar * c[i], of `count` floats; a multiple of four.
  virtual double triad(const GpuMemory& a, const GpuMemory& b, const GpuMemory& c, float scalar, std::size_t count,
                       int repeat) = 0;
  /// A kernel that does nothing, each waited for before the next.
  virtual double launch(int repeat) = 0;

  virtual std::vector<GpuFormat> formats() const = 0;
  /// c = a * b, of n * n numbers each, n a multiple of 64. a is stored row by row; b and c as `by_rows` says.
  virtual double multiply(GpuFormat format, int n, const GpuMemory& a, const GpuMemory& b, const GpuMemory& c,
                          int repeat) = 0;
  virtual bool by_rows() const = 0;

  /// Makes it the device that this thread speaks to: before each use where a thread has several, or another opened it.
  virtual void take() = 0;
  /// Copies `from`, memory of `other`, which is of the same API; this device is the thread's.
  virtual double copy_from(GpuDevice& other, const GpuMemory& to, const GpuMemory& from, Bytes bytes, int repeat) = 0;
  /// Whether it reads the memory of `other` by itself, over NVLink or PCI Express; otherwise the driver goes through
  /// the computer's memory.
  virtual bool reaches(GpuDevice& other) = 0;
};

/// A device that was found, and has not been opened yet: opening takes memory and time.
struct GpuFound {
  std::string name;
  std::string api;
  bool processor = false;  ///< a CPU that OpenCL offers as a device
  std::function<std::unique_ptr<GpuDevice>()> open;
};

/// What CUDA's driver offers, loaded when it is asked for; empty where there is none. Throws Error where it is there
/// and refuses.
std::vector<GpuFound> cuda_devices();

/// What OpenCL offers; empty where it is not installed.
std::vector<GpuFound> opencl_devices();

}  // namespace palier
