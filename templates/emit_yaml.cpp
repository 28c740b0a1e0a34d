// Our own emitter: yaml-cpp's writes the text "true" as the boolean, breaks literal blocks that start with a space, and
// has no way to order keys or to place a comment (checked with 0.7).
#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "base/text.hpp"
#include "templates/emit.hpp"

namespace palier {
namespace {

using Lines = std::vector<std::string>;

// The order of the Kubernetes documentation and of what people write by hand; it suits the other formats too. What is
// not here comes after, by name.
constexpr std::array key_order = {"apiVersion",
                                  "kind",
                                  "metadata",
                                  "name",
                                  "namespace",
                                  "generateName",
                                  "labels",
                                  "annotations",
                                  "image",
                                  "imagePullPolicy",
                                  "command",
                                  "args",
                                  "workingDir",
                                  "key",
                                  "operator",
                                  "effect",
                                  "type",
                                  "scaleTargetRef",
                                  "minReplicas",
                                  "maxReplicas",
                                  "replicas",
                                  "minAvailable",
                                  "maxUnavailable",
                                  "maxSkew",
                                  "topologyKey",
                                  "whenUnsatisfiable",
                                  "labelSelector",
                                  "namespaceSelector",
                                  "podSelector",
                                  "selector",
                                  "matchLabels",
                                  "strategy",
                                  "progressDeadlineSeconds",
                                  "revisionHistoryLimit",
                                  "template",
                                  "policyTypes",
                                  "from",
                                  "to",
                                  "ingress",
                                  "egress",
                                  "path",
                                  "port",
                                  "targetPort",
                                  "protocol",
                                  "containerPort",
                                  "serviceAccountName",
                                  "automountServiceAccountToken",
                                  "enableServiceLinks",
                                  "terminationGracePeriodSeconds",
                                  "securityContext",
                                  "tolerations",
                                  "nodeSelector",
                                  "affinity",
                                  "topologySpreadConstraints",
                                  "initContainers",
                                  "containers",
                                  "httpGet",
                                  "periodSeconds",
                                  "timeoutSeconds",
                                  "failureThreshold",
                                  "env",
                                  "envFrom",
                                  "ports",
                                  "startupProbe",
                                  "readinessProbe",
                                  "livenessProbe",
                                  "lifecycle",
                                  "resources",
                                  "requests",
                                  "limits",
                                  "volumeMounts",
                                  "mountPath",
                                  "volumes",
                                  "metrics",
                                  "behavior",
                                  "channels",
                                  "dependencies"};
constexpr std::array last_keys = {"spec", "data", "stringData", "status"};

std::size_t rank(std::string_view key) {
  const auto* const known = std::find(key_order.begin(), key_order.end(), key);
  if (known != key_order.end()) return static_cast<std::size_t>(known - key_order.begin());
  const bool last = std::find(last_keys.begin(), last_keys.end(), key) != last_keys.end();
  return key_order.size() + (last ? 1 : 0);
}

std::vector<std::string> ordered_keys(const Json& object) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : object.items()) {
    if (!is_comment_key(key)) keys.push_back(key);
  }
  std::sort(keys.begin(), keys.end(), [](const std::string& a, const std::string& b) {
    const std::size_t x = rank(a), y = rank(b);
    return x != y ? x < y : a < b;
  });
  return keys;
}

bool is_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// "500m", "4Gi": Kubernetes quantities, which no YAML reads as a number.
bool is_quantity(std::string_view text) {
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  constexpr std::array units = {"m", "Ki", "Mi", "Gi", "Ti"};
  return digits > 0 && digits < text.size() &&
         std::find(units.begin(), units.end(), text.substr(digits)) != units.end();
}

// Words that some YAML reads as null or a boolean.
bool is_reserved(std::string_view text) {
  constexpr std::array words = {"null", "true", "false", "yes", "no", "on", "off", "y", "n"};
  return std::find(words.begin(), words.end(), lower(text)) != words.end();
}

// Text that every YAML reads back as the same text without quotes. Deliberately narrow: quotes are never wrong.
bool is_plain(std::string_view text) {
  if (is_quantity(text)) return true;
  const bool option = text.size() > 2 && text.starts_with("--") && is_letter(text[2]);
  if (text.empty() || !(option || is_letter(text.front()) || text.front() == '/' || text.front() == '_')) return false;
  if (is_reserved(text) || text.back() == ':' || text.back() == ' ') return false;
  const auto plain = [](char c) {
    return is_letter(c) || is_digit(c) || std::string_view("_./,@+=-:() ").find(c) != std::string_view::npos;
  };
  return std::all_of(text.begin(), text.end(), plain) && text.find(": ") == std::string_view::npos;
}

