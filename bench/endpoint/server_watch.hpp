#pragma once
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "bench/endpoint/server_metrics.hpp"

namespace palier {

/// Where a server's metrics are, and how to be let in.
struct ServerAddress {
  std::string url;
  std::vector<std::string> headers = {};
  std::string ca_file = {};
};

/// Reads a server's metrics when it is made, once a second on a thread of its own, and at the end. A server that has
/// none, or that answers nonsense, costs nothing but the figures.
class ServerWatch {
 public:
  explicit ServerWatch(ServerAddress address);
  ~ServerWatch();
  ServerWatch(const ServerWatch&) = delete;
  ServerWatch& operator=(const ServerWatch&) = delete;

  /// Ends the watch. Empty readings where the server had no metrics at the beginning.
  ServerReadings finish();

 private:
  void run();
  void stop();

  ServerAddress address_;
  ServerReadings readings_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopped_ = false;
  std::thread thread_;
};

}  // namespace palier
