#include "bench/amx.hpp"

#include <cstring>

#if defined(__x86_64__)
#include <sys/platform/x86.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace palier {

bool AmxTiles::usable() {
#if defined(__x86_64__) && defined(SYS_arch_prctl)
  // Documentation/arch/x86/xstate.rst of the kernel: the registers are large, so that a process asks for them.
  constexpr long request_permission = 0x1023, tile_data = 18;
  static const bool permitted =
      CPU_FEATURE_ACTIVE(AMX_TILE) && ::syscall(SYS_arch_prctl, request_permission, tile_data) == 0;
  return permitted;
#else
  return false;
#endif
}

void amx::pack_a(std::size_t depth, const void* a, std::size_t stride, void* packed) {
  const char* in = static_cast<const char*>(a);
  char* out = static_cast<char*>(packed);
  constexpr std::size_t piece = side * sizeof(Word);
  for (std::size_t k = 0; k < depth; k += side, in += piece) {
    for (std::size_t row = 0; row < rows; ++row, out += piece) std::memcpy(out, in + row * stride, piece);
  }
}

}  // namespace palier
