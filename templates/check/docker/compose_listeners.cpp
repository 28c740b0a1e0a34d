// Where the programs of services listen.
#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "templates/check/docker/compose.hpp"

namespace palier {
namespace {

// Images that listen there unless they are told otherwise. Source: their documentation, 2026-11-22.
struct KnownImage {
  std::string_view name, variable;
  int port;
};
constexpr std::array<KnownImage, 4> known_images = {{{"postgres", "PGPORT", 5432},
                                                     {"redis", "REDIS_PORT", 6379},
                                                     {"minio/minio", "MINIO_ADDRESS", 9000},
                                                     {"valkey/valkey", "VALKEY_PORT", 6379}}};

// "registry:5000/a/b" of "registry:5000/a/b:1@sha256:..."
std::string name_of(const std::string& image) {
  const std::string tagged = image.substr(0, image.find('@'));
  const std::size_t colon = tagged.rfind(':');
  return colon != std::string::npos && tagged.find('/', colon) == std::string::npos ? tagged.substr(0, colon) : tagged;
}

int known_port(const Part& service) {
  const std::string image = name_of(service["image"].text());
  const auto known = std::find_if(known_images.begin(), known_images.end(), [&](const KnownImage& one) {
    return image == one.name || image.ends_with("/" + std::string(one.name));
  });
  if (known == known_images.end() || environment_of(service).count(std::string(known->variable)) != 0) return 0;
  for (const char* key : {"entrypoint", "command"}) {
    std::string all = " " + service[key].text() + " ";
    for (const std::string& text : service[key].texts()) all += text + " ";
    for (const char* told : {" -p ", "port", "--address"}) {
      if (all.find(told) != std::string::npos) return 0;
    }
  }
  return known->port;
}

void read_option(const std::string& option, const std::string& value, const Part& place, ComposeListener& out) {
  const bool address = option == "--web.listen-address";
  if (address || option == "--port" || option == "--address") {
    if (const int port = port_in(value); port > 0) {
      out.port = port;
      out.place = place;
    }
  }
  if (!address && option != "--host" && option != "--ip") return;
  if (!value.starts_with("127.") && !value.starts_with("localhost")) return;
  out.loopback = true;
  out.place = place;
}

}  // namespace

int port_in(std::string_view text) {
  const auto number = to_integer(text.substr(text.rfind(':') + 1));
  return number && *number > 0 && *number < 65536 ? static_cast<int>(*number) : 0;
}

ComposeListener listener_of(const Part& service) {
  ComposeListener out;
  std::vector<Part> items = service["entrypoint"].items();
  for (const Part& item : service["command"].items()) items.push_back(item);
  for (std::size_t i = 0; i < items.size(); ++i) {
    const std::string text = items[i].text();
    const std::size_t equals = text.find('=');
    if (equals != std::string::npos)
      read_option(text.substr(0, equals), text.substr(equals + 1), items[i], out);
    else if (i + 1 < items.size())
      read_option(text, items[i + 1].text(), items[i + 1], out);
  }
  if (out.port == 0) out.port = known_port(service);
  return out;
}

}  // namespace palier
