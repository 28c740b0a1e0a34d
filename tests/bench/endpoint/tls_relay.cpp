#include "tests/bench/endpoint/tls_relay.hpp"

#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>

#include <array>
#include <csignal>
#include <mutex>

#include "base/error.hpp"
#include "bench/endpoint/target.hpp"

using namespace palier;

namespace {

template <class T, void (*destroy)(T*)>
struct Destroy {
  void operator()(T* object) const { destroy(object); }
};
using Key = std::unique_ptr<EVP_PKEY, Destroy<EVP_PKEY, EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Destroy<X509, X509_free>>;
using Context = std::unique_ptr<SSL_CTX, Destroy<SSL_CTX, SSL_CTX_free>>;
using Session = std::unique_ptr<SSL, Destroy<SSL, SSL_free>>;

void need(bool done) {
  if (!done) throw Error({.message = "cannot make a server for the test", .reason = "OpenSSL does not want to"});
}

Certificate make_certificate(EVP_PKEY* key, const TlsRelayOptions& options) {
  constexpr long day = 24L * 3600;
  Certificate made(X509_new());
  X509* const x509 = made.get();
  need(X509_set_version(x509, X509_VERSION_3) == 1);
  ASN1_INTEGER_set(X509_get_serialNumber(x509), 1);
  X509_gmtime_adj(X509_getm_notBefore(x509), -10 * day);
  X509_gmtime_adj(X509_getm_notAfter(x509), options.days * day);
  X509_NAME* const name = X509_get_subject_name(x509);
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("localhost"), -1, -1, 0);
  X509_set_issuer_name(x509, name);
  X509_set_pubkey(x509, key);
  if (!options.names.empty()) {
    X509_EXTENSION* const names = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, options.names.c_str());
    need(names != nullptr && X509_add_ext(x509, names, -1) == 1);
    X509_EXTENSION_free(names);
  }
  need(X509_sign(x509, key, EVP_sha256()) > 0);
  return made;
}

std::string in_pem_format(X509* x509) {
  const std::unique_ptr<BIO, Destroy<BIO, BIO_free_all>> memory(BIO_new(BIO_s_mem()));
  need(PEM_write_bio_X509(memory.get(), x509) == 1);
  char* text = nullptr;
  const long size = BIO_get_mem_data(memory.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

void reset_at_close(int socket) {
  const linger now{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(socket, SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

// What the client says; false where it has ended.
bool pass_on(SSL* client, int server) {
  std::array<char, 16 << 10> buffer{};
  const int size = SSL_read(client, buffer.data(), static_cast<int>(buffer.size()));
  if (size <= 0) return SSL_get_error(client, size) == SSL_ERROR_WANT_READ;
  say(server, {buffer.data(), static_cast<std::size_t>(size)});
  return true;
}

// What the server says; false where one of them has ended.
bool answer(int server, SSL* client, bool polite) {
  std::array<char, 16 << 10> buffer{};
  const ssize_t size = ::recv(server, buffer.data(), buffer.size(), 0);
  if (size > 0) return SSL_write(client, buffer.data(), static_cast<int>(size)) > 0;
  if (size < 0) {
    reset_at_close(SSL_get_fd(client));
  } else if (polite) {
    SSL_shutdown(client);
  }
  return false;
}

}  // namespace

struct TlsRelay::Implementation {
  TlsRelayOptions options;
  Address behind;
  Context context{SSL_CTX_new(TLS_server_method())};
  mutable std::mutex mutex;
  std::string asked_for;
};

TlsRelay::TlsRelay(const std::string& url, TlsRelayOptions options) : implementation_(new Implementation) {
  implementation_->behind = resolve(parse_target(url)).front();
  SSL_CTX* const context = implementation_->context.get();
  const Key key(EVP_EC_gen("P-256"));
  const Certificate made = make_certificate(key.get(), options);
  write_file(certificate(), in_pem_format(made.get()));
  need(SSL_CTX_use_PrivateKey(context, key.get()) == 1 && SSL_CTX_use_certificate(context, made.get()) == 1);
  SSL_CTX_clear_mode(context, SSL_MODE_AUTO_RETRY);  // a message that is no text lets the other side speak
  if (options.version != 0) {
    SSL_CTX_set_security_level(context, 0);  // old versions are allowed
    SSL_CTX_set_min_proto_version(context, TLS1_VERSION);
    need(SSL_CTX_set_max_proto_version(context, options.version) == 1);
  }
  implementation_->options = std::move(options);
  server_ = std::make_unique<FaultyServer>([this](int client, int) { relay(client); });
}

TlsRelay::~TlsRelay() = default;

std::string TlsRelay::url(const std::string& host) const {
  const std::string plain = server_->url();
  return "https://" + host + plain.substr(plain.rfind(':'));
}

std::string TlsRelay::asked_for() const {
  const std::lock_guard lock(implementation_->mutex);
  return implementation_->asked_for;
}

void TlsRelay::relay(int client) const {
  sigset_t broken_pipe;  // OpenSSL writes as to a file
  sigemptyset(&broken_pipe);
  sigaddset(&broken_pipe, SIGPIPE);
  ::pthread_sigmask(SIG_BLOCK, &broken_pipe, nullptr);
  const Session session(SSL_new(implementation_->context.get()));
  SSL_set_fd(session.get(), client);
  int accepted = 0;
  while ((accepted = SSL_accept(session.get())) < 0 && SSL_get_error(session.get(), accepted) == SSL_ERROR_WANT_READ) {
  }
  if (accepted != 1) return;
  {
    const char* const name = SSL_get_servername(session.get(), TLSEXT_NAMETYPE_host_name);
    const std::lock_guard lock(implementation_->mutex);
    implementation_->asked_for = name != nullptr ? name : "";
  }
  const Address& behind = implementation_->behind;
  const FileDescriptor server(::socket(behind.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (::connect(server.get(), reinterpret_cast<const sockaddr*>(&behind.storage), behind.size) != 0) return;
  for (bool going_on = true; going_on;) {
    std::array<pollfd, 2> ends = {
        {{.fd = client, .events = POLLIN, .revents = 0}, {.fd = server.get(), .events = POLLIN, .revents = 0}}};
    ::poll(ends.data(), ends.size(), -1);
    while (going_on && (SSL_has_pending(session.get()) == 1 || ends[0].revents != 0)) {
      going_on = pass_on(session.get(), server.get());
      ends[0].revents = 0;
    }
    if (going_on && ends[1].revents != 0)
      going_on = answer(server.get(), session.get(), implementation_->options.polite);
  }
}
