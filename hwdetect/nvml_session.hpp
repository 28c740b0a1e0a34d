#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/library.hpp"

namespace palier {

struct NvmlDevice;

/// Why there is no session where there is no NVIDIA software.
constexpr std::string_view nvml_not_installed = "libnvidia-ml.so.1 is not installed";

/// NVML, NVIDIA's management library, loaded and begun for as long as this lives. Its ABI is stable: functions are
/// versioned by suffix, and an older library lacks some. Each call may take as long as the driver likes.
class Nvml {
 public:
  using Result = int;
  static constexpr Result success = 0, not_supported = 3, function_not_found = 13;
  static constexpr unsigned most_devices = 64;

  /// Throws Error, whose reason is nvml_not_installed or the library's own word.
  Nvml();
  ~Nvml();
  Nvml(const Nvml&) = delete;
  Nvml& operator=(const Nvml&) = delete;

  /// Calls a function by the name and with the arguments that nvml.h gives it.
  template <class... Arguments>
  Result call(const char* name, Arguments... arguments) const {
    const auto function = library_.find_if_there<Result(Arguments...)>(name);
    return function == nullptr ? function_not_found : function(arguments...);
  }

  std::string error_text(Result result) const;
  unsigned device_count() const;
  /// The device's name; empty where it may not be told.
  std::string name(NvmlDevice* device) const;
  /// "0000:01:00.0", as /sys writes it; empty where it may not be told.
  std::string address(NvmlDevice* device) const;
  /// A text that `function` writes, such as "nvmlDeviceGetUUID"; empty where it may not be told.
  std::string text(const char* function, NvmlDevice* device) const;
  /// The driver's version; empty where it is not told.
  std::string driver() const;

 private:
  Library library_;
};

}  // namespace palier
