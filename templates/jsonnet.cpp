#include "templates/jsonnet.hpp"

#include "base/library.hpp"

namespace palier {

const JsonnetLibrary& jsonnet() {
  static const JsonnetLibrary functions = [] {
    const Library library("libjsonnet.so.0", "libjsonnet0");
    JsonnetLibrary found = {};
    library.find("jsonnet_make", found.make);
    library.find("jsonnet_destroy", found.destroy);
    library.find("jsonnet_realloc", found.realloc);
    library.find("jsonnet_max_stack", found.max_stack);
    library.find("jsonnet_max_trace", found.max_trace);
    library.find("jsonnet_import_callback", found.import_callback);
    library.find("jsonnet_tla_code", found.tla_code);
    library.find("jsonnet_evaluate_snippet", found.evaluate_snippet);
    return found;
  }();
  return functions;
}

}  // namespace palier
