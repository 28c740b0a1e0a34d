#pragma once
#include <string>

#include "base/error.hpp"

namespace palier::testing {

/// The whole error that `action` throws, as people read it; "no error" where it throws none.
template <class Action>
std::string error_of(const Action& action) {
  try {
    action();
  } catch (const Error& error) {
    return render(error);
  }
  return "no error";
}

}  // namespace palier::testing
