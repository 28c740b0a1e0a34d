#include "hwdetect/machine.hpp"
namespace palier { }
