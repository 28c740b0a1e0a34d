// Options and environment variables of model servers that are mistyped: the server does not start, or heeds nothing.
#include <fmt/format.h>

#include <algorithm>

#include "base/closest.hpp"
#include "base/text.hpp"
#include "templates/check/data.hpp"
#include "templates/check/engines/engines.hpp"
#include "templates/check/rules.hpp"

namespace palier {
namespace {

using Names = std::vector<std::string>;

const Names& known(const std::string& whose) {
  static const std::map<std::string, Names> lists = [] {
    std::map<std::string, Names> out;
    for (const std::string_view line : lines(check_data("engine_options.txt"))) {
      const auto parts = words(line);
      if (parts.empty() || parts[0] == "#") continue;
      Names& names = out[std::string(parts[0])];
      names.insert(names.end(), parts.begin() + 1, parts.end());
    }
    return out;
  }();
  static const Names none;
  const auto found = lists.find(whose);
  return found == lists.end() ? none : found->second;
}

// "--max_model_len=8192" -> "max-model-len"; what vLLM takes for a longer option, or for a member of one, is as good.
std::string option_in(std::string_view word) {
  if (!word.starts_with("--")) return {};
  std::string name(word.substr(2, word.find_first_of("=.", 2) - 2));
  std::replace(name.begin(), name.end(), '_', '-');
  return name;
}

bool is_known(const ServingEngine& engine, const Names& options, const std::string& name) {
  return std::any_of(options.begin(), options.end(), [&](const std::string& option) {
    return option == name || "no-" + option == name || (engine.name == "vLLM" && option.starts_with(name));
  });
}

// "max-model-length" for "max-model-len": a known option, and a few letters.
std::string prolonged(const std::string& name, const Names& options) {
  const auto found = std::find_if(options.begin(), options.end(), [&](const std::string& option) {
    return option.size() > 5 && name.starts_with(option) && name.size() <= option.size() + 4 &&
           name.find('-', option.size()) == std::string::npos;
  });
  return found == options.end() ? "" : *found;
}

void check_word(const ServingEngine& engine, std::string_view word, const Part& place, Findings& findings) {
  const std::string name = option_in(word);
  const Names& options = known(engine.name);
  if (name.empty() || is_known(engine, options, name)) return;
  const std::string slip = mistyped(name, options), near = slip.empty() ? prolonged(name, options) : slip;
  if (!near.empty())
    findings.add("engine-option", place, fmt::format("{} has no option '--{}'", engine.name, printable(name)),
                 fmt::format("did you mean '--{}'?", near));
}

// Of a script, what follows the engine's own name, up to the end of the command.
void check_script(const ServingEngine& engine, const Part& script, Findings& findings) {
  bool own = false;
  const std::string text = script.text();
  for (const std::string_view word : words(text)) {
    if (word.starts_with("--")) {
      if (own) check_word(engine, word, script, findings);
    } else if (word.find(engine.word) != std::string_view::npos && !word.starts_with('-')) {
      own = true;
    } else if (word == "&&" || word == "||" || word == "|" || word == ";" || word.ends_with(';')) {
      own = false;
    }
  }
}

void check_options(const Container& container, const ServingEngine& engine, Findings& findings) {
  for (const char* key : {"command", "args"}) {
    for (const Part& item : container.part[key].items()) {
      const std::string text = item.text();
      if (!text.starts_with("--") && text.find_first_of(" \n") != std::string::npos)
        check_script(engine, item, findings);
      else
        check_word(engine, text, item, findings);
    }
  }
}

void check_variables(const Container& container, Findings& findings) {
  for (const Part& item : container.part["env"].items()) {
    const std::string name = item["name"].text();
    if (!name.starts_with("OLLAMA_") && !name.starts_with("LLAMA_ARG_") && !name.starts_with("HF_")) continue;
    const std::string near = mistyped(name, known("variables"));
    if (!near.empty())
      findings.add("engine-variable", item["name"],
                   fmt::format("a model server heeds no variable '{}'", printable(shorten(name, 60))),
                   fmt::format("did you mean '{}'?", near));
  }
}

// Hugging Face's library heeds two names of a token. Source: its documentation of environment variables, 2026-11-22.
void check_token(const Container& container, Findings& findings) {
  Part other;
  for (const Part& item : container.part["env"].items()) {
    const std::string name = item["name"].text();
    if (name == "HF_TOKEN" || name == "HUGGING_FACE_HUB_TOKEN") return;
    const bool hub = name.starts_with("HF_") || name.starts_with("HUGGING");
    const bool used = container.words().find(lower(name)) != std::string::npos;
    if (hub && name.ends_with("TOKEN") && item["valueFrom"] && !used) other = item["name"];
  }
  if (other)
    findings.add("engine-variable", other,
                 fmt::format("what downloads the model heeds no variable '{}'", printable(shorten(other.text(), 60))),
                 "HF_TOKEN");
}

}  // namespace

void check_server_words(const Container& container, Findings& findings) {
  if (const ServingEngine* engine = engine_of(container)) check_options(container, *engine, findings);
}

void check_engine_options(const Bundle& bundle, Findings& findings) {
  for (const PodTemplate& pods : bundle.pods) {
    for (const Container& container : pods.containers) {
      check_server_words(container, findings);
      if (container.serves_model()) check_variables(container, findings);
      if (downloads(container)) check_token(container, findings);
    }
  }
}

}  // namespace palier
