#pragma once
#include <string>
#include <utility>
#include <vector>

#include "templates/check/object.hpp"

namespace palier {

class Findings;

/// What is known of a program that serves models, as it comes in its own image.
struct ServingEngine {
  std::string name, word;  ///< word: in its command, where the image's own is replaced
  std::vector<std::string> images;
  long long port;
  std::vector<std::string> paths;  ///< that answer a GET; first the one to probe
  /// Where it keeps downloaded weights: the first variable that is set, and the folder below it.
  std::vector<std::pair<std::string, std::string>> variables;
  std::string cache;  ///< where none is set
};

/// nullptr where the container runs something else, or the program of an image that is not its own.
const ServingEngine* engine_of(const Container& container);

/// Options of the model server that a container (or a service of Compose) starts.
void check_server_words(const Container& container, Findings& findings);

}  // namespace palier
