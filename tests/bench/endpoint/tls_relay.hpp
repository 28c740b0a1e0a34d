#pragma once
#include <atomic>
#include <memory>
#include <string>

#include "base/file.hpp"
#include "tests/bench/endpoint/faulty_server.hpp"

struct TlsRelayOptions {
  std::string names = "IP:127.0.0.1";  ///< in the certificate's subjectAltName; empty: it has none
  int days = 1;                        ///< that it is valid; negative: it was
  int version = 0;                     ///< of TLS, at most; 0: any
  bool polite = true;                  ///< says that nothing more comes before it closes
};

/// A server that speaks TLS with a certificate of its own, and passes what it hears on to a server that does not. How
/// that one ends a connection, this one does.
class TlsRelay {
 public:
  explicit TlsRelay(const std::string& url, TlsRelayOptions options = {});
  ~TlsRelay();
  std::string url(const std::string& host = "127.0.0.1") const;
  std::string certificate() const { return (folder_.path() / "certificate").string(); }
  /// The name by which the last client asked for it; empty where it gave none.
  std::string asked_for() const;

 private:
  struct Implementation;
  void relay(int client) const;

  palier::TemporaryDirectory folder_;
  std::unique_ptr<Implementation> implementation_;
  std::unique_ptr<FaultyServer> server_;  // destroyed first: its threads use the rest
};
