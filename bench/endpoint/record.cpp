#include "bench/endpoint/record.hpp"

#include <cerrno>

namespace palier {

const char* describe(Failure failure) {
  static constexpr std::array<const char*, failure_count> names = {
      "none",
      "connection refused",
      "host unreachable",
      "connection reset",
      "no file descriptors left",
      "no local ports left",
      "network error",
      "name not found",
      "TLS failure",
      "timeout while connecting",
      "timeout before the response",
      "timeout inside the response",
      "closed before the response",
      "response cut",
      "malformed HTTP",
      "status 429 (too many requests)",
      "status 4xx",
      "status 5xx",
      "another status than 200",
      "no event stream",
      "malformed JSON",
      "event larger than 8 MiB",
      "error reported in the response",
  };
  return names[static_cast<std::size_t>(failure)];
}

Failure failure_of_errno(int error) {
  switch (error) {
    case ECONNREFUSED:
      return Failure::refused;
    case ECONNRESET:
    case EPIPE:
      return Failure::reset;
    case EMFILE:
    case ENFILE:
      return Failure::no_descriptors;
    case EADDRNOTAVAIL:
      return Failure::no_port;
    case ETIMEDOUT:
      return Failure::connect_timeout;
    case EHOSTUNREACH:
    case ENETUNREACH:
    case ENETDOWN:
      return Failure::unreachable;
    default:
      return Failure::other_network;
  }
}

}  // namespace palier
