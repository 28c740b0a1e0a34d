#include <fmt/format.h>

#include <memory>

#include "base/document.hpp"
#include "base/text.hpp"
#include "bench/comparison.hpp"
#include "tools/commands.hpp"

namespace palier {
namespace {

struct Options {
  std::string a, b;
  std::string threshold = "5%";
  bool anyway = false, json = false;
};

double threshold_of(const std::string& text) {
  const std::optional<double> number =
      text.ends_with('%') ? to_number(std::string_view(text).substr(0, text.size() - 1)) : std::nullopt;
  if (number && *number >= 0) return *number / 100;
  throw Error({.message = "wrong --threshold",
               .reason = fmt::format("'{}' is no share in percent", printable(text)),
               .help = "for example --threshold 5%"},
              ExitCode::usage);
}

ExitCode run_compare(const Options& options, Context& context) {
  const CompareOptions how{.threshold = threshold_of(options.threshold), .anyway = options.anyway};
  const Measurements a = measurements_of(read_document(options.a), document_name(options.a));
  const Measurements b = measurements_of(read_document(options.b), document_name(options.b));
  const Comparison comparison = compare(a, b, how);
  context.out << (options.json ? to_text(comparison_document(comparison)) : render(comparison, context.out_terminal));
  return comparison.count(Verdict::regression) > 0 ? ExitCode::no : ExitCode::done;
}

Action set_up_compare(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  app.add_option("a", options->a, "The document of palier bench to compare with: before")->type_name("A")->required();
  app.add_option("b", options->b, "The one that is compared: after")->type_name("B")->required();
  app.add_option("--threshold", options->threshold, "What is worse by more is a regression (default: 5%)")
      ->type_name("SHARE");
  app.add_flag("--anyway", options->anyway, "Compare other machines, and what was measured in another way, too");
  app.add_flag("--json", options->json, "Print the comparison as a JSON document");
  return [options](Context& context) { return run_compare(*options, context); };
}

}  // namespace

CommandSpec compare_command() {
  return {.name = "compare",
          .summary = "Say what became faster or slower between two documents of palier bench",
          .description =
              "Pairs what both have measured and compares the raw samples: the ratio of the medians with its 95 % "
              "bootstrap interval, and Mann and Whitney's U test. Exit code 3: something is significantly worse by "
              "more than the threshold. Documents of different machines or methods are refused. docs/compare.md "
              "says how it is decided.",
          .examples = {{"palier compare before.json after.json", "after an update, a new kernel, another setting"},
                       {"palier compare main.json branch.json --threshold 10% --json", "in a pipeline"},
                       {"palier compare laptop.json server.json --anyway", "two machines"}},
          .setup = set_up_compare};
}

}  // namespace palier
