#pragma once
#include <atomic>
#include <deque>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "bench/endpoint/poller.hpp"
#include "bench/endpoint/target.hpp"

namespace palier {

/// Known delays, in seconds.
struct SimulationOptions {
  double ttft = 0.05;              ///< from a request's last byte, once it has a slot, to the first token
  double gap = 0.01;               ///< between tokens
  int slots = 0;                   ///< requests that are answered at once, the others wait their turn; 0: any number
  double pause_at = 0, pause = 0;  ///< nothing at all happens for `pause`, that long after the first came
};

/// Reads "ttft=50ms,itl=10ms,slots=8,pause=100ms@2s"; what is not named keeps its default. Throws a usage Error.
SimulationOptions parse_simulation(const std::string& text);

class SimulatedConnection;

/// An OpenAI-compatible server with known delays on a free port of the loopback interface, on a thread of its own: it
/// answers chat/completions, completions and embeddings with as many tokens as max_tokens says. Every event carries the
/// moment at which it was sent ("palier_sent", on the monotonic clock), so that a client can tell its own error.
class Simulator {
 public:
  /// Throws Error where the system gives no socket.
  explicit Simulator(const SimulationOptions& options);
  ~Simulator();
  Simulator(const Simulator&) = delete;
  Simulator& operator=(const Simulator&) = delete;

  int port() const { return port_; }
  HttpTarget target() const;

 private:
  friend class SimulatedConnection;
  struct Due {
    Nanoseconds time;
    SimulatedConnection* connection;
    bool operator>(const Due& other) const { return time > other.time; }
  };
  class Door final : public Watched {
   public:
    explicit Door(Simulator& simulator) : simulator_(simulator) {}
    void on_ready(std::uint32_t) override { simulator_.accept(); }

   private:
    Simulator& simulator_;
  };

  void run();
  void accept();
  void answer_due(Nanoseconds now);
  void wake_at(Nanoseconds time, SimulatedConnection& connection);
  bool admit(SimulatedConnection& connection);
  void leave();

  SimulationOptions options_;
  int port_ = 0;
  FileDescriptor listener_;
  Poller poller_;
  Door door_;
  std::vector<Due> due_;                    ///< a heap
  std::deque<SimulatedConnection*> queue_;  ///< for a slot
  std::vector<std::unique_ptr<SimulatedConnection>> connections_;
  std::vector<SimulatedConnection*> unused_, resting_;  ///< closed, and closed in this turn
  int active_ = 0;
  Nanoseconds pause_at_ = Poller::never;  ///< known when the first client has come
  bool met_ = false;                      ///< a client
  std::atomic<bool> stop_ = false;
  std::thread thread_;
};

}  // namespace palier
