#include "templates/evaluate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <memory>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/text.hpp"
#include "templates/jsonnet.hpp"
#include "templates/program.hpp"

namespace palier {
namespace {

constexpr unsigned deepest_stack = 400;
constexpr std::size_t largest_text = std::size_t{64} << 10;     // of one string that comes from outside
constexpr std::size_t largest_argument = std::size_t{4} << 20;  // of one document
constexpr std::size_t largest_result = std::size_t{16} << 20;

using Vm = std::unique_ptr<JsonnetVm, decltype(JsonnetLibrary::destroy)>;

// What a Program leaves to the library: imports whose name is no plain text. They must not reach its own reader of
// files.
char* refusal(JsonnetVm* vm, std::size_t& size) {
  const std::string_view text = "an import needs its name in plain quotes: import 'lib/machine.libsonnet'";
  size = text.size();
  char* buffer = jsonnet().realloc(vm, nullptr, size + 1);
  buffer[text.copy(buffer, size)] = '\0';
  return buffer;
}

// The library's callback has two shapes: up to 0.18 it returns the text, from 0.19 on it fills a buffer.
template <class Shape>
struct ImportCallback;

template <>
struct ImportCallback<char*(void*, const char*, const char*, char**, int*)> {
  static char* call(void* vm, const char*, const char*, char**, int* success) {
    std::size_t size = 0;
    *success = 0;
    return refusal(static_cast<JsonnetVm*>(vm), size);
  }
};

template <>
struct ImportCallback<int(void*, const char*, const char*, char**, char**, std::size_t*)> {
  static int call(void* vm, const char*, const char*, char**, char** buffer, std::size_t* size) {
    *buffer = refusal(static_cast<JsonnetVm*>(vm), *size);
    return 1;
  }
};

void refuse_huge_texts(const Json& value, const std::string& purpose) {
  if (value.is_string() && value.get_ref<const std::string&>().size() > largest_text) {
    throw Error({.message = purpose,
                 .reason = fmt::format("a text of {} KiB in the input; at most {} KiB can be used",
                                       value.get_ref<const std::string&>().size() >> 10, largest_text >> 10)});
  }
  if (!value.is_structured()) return;
  for (const auto& member : value) refuse_huge_texts(member, purpose);
}

std::string as_code(const Json& value, const std::string& purpose) {
  refuse_huge_texts(value, purpose);
  std::string code = value.dump(-1, ' ', false, Json::error_handler_t::replace);
  if (code.size() > largest_argument)
    throw Error({.message = purpose, .reason = "the input is larger than 4 MiB of JSON"});
  return code;
}

constexpr const char* program_name = "templates";  // what the library calls the one text that it is given

// "templates:12:5-9", "templates:(1:2)-(3:4)" -> where that starts; nullopt for anything else, the standard library's
// own frames among it.
std::optional<Location> parse_place(std::string_view text, const Program& program) {
  const std::string start = fmt::format("{}:", program_name);
  if (!text.starts_with(start)) return std::nullopt;
  text.remove_prefix(start.size());
  if (text.starts_with('(')) text.remove_prefix(1);
  const auto number = [&text] {
    const std::size_t size = std::min(text.find_first_not_of("0123456789"), text.size());
    const auto value = static_cast<int>(to_integer(text.substr(0, size)).value_or(0));
    text.remove_prefix(std::min(size + 1, text.size()));
    return value;
  };
  const int line = number();
  return program.place(line, number());
}

// "RUNTIME ERROR: why\n\tfile:1:2-3\tobject <x>\n..." or "STATIC ERROR: file:1:2: why"
Error to_error(std::string_view report, const Program& program, const std::string& purpose) {
  Location location;
  for (const std::string_view line : lines(report)) {
    if (!line.starts_with('\t')) continue;
    if (const auto place = parse_place(trim(line), program); place && location.file.empty()) location = *place;
  }
  std::string_view reason = report.substr(0, report.find("\n\t"));
  for (const std::string_view kind : {"RUNTIME ERROR: ", "STATIC ERROR: "}) {
    if (reason.starts_with(kind)) reason.remove_prefix(kind.size());
  }
  if (const auto place = parse_place(reason, program); place && location.file.empty()) {
    location = *place;
    if (const std::size_t colon = reason.find(": "); colon != std::string_view::npos) reason.remove_prefix(colon + 2);
  }
  const std::size_t help = reason.find("\nhelp: ");
  const std::string_view advice = help == std::string_view::npos ? std::string_view() : reason.substr(help + 7);
  return Error({.message = purpose,
                .reason = std::string(trim(reason.substr(0, help))),
                .location = location,
                .help = std::string(trim(advice))});
}

}  // namespace

TemplateTree::TemplateTree(const std::optional<std::filesystem::path>& data_dir, std::span<const EmbeddedFile> built_in)
    : path_(data_dir, built_in) {}

namespace {

const std::string overlay_folder = "overlay/";

void require_inside(const std::filesystem::path& root, const std::string& file, const std::string& name) {
  std::error_code error;
  const std::filesystem::path real = std::filesystem::canonical(file, error);
  const std::filesystem::path tree = std::filesystem::canonical(root, error);
  const auto [end, rest] = std::mismatch(tree.begin(), tree.end(), real.begin(), real.end());
  if (!error && end == tree.end()) return;
  throw Error({.message = fmt::format("template '{}' is not inside its tree", name),
               .reason = "a symbolic link leads out of it",
               .location = {.file = file}});
}

}  // namespace

void TemplateTree::set_overlay(const std::filesystem::path& folder) {
  std::error_code error;
  if (!std::filesystem::is_directory(folder, error))
    throw Error(
        {.message = "cannot use the overlay", .reason = "it is no folder", .location = {.file = folder.string()}},
        ExitCode::usage);
  overlay_ = folder;
}

std::vector<std::string> TemplateTree::overlaid() const {
  std::vector<std::string> names;
  if (!overlay_) return names;
  for (const auto& entry : std::filesystem::directory_iterator(*overlay_)) {
    if (entry.path().extension() == ".jsonnet") names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string TemplateTree::resolve(const std::string& folder, const std::string& name) const {
  std::error_code error;
  const bool beside = overlay_ && folder.starts_with(overlay_folder) && !name.starts_with(overlay_folder) &&
                      std::filesystem::exists(*overlay_ / name, error);
  return beside ? overlay_folder + name : name;
}

DataFile TemplateTree::find(const std::string& name) const {
  const std::filesystem::path relative(name);
  if (name.empty() || relative.is_absolute() || relative.lexically_normal().string() != name ||
      *relative.begin() == "..") {
    throw Error({.message = fmt::format("'{}' is not a name in the template tree", printable(shorten(name, 200))),
                 .reason = "names are relative to its root and have no '..'"});
  }
  if (overlay_ && name.starts_with(overlay_folder)) {
    const std::string file = (*overlay_ / name.substr(overlay_folder.size())).string();
    require_inside(*overlay_, file, name);
    return {name, file, read_file(file)};
  }
  DataFile file = path_.find(name);
  if (file.origin != "built in")
    require_inside(file.origin.substr(0, file.origin.size() - name.size()), file.origin, name);
  return file;
}

Json run(const Program& program, const std::map<std::string, Json>& arguments, const std::string& purpose) {
  const Vm vm(jsonnet().make(), jsonnet().destroy);
  jsonnet().max_stack(vm.get(), deepest_stack);
  jsonnet().max_trace(vm.get(), 0);  // the frame that an error is about may come after many of the standard library
  jsonnet().import_callback(vm.get(), &ImportCallback<JsonnetImportCallback>::call, vm.get());
  for (const auto& [key, value] : arguments) jsonnet().tla_code(vm.get(), key.c_str(), as_code(value, purpose).c_str());
  int failed = 0;
  const auto release = [&vm](char* text) { jsonnet().realloc(vm.get(), text, 0); };
  const std::unique_ptr<char, decltype(release)> output(
      jsonnet().evaluate_snippet(vm.get(), program_name, program.text().c_str(), &failed), release);
  if (failed != 0) throw to_error(output.get(), program, purpose);
  const std::string_view text(output.get());
  if (text.size() > largest_result) throw Error({.message = purpose, .reason = "the result is larger than 16 MiB"});
  return parse_json(text, "what the templates gave");
}

Json evaluate(const TemplateTree& tree, const std::string& name, const std::map<std::string, Json>& arguments,
              const std::string& purpose) {
  return run(Program(tree, tree.find(name), purpose), arguments, purpose);
}

}  // namespace palier
