#include "bench/endpoint/tls.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <new>

#include "base/error.hpp"
#include "base/text.hpp"
#include "bench/endpoint/openssl.hpp"

namespace palier {
namespace {

/// Both directions of a session, as OpenSSL sees the network.
struct Wire {
  std::string_view in;
  std::string* out;
};

Wire& wire_of(BIO* bio) { return *static_cast<Wire*>(openssl().BIO_get_data(bio)); }

// OpenSSL's callbacks are C: nothing may be thrown through them. Allocation alone could throw here.

int on_read(BIO* bio, char* buffer, int size) noexcept {
  std::string_view& in = wire_of(bio).in;
  openssl().BIO_clear_flags(bio, BIO_FLAGS_RWS | BIO_FLAGS_SHOULD_RETRY);
  if (in.empty()) {
    openssl().BIO_set_flags(bio, BIO_FLAGS_READ | BIO_FLAGS_SHOULD_RETRY);
    return -1;
  }
  const std::size_t taken = std::min(in.size(), static_cast<std::size_t>(size));
  std::memcpy(buffer, in.data(), taken);
  in.remove_prefix(taken);
  return static_cast<int>(taken);
}

int on_write(BIO* bio, const char* bytes, int size) noexcept {
  wire_of(bio).out->append(bytes, static_cast<std::size_t>(size));
  return size;
}

long on_control(BIO*, int command, long, void*) noexcept { return command == BIO_CTRL_FLUSH ? 1 : 0; }

bool is_address(const std::string& host) {
  in6_addr ignored{};
  return ::inet_pton(AF_INET, host.c_str(), &ignored) == 1 || ::inet_pton(AF_INET6, host.c_str(), &ignored) == 1;
}

// The first error is the cause; what stands behind it came of that.
std::string take_reason(const OpensslLibrary& library) {
  const char* const reason = library.ERR_reason_error_string(library.ERR_get_error());
  library.ERR_clear_error();
  return reason != nullptr ? reason : "the connection could not be secured";
}

[[noreturn]] void fail(const OpensslLibrary& library, const std::string& file) {
  const bool named = !file.empty();
  throw Error({.message = named ? "cannot read the certificates to trust" : "cannot read the system's certificates",
               .reason = take_reason(library),
               .location = {.file = printable(file)},
               .help = named ? "a file of certificates to trust is in PEM format: -----BEGIN CERTIFICATE-----"
                             : "--ca-file FILE names others"});
}

}  // namespace

struct TlsClient::Implementation {
  const OpensslLibrary& library = openssl();
  std::unique_ptr<SSL_CTX, decltype(::SSL_CTX_free)*> context{library.SSL_CTX_new(library.TLS_client_method()),
                                                              library.SSL_CTX_free};
  std::unique_ptr<BIO_METHOD, decltype(::BIO_meth_free)*> wire{library.BIO_meth_new(BIO_TYPE_SOURCE_SINK, "wire"),
                                                               library.BIO_meth_free};
  std::string server_name;  // for SNI, which knows no addresses
};

TlsClient::TlsClient(std::string host, const std::string& ca_file)
    : implementation_(std::make_unique<Implementation>()) {
  const OpensslLibrary& library = implementation_->library;
  SSL_CTX* const context = implementation_->context.get();
  BIO_METHOD* const wire = implementation_->wire.get();
  if (context == nullptr || wire == nullptr) throw std::bad_alloc();
  library.BIO_meth_set_read(wire, on_read);
  library.BIO_meth_set_write(wire, on_write);
  library.BIO_meth_set_ctrl(wire, on_control);

  library.SSL_CTX_ctrl(context, SSL_CTRL_SET_MIN_PROTO_VERSION, TLS1_2_VERSION, nullptr);
  library.SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION);
  library.SSL_CTX_ctrl(context, SSL_CTRL_SET_SESS_CACHE_MODE, SSL_SESS_CACHE_OFF, nullptr);
  library.SSL_CTX_ctrl(context, SSL_CTRL_MODE, SSL_MODE_RELEASE_BUFFERS, nullptr);
  constexpr auto protocols = std::to_array<unsigned char>({8, 'h', 't', 't', 'p', '/', '1', '.', '1'});
  library.SSL_CTX_set_alpn_protos(context, protocols.data(), protocols.size());

