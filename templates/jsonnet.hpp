#pragma once
extern "C" {  // which the header itself does not say before 0.19
#include <libjsonnet.h>
}

namespace palier {

/// The functions of libjsonnet that templates need, under their own names less "jsonnet_".
struct JsonnetLibrary {
  decltype(jsonnet_make)* make;
  decltype(jsonnet_destroy)* destroy;
  decltype(jsonnet_realloc)* realloc;
  decltype(jsonnet_max_stack)* max_stack;
  decltype(jsonnet_max_trace)* max_trace;
  decltype(jsonnet_import_callback)* import_callback;
  decltype(jsonnet_tla_code)* tla_code;
  decltype(jsonnet_evaluate_snippet)* evaluate_snippet;
};

/// Loaded at the first call, which throws Error where the library is not installed.
const JsonnetLibrary& jsonnet();

}  // namespace palier