// JSON's escapes are YAML's; besides, what some YAML takes for a line break or does not print is escaped.
std::string quoted(const std::string& text) {
  const std::string json = Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
  std::string result;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const std::string_view rest = std::string_view(json).substr(i);
    const auto second = static_cast<unsigned char>(rest.size() > 1 ? rest[1] : 0);
    constexpr std::string_view hex = "0123456789abcdef";
    if (rest.front() == '\x7f') {
      result += "\\u007f";
    } else if (rest.front() == '\xC2' && second < 0xA0) {  // U+0080 to U+009F
      result += std::string("\\u00") + hex[second >> 4] + hex[second & 15];
      ++i;
    } else if (rest.starts_with("\u2028") || rest.starts_with("\u2029")) {
      result += rest.starts_with("\u2028") ? "\\u2028" : "\\u2029";
      i += 2;
    } else if (rest.starts_with("\uFEFF") || rest.starts_with("\uFFFE") || rest.starts_with("\uFFFF")) {
      result += rest.starts_with("\uFEFF") ? "\\ufeff" : rest.starts_with("\uFFFE") ? "\\ufffe" : "\\uffff";
      i += 2;
    } else {
      result += rest.front();
    }
  }
  return result;
}

// A literal block gives `text` back unchanged: it has lines, no line that is special, and one newline at most at its
// end.
bool is_literal(const std::string& text) {
  if (text.find('\n') == std::string::npos || text.ends_with("\n\n") || text == "\n") return false;
  if (text.front() == ' ' || text.front() == '\n' || text.front() == '\t') return false;
  const std::string escaped = quoted(text);  // "\n", "\"" and "\\" are the escapes that a literal block does not need
  for (std::size_t at = 0; (at = escaped.find('\\', at)) != std::string::npos; at += 2) {
    if (std::string_view("n\"\\t").find(escaped[at + 1]) == std::string_view::npos) return false;
  }
  return true;
}

std::string scalar(const Json& value) {
  if (!value.is_string()) return value.dump();
  const auto& text = value.get_ref<const std::string&>();
  return is_plain(text) ? text : quoted(text);
}

bool is_block(const Json& value) {
  if (value.is_array()) return !value.empty();
  if (!value.is_object()) return false;
  const auto items = value.items();
  return std::any_of(items.begin(), items.end(), [](const auto& member) { return !is_comment_key(member.key()); });
}

std::string flow(const Json& value) { return value.is_array() ? "[]" : value.is_object() ? "{}" : scalar(value); }

void append(Lines& out, const Lines& more, const std::string& indent) {
  for (const std::string& line : more) out.push_back(line.empty() ? line : indent + line);
}

// An item of a list: comments on its first member stand above the dash.
void append_item(Lines& out, const Lines& item) {
  auto line = item.begin();
  for (; line != item.end() && line->starts_with('#'); ++line) out.push_back(*line);
  out.push_back("- " + *line);
  append(out, {line + 1, item.end()}, "  ");
}

void append_comment(Lines& out, const Json& object, const std::string& key) {
  const auto found = object.is_object() ? object.find(key) : object.end();
  if (!object.is_object() || found == object.end() || !found->is_string()) return;
  const std::string comment = comment_lines(found->get<std::string>());
  for (const std::string_view line : lines(comment)) out.emplace_back(line);
}

Lines block(const Json& value);

// `head` is "key:" or "-"; what belongs to it follows, on the same line where that is the custom.
void append_entry(Lines& out, const std::string& head, const Json& value) {
  const bool in_list = head == "-";
  if (value.is_string() && is_literal(value.get_ref<const std::string&>())) {
    const auto& text = value.get_ref<const std::string&>();
    out.push_back(head + (text.ends_with('\n') ? " |" : " |-"));
    Lines content;
    for (const std::string_view line : split(std::string_view(text).substr(0, text.find_last_not_of('\n') + 1), '\n'))
      content.emplace_back(line);
    append(out, content, "  ");
  } else if (!is_block(value)) {
    out.push_back(head + " " + flow(value));
  } else if (in_list) {
    append_comment(out, value, "#");
    append_item(out, block(value));
  } else {
    out.push_back(head);
    Lines inner;
    append_comment(inner, value, "#");
    const Lines body = block(value);
    inner.insert(inner.end(), body.begin(), body.end());
    append(out, inner, "  ");
  }
}

Lines block(const Json& value) {
  Lines out;
  if (value.is_array()) {
    for (const Json& item : value) append_entry(out, "-", item);
    return out;
  }
  for (const std::string& key : ordered_keys(value)) {
    append_comment(out, value, "#" + key);
    append_entry(out, (is_plain(key) ? key : quoted(key)) + ":", value.at(key));
  }
  return out;
}

}  // namespace

std::string emit_yaml(const Json& content) {
  if (!is_block(content)) return flow(content) + "\n";
  Lines out;
  append_comment(out, content, "#");
  const Lines body = block(content);
  out.insert(out.end(), body.begin(), body.end());
  return join(out, "\n") + "\n";
}

}  // namespace palier
