#pragma once
#include <cstddef>
#include <cstdint>

// The part of CL/cl.h (OpenCL 1.2) that is used here, under its own names. Its ABI is stable.
namespace palier::opencl {

using Int = std::int32_t;
using UInt = std::uint32_t;
using Bits = std::uint64_t;  // cl_bitfield
struct PlatformId;
struct Device;
struct Context;
struct Queue;
struct Mem;
struct Program;
struct Kernel;
struct Event;

constexpr Int success = 0;
constexpr Bits type_cpu = 2, type_all = 0xFFFFFFFF;
constexpr UInt device_type = 0x1000, device_global_memory = 0x101F, device_largest = 0x1010, device_available = 0x1027,
               device_compiler = 0x1028, device_name = 0x102B, driver_version = 0x102D, device_extensions = 0x1030,
               device_unified = 0x1035, device_pci = 0x410F, device_topology = 0x4037, device_vendor = 0x1001,
               device_work_group = 0x1004, build_log = 0x1183;
constexpr Bits read_write = 1, host_memory = 1 << 4;
constexpr Bits map_read_write = 1 | 2;

using GetPlatformIDs = Int(UInt, PlatformId**, UInt*);
using GetDeviceIDs = Int(PlatformId*, Bits, UInt, Device**, UInt*);
using GetDeviceInfo = Int(Device*, UInt, std::size_t, void*, std::size_t*);
using CreateContext = Context*(const std::intptr_t*, UInt, Device* const*,
                               void (*)(const char*, const void*, std::size_t, void*), void*, Int*);
using CreateCommandQueue = Queue*(Context*, Device*, Bits, Int*);
using CreateBuffer = Mem*(Context*, Bits, std::size_t, void*, Int*);
using CreateProgramWithSource = Program*(Context*, UInt, const char**, const std::size_t*, Int*);
using BuildProgram = Int(Program*, UInt, Device* const*, const char*, void (*)(Program*, void*), void*);
using GetProgramBuildInfo = Int(Program*, Device*, UInt, std::size_t, void*, std::size_t*);
using CreateKernel = Kernel*(Program*, const char*, Int*);
using SetKernelArg = Int(Kernel*, UInt, std::size_t, const void*);
using EnqueueNDRangeKernel = Int(Queue*, Kernel*, UInt, const std::size_t*, const std::size_t*, const std::size_t*,
                                 UInt, Event* const*, Event**);
using EnqueueReadBuffer = Int(Queue*, Mem*, UInt, std::size_t, std::size_t, void*, UInt, Event* const*, Event**);
using EnqueueWriteBuffer = Int(Queue*, Mem*, UInt, std::size_t, std::size_t, const void*, UInt, Event* const*, Event**);
using EnqueueCopyBuffer = Int(Queue*, Mem*, Mem*, std::size_t, std::size_t, std::size_t, UInt, Event* const*, Event**);
using EnqueueMapBuffer = void*(Queue*, Mem*, UInt, Bits, std::size_t, std::size_t, UInt, Event* const*, Event**, Int*);
using EnqueueUnmapMemObject = Int(Queue*, Mem*, void*, UInt, Event* const*, Event**);
using Finish = Int(Queue*);
template <class Object>
using Release = Int(Object*);

}  // namespace palier::opencl
