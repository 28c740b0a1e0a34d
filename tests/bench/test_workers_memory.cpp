#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <vector>

#include "bench/workers_memory.hpp"
#include "tests/catch.hpp"

using namespace palier;

namespace {

constexpr Bytes mebibyte = 1 << 20;

PssWatch::Seen seen_of(Bytes resident, Bytes pss) {
  PssWatch::Seen seen;
  seen.together = {.resident = resident, .pss = pss};
  return seen;
}

/// Children that have `shared` bytes of one mapping and as much of their own as they were told.
class Children {
 public:
  explicit Children(Bytes shared)
      : size_(shared), shared_(::mmap(nullptr, shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0)) {
    REQUIRE(shared_ != MAP_FAILED);
  }
  ~Children() {
    for (const pid_t child : all) {
      ::kill(child, SIGKILL);
      ::waitpid(child, nullptr, 0);
    }
    ::munmap(shared_, size_);
  }
  Children(const Children&) = delete;
  Children& operator=(const Children&) = delete;

  void add(Bytes own) {
    std::array<int, 2> ready{};
    REQUIRE(::pipe(ready.data()) == 0);
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) live(own, ready[1]);
    all.push_back(child);
    ::close(ready[1]);
    char byte = 0;
    CHECK(::read(ready[0], &byte, 1) == 1);
    ::close(ready[0]);
  }

  MemorySize together() const {
    MemorySize sum;
    for (const pid_t child : all) sum += memory_of(Root(), child).value();
    return sum;
  }

  std::vector<pid_t> all;

 private:
  [[noreturn]] void live(Bytes own, int ready) const {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    void* const mine = ::mmap(nullptr, own, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mine == MAP_FAILED) ::_exit(1);
    std::memset(shared_, 1, size_);
    std::memset(mine, 1, own);
    if (::write(ready, "r", 1) != 1) ::_exit(1);
    for (;;) ::pause();
  }

  Bytes size_;
  void* shared_;
};

}  // namespace

TEST_CASE("what workers need grows by what each has of its own, and the shared part counts once") {
  WorkersMemory memory;
  CHECK_FALSE(memory.of(1));
  constexpr Bytes shared = 1000, own = 100;
  memory.add(1, shared + own, seen_of(shared + own, shared + own));
  CHECK(memory.of(4)->bytes == 4 * (shared + own));  // nobody knows yet
  memory.add(2, shared + own, seen_of(2 * (shared + own), shared + 2 * own));
  for (const int workers : {1, 2, 3, 50}) {
    CHECK(memory.of(workers)->bytes == shared + static_cast<Bytes>(workers) * own);
    CHECK(memory.of(workers)->by_pss);
  }
  CHECK(memory.of_another(2)->bytes == own);
  memory.add(4, shared + own, seen_of(4 * (shared + own), shared + 8 * own));  // they grow as they become more
  CHECK(memory.of_another(4)->bytes == 700 / 3);
  CHECK(memory.of(3)->bytes == shared + 3 * own);
}

TEST_CASE("what no reading saw of the peak counts in full, and alone where there was none") {
  WorkersMemory memory;
  memory.add(1, 500, {});
  memory.add(2, 800, {});
  CHECK(memory.of(3)->bytes == 2400);
  CHECK_FALSE(memory.of(3)->by_pss);
  CHECK(memory.of_another(2)->bytes == 800);
  memory.add(1, 0, seen_of(300, 200));  // the jobs had only begun
  CHECK(memory.of(1)->bytes == 700);
  CHECK(memory.of(3)->bytes == 2100);
  memory.add(2, 0, seen_of(800, 790));  // one of them had
  CHECK(memory.of(2)->bytes == 1590);
  memory.add(2, 0, seen_of(700, 500));  // a moment with less
  CHECK(memory.of(2)->bytes == 1590);
  CHECK(memory.of_another(2)->bytes == 795);  // no more than its share
  memory.add(4, 0, seen_of(3200, 600));       // less than two took
  CHECK(memory.of_another(4)->bytes == 890 / 3);
  CHECK(memory.of(8)->bytes == 1590 + 4 * (890 / 3));
}

TEST_CASE("real processes that map the same memory need it once") {
  constexpr Bytes shared = 96 * mebibyte, own = 24 * mebibyte;
  if (!memory_of(Root(), ::getpid())) return;  // this kernel does not tell it
  Children children(shared);
  WorkersMemory memory;
  children.add(own);
  const MemorySize one = children.together();
  memory.add(1, one.resident, seen_of(one.resident, one.pss));
  CHECK(memory.of(1)->bytes >= shared + own);
  children.add(own);
  children.add(own);
  const MemorySize three = children.together();
  memory.add(3, one.resident, seen_of(three.resident, three.pss));
  CHECK(three.resident >= 3 * (shared + own));
  CHECK(memory.of(3)->bytes < 2 * (shared + own) + own);
  // They share this program's pages with it, too, whose parts in the sum still grow.
  CHECK(memory.of_another(3)->bytes >= own);
  CHECK(memory.of_another(3)->bytes < shared);
  CHECK(memory.of(8)->bytes < 8 * (shared + own) / 2);
}
