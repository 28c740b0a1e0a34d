#include "templates/merge.hpp"

#include <algorithm>
#include <vector>

#include "templates/diff.hpp"

namespace palier {
namespace {

/// Lines [begin, end) of the base become `lines`.
struct Hunk {
  std::size_t begin = 0, end = 0;
  std::vector<std::string_view> lines;
};

std::vector<Hunk> hunks(std::string_view base, std::string_view side) {
  std::vector<Hunk> result;
  std::size_t at = 0;
  bool open = false;
  for (const Edit& edit : edit_script(base, side)) {
    if (edit.kind == ' ') {
      ++at;
      open = false;
      continue;
    }
    if (!open) result.push_back({at, at, {}});
    open = true;
    if (edit.kind == '-') result.back().end = ++at;
    if (edit.kind == '+') result.back().lines.push_back(edit.line);
  }
  return result;
}

// Text that is put in at the edge of a change stands beside it, and is no conflict with it.
bool touch(const Hunk& a, const Hunk& b) {
  if (a.begin == a.end && b.begin == b.end) return a.begin == b.begin;
  return std::max(a.begin, b.begin) < std::min(a.end, b.end) ||
         (a.begin == a.end && b.begin < a.begin && a.begin < b.end) ||
         (b.begin == b.end && a.begin < b.begin && b.begin < a.end);
}

bool before(const Hunk& a, const Hunk& b) { return a.begin != b.begin ? a.begin < b.begin : a.end < b.end; }

/// One side's hunks and how far they are dealt with.
struct Side {
  std::vector<Hunk> hunks;
  std::size_t next = 0;

  bool done() const { return next == hunks.size(); }
  const Hunk& front() const { return hunks[next]; }
};

class Merger {
 public:
  Merger(std::string_view base, OnConflict on_conflict) : on_conflict_(on_conflict), base_(split_lines(base)) {}

  Merged run(Side yours, Side theirs) {
    std::size_t at = 0;
    while (!yours.done() || !theirs.done()) {
      const bool mine = theirs.done() || (!yours.done() && before(yours.front(), theirs.front()));
      Hunk range = mine ? yours.front() : theirs.front();
      const Side a_start = yours, b_start = theirs;
      grow(range, yours, theirs);
      put({base_.begin() + offset(at), base_.begin() + offset(range.begin)});
      put_changed(range, part(a_start, yours), part(b_start, theirs));
      at = range.end;
    }
    put({base_.begin() + offset(at), base_.end()});
    return std::move(merged_);
  }

 private:
  using Hunks = std::vector<Hunk>;

  static std::ptrdiff_t offset(std::size_t n) { return static_cast<std::ptrdiff_t>(n); }
  static Hunks part(const Side& from, const Side& to) {
    return {from.hunks.begin() + offset(from.next), from.hunks.begin() + offset(to.next)};
  }

  // Takes every hunk that belongs to the change of `range`, which becomes as large as they are.
  static void grow(Hunk& range, Side& yours, Side& theirs) {
    bool first = true;
    for (bool grew = true; grew;) {
      grew = false;
      for (Side* side : {&yours, &theirs}) {
        if (side->done()) continue;
        const Hunk& hunk = side->front();
        const bool itself = first && hunk.begin == range.begin && hunk.end == range.end;
        if (!itself && !touch(range, hunk)) continue;
        first = false;
        range.begin = std::min(range.begin, hunk.begin);
        range.end = std::max(range.end, hunk.end);
        ++side->next;
        grew = true;
      }
    }
  }

  // The base's lines of `range` as one side has them.
  Lines applied(const Hunk& range, const Hunks& hunks) const {
    Lines result;
    std::size_t at = range.begin;
    for (const Hunk& hunk : hunks) {
      result.insert(result.end(), base_.begin() + offset(at), base_.begin() + offset(hunk.begin));
      result.insert(result.end(), hunk.lines.begin(), hunk.lines.end());
      at = hunk.end;
    }
    result.insert(result.end(), base_.begin() + offset(at), base_.begin() + offset(range.end));
    return result;
  }

  void put_changed(const Hunk& range, const Hunks& yours, const Hunks& theirs) {
    const Lines a = applied(range, yours), b = applied(range, theirs);
    if (theirs.empty() || a == b) return put(a);
    if (yours.empty()) return put(b);
    ++merged_.conflicts;
    if (on_conflict_ == OnConflict::yours) return put(a);
    put({"<<<<<<< yours\n"});
    put(a);
    put({"||||||| what palier wrote last\n"});
    put({base_.begin() + offset(range.begin), base_.begin() + offset(range.end)});
    put({"=======\n"});
    put(b);
    put({">>>>>>> what palier would write\n"});
  }

  void put(const Lines& lines) {
    for (const std::string_view line : lines) {
      // A last line without a newline may have become another.
      if (!merged_.text.empty() && merged_.text.back() != '\n') merged_.text += '\n';
      merged_.text += line;
    }
  }

  OnConflict on_conflict_;
  Lines base_;
  Merged merged_;
};

}  // namespace

Merged merge(std::string_view base, std::string_view yours, std::string_view theirs, OnConflict on_conflict) {
  return Merger(base, on_conflict).run({hunks(base, yours)}, {hunks(base, theirs)});
}

}  // namespace palier
