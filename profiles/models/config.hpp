#pragma once
#include "base/json.hpp"
#include "profiles/models/model.hpp"

namespace palier {

/// The geometry in a Hugging Face config.json, its tensors shaped from it and stored as it says (torch_dtype, or
/// quantization_config of AWQ, GPTQ, FP8, MXFP4, bitsandbytes). Models with images: the part that speaks. Throws Error
/// where what memory depends on is missing, wrong or of a kind that palier does not know.
Model read_config(const Json& config, const std::string& name);

}  // namespace palier
