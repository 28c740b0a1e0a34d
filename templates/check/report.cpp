#include "templates/check/report.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/table.hpp"
#include "base/text.hpp"

namespace palier {
namespace {

Style style_of(Severity severity) {
  return severity == Severity::error ? Style::bad : severity == Severity::warning ? Style::warning : Style::dim;
}

std::size_t count(const std::vector<Finding>& findings, Severity severity) {
  return static_cast<std::size_t>(
      std::count_if(findings.begin(), findings.end(), [&](const Finding& f) { return f.severity == severity; }));
}

std::string counted(std::size_t number, const char* what) {
  return fmt::format("{} {}{}", number, what, number == 1 ? "" : "s");
}

void append_wrapped(std::string& out, const Terminal& terminal, Style style, const std::string& text) {
  constexpr std::size_t indent = 9;
  const std::size_t width = std::min<std::size_t>(terminal.width, 110);
  for (const std::string& line : wrap(printable(text), width > indent + 20 ? width - indent : 20))
    out += std::string(indent, ' ') + styled(terminal, style, line) + "\n";
}

}  // namespace

std::string render(const std::vector<Finding>& findings, const Terminal& terminal) {
  std::string out;
  for (const Finding& finding : findings) {
    const std::string severity(to_string(finding.severity));
    out += styled(terminal, style_of(finding.severity), severity) + std::string(9 - severity.size(), ' ') +
           styled(terminal, Style::bold, printable(to_string(Location{finding.place.file, finding.place.line}))) +
           "  " + styled(terminal, Style::dim, finding.rule) + "\n";
    append_wrapped(out, terminal, Style::plain, finding.message);
    if (!finding.help.empty()) append_wrapped(out, terminal, Style::dim, "help: " + finding.help);
  }
  return out;
}

std::string render(const std::vector<ValidatorRun>& runs, const Terminal& terminal) {
  Table table({Align::left, Align::left, Align::left});
  for (const ValidatorRun& ran : runs) {
    const std::string made = ran.findings == 0 ? "nothing found" : counted(ran.findings, "finding");
    const bool missing = ran.state == ValidatorRun::State::missing;
    const std::string state = missing                                    ? "not on this machine"
                              : ran.state == ValidatorRun::State::failed ? "failed"
                                                                         : made;
    table.row({ran.name, Cell(counted(ran.files, "file"), Style::dim),
               Cell(ran.note.empty() ? state : state + ": " + ran.note, missing ? Style::dim : Style::plain)});
  }
  return table.empty() ? "" : "Validators\n" + table.render(terminal, 2) + "\n";
}

std::string render(const CheckReport& report, const Terminal& terminal) {
  std::string out = render(report.findings, terminal);
  if (!out.empty()) out += "\n";
  out += render(report.validators, terminal);
  std::string counts;
  if (report.findings.empty()) {
    counts = "nothing found";
  } else {
    counts = fmt::format("{}, {}, {}", counted(count(report.findings, Severity::error), "error"),
                         counted(count(report.findings, Severity::warning), "warning"),
                         counted(count(report.findings, Severity::note), "note"));
  }
  return out + fmt::format("{}: {} in {}\n", styled(terminal, Style::bold, printable(report.checked)), counts,
                           counted(report.files, "file"));
}

Json to_document(const CheckReport& report) {
  Json findings = Json::array();
  for (const Finding& finding : report.findings) {
    Json row = {{"file", finding.place.file}, {"line", nullptr}, {"column", nullptr}};
    if (finding.place.line > 0) row["line"] = finding.place.line;
    if (finding.place.column > 0) row["column"] = finding.place.column;
    row["rule"] = finding.rule;
    row["severity"] = to_string(finding.severity);
    row["message"] = finding.message;
    row["help"] = finding.help;
    findings.push_back(std::move(row));
  }
  Json runs = Json::array();
  for (const ValidatorRun& ran : report.validators) {
    const bool missing = ran.state == ValidatorRun::State::missing;
    const char* state = missing ? "missing" : ran.state == ValidatorRun::State::failed ? "failed" : "ran";
    runs.push_back(
        {{"name", ran.name}, {"state", state}, {"files", ran.files}, {"findings", ran.findings}, {"note", ran.note}});
  }
  return {{"schema", "palier.check/1"},
          {"checked", report.checked},
          {"files", report.files},
          {"errors", count(report.findings, Severity::error)},
          {"warnings", count(report.findings, Severity::warning)},
          {"notes", count(report.findings, Severity::note)},
          {"findings", findings},
          {"validators", runs}};
}

}  // namespace palier
