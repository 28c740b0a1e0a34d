#include "bench/report.hpp"
namespace palier { }
