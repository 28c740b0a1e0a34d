#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace palier {

struct OpensslLibrary;

/// What all TLS connections to one host have in common: TLS 1.2 at least, HTTP/1.1, which certificates are trusted, and
/// whom they have to name. May be used by several threads.
class TlsClient {
 public:
  /// `host`: a name, or an address. `ca_file`: certificates to trust, in PEM format; empty: the system's. Throws Error
  /// where OpenSSL is missing, or the file has no certificates.
  TlsClient(std::string host, const std::string& ca_file);
  ~TlsClient();
  TlsClient(const TlsClient&) = delete;
  TlsClient& operator=(const TlsClient&) = delete;

 private:
  friend class TlsSession;
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

/// One TLS connection without its socket: what comes from the network is given to it, and what is to go there is
/// appended to a string. Each one makes a full handshake, as a new user does. Throws nothing but std::bad_alloc.
class TlsSession {
 public:
  enum class State {
    handshake,  ///< not finished
    open,
    closed,  ///< the server has said that it sends nothing more
    failed
  };

  /// Both must outlive the session.
  TlsSession(const TlsClient& client, std::string& out);
  ~TlsSession();
  TlsSession(const TlsSession&) = delete;
  TlsSession& operator=(const TlsSession&) = delete;

  /// Begins the handshake, or goes on with it.
  State handshake();
  /// What the network brought; it must live until it is read. Call handshake() or read() then, until those want more.
  void feed(std::string_view wire);
  /// The next part of the text, which is written to `buffer`; empty where more of the network is needed, or where the
  /// state has changed.
  std::string_view read(char* buffer, std::size_t size);
  void write(std::string_view text);
  /// Says that nothing more is to come.
  void finish();
  State state() const;
  /// Why it has failed.
  const std::string& reason() const;

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace palier
