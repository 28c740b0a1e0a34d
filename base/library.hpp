#pragma once
#include <string>

namespace palier {

/// A shared library that is loaded when it is first needed: what most runs never use costs them no start-up time.
/// It stays loaded until the program ends.
class Library {
 public:
  /// `name` as the dynamic linker knows it: "libcurl.so.4". Throws Error, which names `package`, where it cannot be
  /// loaded.
  Library(const char* name, const char* package);

  /// Points `function` at the library's function of that name. Throws Error where the library has none.
  template <class Function>
  void find(const char* name, Function*& function) const {
    function = reinterpret_cast<Function*>(address(name));
  }

 private:
  void* address(const char* name) const;

  std::string name_;
  void* handle_;
};

}  // namespace palier
