#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "hwdetect/machine.hpp"

/// The fake machines: folders in tests/machines, each with expected.json, an object from JSON pointers into the Machine
/// document to values (null: null or not there).
std::vector<std::filesystem::path> fake_machines();

palier::Json detected(const std::filesystem::path& folder);

/// A fake machine made of a few files, for one test.
class FakeMachine {
 public:
  FakeMachine();
  ~FakeMachine();
  FakeMachine(const FakeMachine&) = delete;
  FakeMachine& operator=(const FakeMachine&) = delete;
  FakeMachine& file(const std::string& path, const std::string& text);
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};
