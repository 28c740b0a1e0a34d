#pragma once
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

/// A server on the loopback interface that treats each connection as `treat` does, on a thread of its own: it is told
/// the socket, from which it may read the request by read_request(), and the number of the connection. The socket is
/// closed behind it.
class FaultyServer {
 public:
  explicit FaultyServer(std::function<void(int socket, int number)> treat, int backlog = 128)
      : treat_(std::move(treat)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    ::bind(listener_, reinterpret_cast<sockaddr*>(&address), size);
    ::listen(listener_, backlog);
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    if (treat_) thread_ = std::thread([this] { serve(); });
  }
  ~FaultyServer() {
    ::shutdown(listener_, SHUT_RDWR);
    if (thread_.joinable()) thread_.join();
    ::close(listener_);
    {
      const std::lock_guard lock(mutex_);
      for (const int client : clients_) ::shutdown(client, SHUT_RDWR);
    }
    for (std::thread& thread : threads_) thread.join();
  }
  FaultyServer(const FaultyServer&) = delete;
  FaultyServer& operator=(const FaultyServer&) = delete;
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/v1"; }

 private:
  void serve() {
    for (int number = 0, client = 0; (client = ::accept(listener_, nullptr, nullptr)) >= 0; ++number) {
      const std::lock_guard lock(mutex_);
      clients_.push_back(client);
      threads_.emplace_back([this, client, number] {
        treat_(client, number);
        const std::lock_guard closing(mutex_);
        std::erase(clients_, client);
        ::close(client);
      });
    }
  }

  std::function<void(int, int)> treat_;
  int listener_ = -1, port_ = 0;
  std::mutex mutex_;
  std::vector<int> clients_;
  std::vector<std::thread> threads_;
  std::thread thread_;
};

/// A request; empty where the client has closed.
inline std::string read_text(int socket) {
  char buffer[65536];
  const ssize_t size = ::recv(socket, buffer, sizeof buffer, 0);  // its requests are small: they come in one piece
  return {buffer, static_cast<std::size_t>(size > 0 ? size : 0)};
}

inline bool read_request(int socket) { return !read_text(socket).empty(); }

inline void say(int socket, const std::string& text) {
  for (std::size_t sent = 0; sent < text.size();) {
    const ssize_t size = ::send(socket, text.data() + sent, text.size() - sent, MSG_NOSIGNAL);
    if (size <= 0) return;
    sent += static_cast<std::size_t>(size);
  }
}

/// Waits until the client closes.
inline void hang(int socket) {
  while (read_request(socket)) {
  }
}
