#pragma once
#include <set>
#include <string>
#include <vector>

#include "profiles/models/model.hpp"
#include "profiles/models/source.hpp"

namespace palier {

/// The tensors in the header of a safetensors file. What is packed (AWQ, GPTQ, MXFP4) counts the numbers it stands for;
/// scales and zeros are bytes without numbers. Throws Error on what is no such file, and on one that ends before its
/// tensors do.
std::vector<Tensor> read_safetensors(const ByteSource& source);

/// The files that a model.safetensors.index.json names; plain names alone. Throws Error.
std::set<std::string> files_in_index(const ByteSource& source);

}  // namespace palier
