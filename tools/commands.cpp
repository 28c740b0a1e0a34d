#include "tools/commands.hpp"

namespace palier {

const std::vector<CommandSpec>& commands() {
  static const std::vector<CommandSpec> table = {
      start_command(), detect_command(),  advise_command(), fit_command(),        generate_command(), check_command(),
      bench_command(), compare_command(), data_command(),   completion_command(), man_command(),
  };
  return table;
}

}  // namespace palier
