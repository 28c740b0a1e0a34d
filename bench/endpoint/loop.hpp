#pragma once
#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <vector>

#include "bench/endpoint/exchange.hpp"
#include "bench/endpoint/poller.hpp"
#include "bench/endpoint/prompts.hpp"

namespace palier {

using MakeTransport = std::function<std::unique_ptr<Transport>(Poller&, ReplyLog&, ExchangeListener&)>;

/// Where requests go, and what they are.
struct LoadTarget {
  MakeTransport transport;
  const Prompts* prompts = nullptr;
};

/// What all loops of a run share. Times are points on the monotonic clock.
struct LoadPlan {
  /// At least one. Request i of an open loop, and user i of a closed one, belong to target i modulo their number.
  std::vector<LoadTarget> targets;
  bool stream = true;
  bool keep_chunks = false;  ///< ReplyLog's
  /// Open loop: when each request is to be sent. Loop i of n takes every n-th, from the i-th on.
  const std::vector<Nanoseconds>* arrivals = nullptr;
  int concurrency =
      0;  ///< requests under way at once, of all loops together: a closed loop where there are no arrivals
  std::uint64_t most = 0;  ///< requests in all, of a closed loop
  int turns = 1;           ///< of a conversation; more than one in a closed loop only
  Nanoseconds think = 0;   ///< between an answer and the next turn
  int loops = 1;
  Nanoseconds start = 0;
  Nanoseconds measure_from = 0;         ///< what is scheduled before is warm-up
  std::uint64_t warm_up_requests = 0;   ///< the first of them are warm-up
  Nanoseconds stop = Poller::never;     ///< nothing is sent after it
  Nanoseconds give_up = Poller::never;  ///< what is under way then is cancelled
  Nanoseconds timeout = 0;              ///< of each request
  Spending* spending = nullptr;         ///< where tokens are billed
};

/// What everybody may read while it runs.
struct LoadCounters {
  std::atomic<std::uint64_t> next = 0;  ///< the next request of a closed loop
  std::atomic<std::uint64_t> sent = 0, completed = 0, failed = 0, events = 0;
  std::atomic<std::int64_t> first_output_sum = 0;  ///< nanoseconds, of those that completed
  std::atomic<bool> cancel = false;                ///< give up what is under way
};

/// One thread's share of a load: sends requests when they are due and records what becomes of them.
class LoadLoop final : private ExchangeListener {
 public:
  /// The arguments must outlive the loop. Throws Error where the system gives no descriptors.
  LoadLoop(const LoadPlan& plan, LoadCounters& counters, int index);
  /// Runs until everything is done, at the latest until it is time to give up. Throws nothing but std::bad_alloc.
  void run();
  /// From another thread, after LoadCounters::cancel was set.
  void wake() { poller_.wake(); }

  const SampleLog<RequestRecord>& records() const { return records_; }
  /// Of one of the plan's targets.
  const ReplyLog& log(std::size_t target) const { return destinations_[target].log; }
  Nanoseconds cpu() const { return cpu_; }  ///< that the thread used

 private:
  struct Destination {
    const Prompts* prompts = nullptr;
    ReplyLog log;
    std::unique_ptr<Transport> transport;
  };
  struct Slot {
    std::uint16_t target = 0;
    Nanoseconds ready = 0;
    int failures = 0;  ///< in a row
    int turn = 0;
    std::string history;  ///< of the conversation
  };

  void on_end(Exchange& exchange, Failure failure) override;
  std::uint16_t target_of(std::uint64_t index) const;
  Destination& destination_of(const Exchange& exchange) { return destinations_[exchange.record.target]; }
  void send_due(Nanoseconds now);
  void send_arrivals(Nanoseconds now);
  void send_closed(Nanoseconds now);
  void send(std::uint64_t index, Nanoseconds scheduled, int slot, Nanoseconds now);
  bool pay(Exchange& exchange);
  void expire(Nanoseconds now);
  void cancel_all();
  void record(Exchange& exchange, Outcome outcome, Failure failure);
  void free_slot(const Exchange& exchange, Outcome outcome);
  Nanoseconds next_turn(Slot& slot, const Exchange& exchange);
  static void end_conversation(Slot& slot);
  Nanoseconds next_deadline(Nanoseconds now) const;
  bool finished(Nanoseconds now) const;

  const LoadPlan& plan_;
  LoadCounters& counters_;
  Poller poller_;
  std::deque<Destination> destinations_;
  SampleLog<RequestRecord> records_;
  std::deque<Exchange> exchanges_;
  std::vector<Exchange*> unused_;
  Exchange *earliest_ = nullptr, *latest_ = nullptr;  ///< under way, by deadline
  std::vector<Slot> slots_;
  std::vector<int> free_slots_;                       ///< ready now
  std::vector<std::pair<Nanoseconds, int>> pausing_;  ///< a heap of slots that wait after a failure
  std::size_t next_arrival_ = 0;
  int most_under_way_ = 0, under_way_ = 0;
  bool exhausted_ = false;  ///< nothing is left to send
  Nanoseconds cpu_ = 0;
};

}  // namespace palier
