#include "profiles/advice.hpp"
namespace palier { }
