#pragma once
#include "base/libcurl.hpp"
#include "bench/endpoint/record.hpp"

namespace palier {

/// What an error of libcurl is to a request. `error`: the operating system's, 0 where there is none; `answered`: the
/// response's head was there.
Failure failure_of_curl(CURLcode code, int error, bool answered);

}  // namespace palier
