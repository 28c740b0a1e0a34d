#include "bench/endpoint/curl_failure.hpp"

#include <cerrno>

namespace palier {

Failure failure_of_curl(CURLcode code, int error, bool answered) {
  const Failure broken = answered ? Failure::cut : Failure::closed;
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
      return Failure::dns;
    case CURLE_COULDNT_CONNECT:
      return failure_of_errno(error);
    case CURLE_OPERATION_TIMEDOUT:
      return Failure::connect_timeout;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
      return Failure::tls;
    case CURLE_GOT_NOTHING:
    case CURLE_PARTIAL_FILE:
      return broken;
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
      return error == ECONNRESET || error == EPIPE ? Failure::reset : broken;
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_UNSUPPORTED_PROTOCOL:
      return Failure::bad_http;
    default:
      return Failure::other_network;
  }
}

}  // namespace palier
