#pragma once
#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bench/binding.hpp"
#include "bench/endpoint/arrivals.hpp"
#include "bench/endpoint/loop.hpp"
#include "bench/endpoint/target.hpp"
#include "bench/noise.hpp"

namespace palier {

/// A load: either a rate at which requests come, or a number of them that are always under way.
struct LoadOptions {
  std::optional<Arrivals> arrivals = {};  ///< open loop
  int concurrency = 0;         ///< closed loop, or the most under way at once in an open one; 0: no limit there
  double duration = 0;         ///< seconds in which requests are sent; 0: until `requests` are
  std::uint64_t requests = 0;  ///< the most; must not be 0
  double warm_up = 0;          ///< share of the duration, or of the requests where there is no duration
  double timeout = 600;        ///< seconds, of each request
  int turns = 1;               ///< of a user's conversation, in a closed loop
  double think = 0;            ///< seconds between an answer and the next turn
  double drain = 30;           ///< seconds that what is under way at the end may take
  int loops = 1;               ///< threads
  bool keep_chunks = false;    ///< LoadResult::chunks are wanted: 16 bytes for each event
  std::shared_ptr<Spending> spending = {};  ///< where tokens are billed
  std::vector<unsigned> places = {};        ///< processing units to bind them to; empty: wherever the system puts them
};

/// What is known while it runs.
struct LoadProgress {
  double elapsed = 0;  ///< seconds since the first request was due
  std::uint64_t sent = 0, completed = 0, failed = 0, events = 0;
  double mean_ttft = 0;  ///< seconds, of the requests that completed since the last report
};
using LoadWatch = std::function<void(const LoadProgress&)>;

/// What became of the requests to all targets, or to one of them.
struct LoadResult {
  std::vector<RequestRecord> records = {};                   ///< of all that were scheduled, by index
  std::vector<float> gaps = {}, errors = {}, handling = {};  ///< ReplyLog's, of all loops
  std::vector<Chunk> chunks = {};                            ///< of each request in their order
  std::string failure_text = {};
  double retry_after = 0;
  Nanoseconds start = 0, measure_from = 0, stop = 0;  ///< the first request was due; what was measured
  std::vector<double> busy = {};                      ///< of each loop: CPU seconds / seconds
  bool bound = true;                                  ///< every loop is bound to its place
  bool interrupted = false;
  bool out_of_money = false;   ///< it ended early for want of LoadOptions::spending
  Conditions conditions = {};  ///< of the machine meanwhile
  /// What became of the requests to each target, where there are several: without what is the client's.
  std::vector<LoadResult> parts = {};
};

/// Puts the load on the targets, of which there is at least one, and returns what became of each request: as many
/// records as were scheduled. Ctrl-C ends it early. Throws Error where the system gives no descriptors or threads.
LoadResult run_load(const LoadOptions& options, std::vector<LoadTarget> targets, bool stream, const Binding& binding,
                    const LoadWatch& watch);

/// The same with one target.
LoadResult run_load(const LoadOptions& options, const MakeTransport& transport, const Prompts& prompts, bool stream,
                    const Binding& binding, const LoadWatch& watch);

/// As many file descriptors as the system lets this process have.
void raise_descriptor_limit();

}  // namespace palier
