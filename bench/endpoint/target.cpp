#include "bench/endpoint/target.hpp"

#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/text.hpp"

namespace palier {
namespace {

constexpr int connect_milliseconds = 2000;

[[noreturn]] void refuse(const std::string& url, const char* reason) {
  throw Error({.message = "cannot use the endpoint's address",
               .reason = reason,
               .location = {.file = printable(url)},
               .help = "for example http://localhost:8000/v1"},
              ExitCode::usage);
}

// "host", "host:port", "[::1]", "[::1]:port".
void read_authority(const std::string& url, std::string_view authority, HttpTarget& target) {
  const bool brackets = authority.starts_with('[');
  const std::size_t host_end = brackets ? authority.find(']') : authority.find(':');
  if (brackets && host_end == authority.npos) refuse(url, "an IPv6 address ends with ']'");
  target.host = authority.substr(brackets ? 1 : 0, brackets ? host_end - 1 : host_end);
  std::string_view rest = host_end == authority.npos ? std::string_view() : authority.substr(host_end);
  if (brackets) rest.remove_prefix(1);
  if (target.host.empty()) refuse(url, "it names no host");
  if (rest.empty()) return;
  const auto port = rest[0] == ':' ? to_integer(rest.substr(1)) : std::nullopt;
  if (!port || *port < 1 || *port > 65535) refuse(url, "the port is no number from 1 to 65535");
  target.port = std::to_string(*port);
}

}  // namespace

HttpTarget parse_target(const std::string& url) {
  HttpTarget target;
  std::string_view rest = url;
  target.tls = url.starts_with("https://");
  if (!target.tls && !url.starts_with("http://")) refuse(url, "it begins neither with http:// nor with https://");
  if (std::ranges::any_of(url, [](unsigned char c) { return c <= 0x20 || c >= 0x7F; }))
    refuse(url, "it has blanks, control characters or letters that need %-encoding");
  rest.remove_prefix(target.tls ? 8 : 7);
  rest = rest.substr(0, rest.find_first_of("?#"));
  const std::size_t slash = std::min(rest.find('/'), rest.size());
  const std::string_view authority = rest.substr(0, slash);
  if (authority.find('@') != authority.npos)
    refuse("", "it holds a user or password: give a key by --key-env or --key-file");
  target.port = target.tls ? "443" : "80";
  read_authority(url, authority, target);
  target.authority = authority;
  target.base_path = rest.substr(slash);
  while (target.base_path.ends_with('/')) target.base_path.pop_back();
  target.url = (target.tls ? "https://" : "http://") + target.authority + target.base_path;
  return target;
}

std::string endpoint_path(const HttpTarget& target, const std::string& endpoint) {
  if (target.base_path.ends_with("/" + endpoint)) return target.base_path;
  return (target.base_path.empty() ? "/v1" : target.base_path) + "/" + endpoint;
}

bool Address::loopback() const {
  if (storage.ss_family == AF_INET) {
    sockaddr_in address{};
    std::memcpy(&address, &storage, sizeof address);
    return (ntohl(address.sin_addr.s_addr) >> 24) == 127;
  }
  if (storage.ss_family != AF_INET6) return false;
  sockaddr_in6 address{};
  std::memcpy(&address, &storage, sizeof address);
  return IN6_IS_ADDR_LOOPBACK(&address.sin6_addr) ||
         (IN6_IS_ADDR_V4MAPPED(&address.sin6_addr) && address.sin6_addr.s6_addr[12] == 127);
}

std::vector<Address> resolve(const HttpTarget& target) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV;
  addrinfo* list = nullptr;
  const int code = ::getaddrinfo(target.host.c_str(), target.port.c_str(), &hints, &list);
  if (code != 0) {
    throw Error({.message = "cannot find the endpoint's host",
                 .reason = code == EAI_SYSTEM ? system_message(errno) : ::gai_strerror(code),
                 .location = {.file = target.url},
                 .help = "check the name: it is looked up as every program here does it"});
  }
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(list, ::freeaddrinfo);
  std::vector<Address> addresses;
  for (const addrinfo* found = list; found != nullptr; found = found->ai_next) {
    Address address;
    address.size = std::min<socklen_t>(found->ai_addrlen, sizeof address.storage);
    std::memcpy(&address.storage, found->ai_addr, address.size);
    addresses.push_back(address);
  }
  return addresses;
}

Address first_that_answers(const std::vector<Address>& addresses) {
  for (const Address& address : addresses) {
    const FileDescriptor socket(::socket(address.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!socket) continue;
    if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address.storage), address.size) == 0) return address;
    pollfd waiting{.fd = socket.get(), .events = POLLOUT, .revents = 0};
    int error = errno;
    socklen_t size = sizeof error;
    if (error != EINPROGRESS || ::poll(&waiting, 1, connect_milliseconds) != 1) continue;
    if (::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == 0) return address;
  }
  return addresses.front();
}

}  // namespace palier
