#include "base/library.hpp"

#include <dlfcn.h>
#include <fmt/format.h>

#include "base/error.hpp"

namespace palier {

Library::Library(const char* name, const char* package) : name_(name), handle_(::dlopen(name, RTLD_NOW | RTLD_LOCAL)) {
  if (handle_ != nullptr) return;
  throw Error({.message = fmt::format("cannot load {}", name),
               .reason = ::dlerror(),
               .help = fmt::format("install it: 'apt-get install {}' on Debian", package)});
}

void* Library::address(const char* name) const {
  void* found = ::dlsym(handle_, name);
  if (found == nullptr)
    throw Error({.message = fmt::format("{} is not the one that palier knows", name_),
                 .reason = fmt::format("it has no function '{}'", name)});
  return found;
}

}  // namespace palier