  const bool loaded = ca_file.empty() ? library.SSL_CTX_set_default_verify_paths(context) == 1
                                      : library.SSL_CTX_load_verify_file(context, ca_file.c_str()) == 1;
  if (!loaded) fail(library, ca_file);
  library.SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  X509_VERIFY_PARAM* const rules = library.SSL_CTX_get0_param(context);
  // As libcurl has it: whoever trusts a certificate need not trust its issuer, and "f*.example.org" names nobody. A
  // name in the subject alone is none, as browsers have it.
  library.X509_VERIFY_PARAM_set_flags(rules, X509_V_FLAG_PARTIAL_CHAIN);
  library.X509_VERIFY_PARAM_set_hostflags(rules,
                                          X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
  if (host.ends_with('.')) host.pop_back();  // it says where a name ends, and is no part of it
  const bool address = is_address(host);
  const bool named = address
                         ? library.X509_VERIFY_PARAM_set1_ip_asc(rules, host.c_str()) == 1
                         : !host.empty() && library.X509_VERIFY_PARAM_set1_host(rules, host.data(), host.size()) == 1;
  if (!named)
    throw Error({.message = "cannot check a certificate",
                 .reason = "nobody can have this name",
                 .location = {.file = printable(host)}});
  if (!address) implementation_->server_name = std::move(host);
}

TlsClient::~TlsClient() = default;

struct TlsSession::Implementation {
  const OpensslLibrary& library;
  std::unique_ptr<SSL, decltype(::SSL_free)*> ssl;
  Wire wire;
  State state = State::handshake;
  std::string reason;

  // What it means that OpenSSL did not do what it was to do.
  void judge(int result) {
    const int error = library.SSL_get_error(ssl.get(), result);
    if (error == SSL_ERROR_WANT_READ) return;
    if (error == SSL_ERROR_ZERO_RETURN) {
      state = State::closed;
      return;
    }
    state = State::failed;
    const long verified = library.SSL_get_verify_result(ssl.get());
    const std::string cause = take_reason(library);
    reason = verified == X509_V_OK ? "TLS: " + cause
                                   : std::string("TLS: the certificate is not accepted: ") +
                                         library.X509_verify_cert_error_string(verified);
  }
};

TlsSession::TlsSession(const TlsClient& client, std::string& out) {
  const OpensslLibrary& library = client.implementation_->library;
  implementation_ = std::make_unique<Implementation>(
      Implementation{.library = library,
                     .ssl = {library.SSL_new(client.implementation_->context.get()), library.SSL_free},
                     .wire = {.in = {}, .out = &out},
                     .reason = {}});
  SSL* const ssl = implementation_->ssl.get();
  BIO* const bio = library.BIO_new(client.implementation_->wire.get());
  if (ssl == nullptr || bio == nullptr) throw std::bad_alloc();
  library.BIO_set_data(bio, &implementation_->wire);
  library.SSL_set_bio(ssl, bio, bio);  // which owns it now
  std::string& name = client.implementation_->server_name;
  if (!name.empty()) library.SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, name.data());
  library.SSL_set_connect_state(ssl);
}

TlsSession::~TlsSession() = default;

TlsSession::State TlsSession::handshake() {
  Implementation& self = *implementation_;
  const int result = self.library.SSL_do_handshake(self.ssl.get());
  if (result == 1) {
    self.state = State::open;
  } else {
    self.judge(result);
  }
  return self.state;
}

void TlsSession::feed(std::string_view wire) { implementation_->wire.in = wire; }

std::string_view TlsSession::read(char* buffer, std::size_t size) {
  Implementation& self = *implementation_;
  std::size_t got = 0;
  if (self.state != State::open) return {};
  if (const int result = self.library.SSL_read_ex(self.ssl.get(), buffer, size, &got); result != 1) self.judge(result);
  return {buffer, got};
}

void TlsSession::write(std::string_view text) {
  Implementation& self = *implementation_;
  std::size_t written = 0;
  if (const int result = self.library.SSL_write_ex(self.ssl.get(), text.data(), text.size(), &written); result != 1)
    self.judge(result);
}

void TlsSession::finish() {
  Implementation& self = *implementation_;
  if (self.state == State::open && self.library.SSL_shutdown(self.ssl.get()) < 0) self.library.ERR_clear_error();
}

TlsSession::State TlsSession::state() const { return implementation_->state; }
const std::string& TlsSession::reason() const { return implementation_->reason; }

}  // namespace palier
