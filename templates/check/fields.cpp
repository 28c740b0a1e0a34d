// Fields that Kubernetes does not know: a misspelt one is refused, or does nothing in silence.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/closest.hpp"
#include "base/embedded.hpp"
#include "base/text.hpp"
#include "templates/check/rules.hpp"

namespace palier {
namespace embedded {
std::span<const EmbeddedFile> check_data();  // kubernetes_fields.txt, which is read here alone
}
namespace {

using Fields = std::map<std::string_view, std::string_view>;  // and the type of each, "" for a value

struct Reference {
  std::set<std::string> objects;  // "apps/v1 Deployment"
  std::map<std::string_view, Fields> types;
};

const Reference& reference() {
  static const Reference read = [] {
    Reference out;
    for (const std::string_view line : lines(embedded::check_data().front().text)) {
      const auto parts = words(line);
      if (parts.empty() || parts[0] == "#") continue;
      if (parts[0] == "object") {
        out.objects.insert(fmt::format("{} {}", parts.at(1), parts.at(2)));
        continue;
      }
      Fields& fields = out.types[parts[0]];
      for (const std::string_view field : std::span(parts).subspan(1)) {
        const std::size_t colon = std::min(field.find(':'), field.size());
        fields[field.substr(0, colon)] = colon == field.size() ? std::string_view() : field.substr(colon + 1);
      }
    }
    return out;
  }();
  return read;
}

class FieldCheck {
 public:
  FieldCheck(const Object& object, Findings& findings) : object_(object), findings_(findings) {}

  void check(const Part& part, std::string_view type) {
    if (part.is_list()) {
      for (const Part& item : part.items()) check(item, type);
      return;
    }
    const Fields& fields = reference().types.at(type);
    for (const auto& [key, value] : part.members()) {
      const auto found = fields.find(key);
      if (found == fields.end()) {
        refuse(key, value, fields, type);
      } else if (!found->second.empty()) {
        check(value, found->second);
      }
    }
  }

 private:
  void refuse(const std::string& key, const Part& value, const Fields& fields, std::string_view type) {
    if (key.starts_with('$')) return;  // an instruction to whoever applies a patch
    std::vector<std::string> names;
    for (const auto& [name, inner] : fields) names.emplace_back(name);
    findings_.add(
        "unknown-field", value,
        fmt::format("{} has a field '{}', which no {} has", object_.title(), printable(shorten(key, 60)), type),
        suggestion(key, names));
  }

  const Object& object_;
  Findings& findings_;
};

}  // namespace

void check_fields(const Bundle& bundle, Findings& findings) {
  for (const Object& object : bundle.objects) {
    if (object.generated || reference().objects.count(fmt::format("{} {}", object.api, object.kind)) == 0) continue;
    FieldCheck(object, findings).check(object.root(), object.kind);
  }
}

}  // namespace palier
