#include <memory>

#include "templates/check/report.hpp"
#include "templates/check/sources.hpp"
#include "tools/commands.hpp"

namespace palier {
namespace {

struct Options {
  std::string directory = ".";
  bool json = false;
};

ExitCode run_check(Context& context, const Options& options) {
  Sources sources = read_sources(options.directory);
  CheckReport report{options.directory, sources.files.size(), lint(sources.files), {}};
  report.validators = run_validators(sources, report.findings);
  std::move(sources.findings.begin(), sources.findings.end(), std::back_inserter(report.findings));
  sort_findings(report.findings);
  context.out << (options.json ? to_text(to_document(report)) : render(report, context.out_terminal));
  return has_defects(report.findings) ? ExitCode::no : ExitCode::done;
}

Action set_up_check(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  app.add_option("directory", options->directory, "The folder, or one file (default: here)")->type_name("DIR");
  app.add_flag("--json", options->json, "Print a JSON document");
  return [options](Context& context) { return run_check(context, *options); };
}

}  // namespace

CommandSpec check_command() {
  return {
      .name = "check",
      .summary = "Find what is wrong in configuration and deployment files",
      .description =
          "Reads the files of a folder, whoever wrote them, and says what an API server accepts and a cluster then "
          "fails on: selectors, ports and names that lead nowhere, probes that kill a loading model, quotas, memory "
          "and storage that do not add up. Exit code 3 says that there is an error or a warning.",
      .examples = {{"palier check", "the folder here"},
                   {"palier check ws", "a workspace that palier generate wrote"},
                   {"palier check --json deploy | jq '.findings[]'", "for programs"}},
      .setup = set_up_check};
}

}  // namespace palier
