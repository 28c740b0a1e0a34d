#pragma once
#include "templates/check/files/files.hpp"

namespace palier {

/// Cells, kernel and widgets of Jupyter's notebooks.
void check_notebooks(const JsonFiles& json, const FileTexts& files, Findings& findings);
/// Dev containers, and the Dockerfiles that they are built from.
void check_dev_containers(const JsonFiles& json, const FileTexts& files, Findings& findings);
/// What services that run Python are told: Kaggle, SageMaker, Vertex AI.
void check_hosted(const JsonFiles& json, Findings& findings);

}  // namespace palier
