#include <fmt/format.h>

#include <memory>

#include "base/closest.hpp"
#include "base/json.hpp"
#include "base/table.hpp"
#include "base/text.hpp"
#include "profiles/catalogue.hpp"
#include "profiles/update.hpp"
#include "tools/commands.hpp"

namespace palier {
namespace {

struct Options {
  CLI::App* list = nullptr;
  CLI::App* show = nullptr;
  CLI::App* check = nullptr;
  CLI::App* update = nullptr;
  std::string name;
  std::string date;
  bool json = false;
};

ExitCode run_list(const Options& options, Context& context) {
  const DataPath data = context.data();
  Json rows = Json::array();
  Table table({Align::left, Align::left, Align::left});
  for (const DataSet& set : data_sets()) {
    const DataFile file = data.find(std::string(set.name));
    rows.push_back({{"name", set.name}, {"what", set.what}, {"origin", file.origin}});
    table.row({std::string(set.name), std::string(set.what), file.origin});
  }
  context.out << (options.json ? to_text({{"schema", "palier.data-list/1"}, {"data", rows}})
                               : table.render(context.out_terminal));
  return ExitCode::done;
}

ExitCode run_show(const Options& options, Context& context) {
  const DataFile file = context.data().find(options.name);
  if (context.verbose) context.err << fmt::format("palier: {}\n", file.label());
  if (options.json) {
    context.out << to_text(
        {{"schema", "palier.data-file/1"}, {"name", file.name}, {"origin", file.origin}, {"text", file.text}});
  } else {
    context.out << file.text;
  }
  return ExitCode::done;
}

ExitCode run_check(const Options& options, Context& context) {
  const std::vector<DataCheck> checks = check_data(context.data());
  Json rows = Json::array();
  Table table({Align::left, Align::left, Align::left});
  bool good = true;
  for (const DataCheck& check : checks) {
    good = good && !check.error;
    const std::string result = check.error ? check.error->text().reason : check.summary;
    Json row = {{"name", check.name}, {"origin", check.origin}, {"ok", !check.error}, {"result", result}};
    if (check.error) row["location"] = to_string(check.error->text().location);
    rows.push_back(row);
    table.row({check.error ? Cell("wrong", Style::bad) : Cell("ok", Style::good), check.name,
               check.error ? check.origin : fmt::format("{} ({})", result, check.origin)});
  }
  context.out << (options.json ? to_text({{"schema", "palier.data-check/1"}, {"ok", good}, {"data", rows}})
                               : table.render(context.out_terminal));
  for (const DataCheck& check : checks) {
    if (check.error) context.err << render(*check.error);
  }
  return good ? ExitCode::done : ExitCode::no;
}

ExitCode run_update(const Options& options, Context& context) {
  const std::filesystem::path folder = context.data_dir.value_or(user_data_folder());
  if (folder.empty()) {
    throw Error({.message = "cannot update the data",
                 .reason = "there is no home folder",
                 .help = "palier --data-dir DIR data update ..."});
  }
  const Update update = update_data(options.name, context.data(), folder, options.date);
  if (options.json) {
    context.out << to_text({{"schema", "palier.data-update/1"},
                            {"name", update.name},
                            {"path", update.path.string()},
                            {"rows", update.rows},
                            {"skipped", update.skipped},
                            {"gone", update.gone},
                            {"day", update.day.empty() ? Json() : Json(update.day)},
                            {"result", update.summary}});
    return ExitCode::done;
  }
  context.out << fmt::format("{}: {} rows taken, {} passed over\n{}: {}\n", update.name, update.rows, update.skipped,
                             update.path.string(), update.summary);
  if (!update.day.empty()) context.out << fmt::format("prices of {}: {}\n", update.day, to_string(update.from));
  if (!update.gone.empty())
    context.err << fmt::format("palier: note: no longer there: {}; is the source whole?\n", join(update.gone, ", "));
  return ExitCode::done;
}

ExitCode run_data(const Options& options, Context& context) {
  if (options.show->parsed()) return run_show(options, context);
  if (options.update->parsed()) return run_update(options, context);
  if (options.check->parsed()) return run_check(options, context);
  return run_list(options, context);
}

Action set_up_data(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  options->list = app.add_subcommand("list", "Name every data file and where it was found (the default)");
  options->show = app.add_subcommand("show", "Print a data file");
  options->show->add_option("NAME", options->name, "Its name, as tree.yaml")->required();
  options->check = app.add_subcommand("check", "Verify every data file; ends with 3 where one is wrong");
  options->update =
      app.add_subcommand("update", "Take newer data from a file or an address, verified before it is used");
  options->update
      ->add_option("SOURCE", options->name, "A data file of palier's, a CSV of gpuhunt, Azure's retail prices")
      ->type_name("FILE|URL")
      ->required();
  options->update->add_option("--date", options->date, "The day that prices are of, where the source does not say it")
      ->type_name("DAY");
  app.require_subcommand(0, 1);
  for (CLI::App* level : {&app, options->list, options->show, options->check, options->update}) {
    level->add_flag("--json", options->json, "Print a JSON document");
  }
  return [options](Context& context) { return run_data(*options, context); };
}

}  // namespace

CommandSpec data_command() {
  return {.name = "data",
          .summary = "Show and check what palier knows",
          .description =
              "What palier knows is data that you can read and replace. A file of the same name in --data-dir, in "
              "~/.config/palier or in /etc/palier comes before the one built in, in this order.",
          .examples = {{"palier data show tree.yaml > ~/.config/palier/tree.yaml", "a copy to change"},
                       {"palier data check", "is the changed copy right?"},
                       {"palier data update runpod.csv", "prices of gpuhunt's catalogue"}},
          .setup = set_up_data};
}

}  // namespace palier
