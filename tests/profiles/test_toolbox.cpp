#include "base/embedded.hpp"
#include "base/text.hpp"
#include "tests/catch.hpp"
#include "tests/profiles/machines.hpp"

using namespace palier;
using namespace palier::testing;

namespace {

std::string text_of(std::string_view file) {
  for (const EmbeddedFile& each : embedded::data()) {
    if (each.name == file) return lower(each.text);
  }
  return {};
}

// One leaf of the tree, from its name to the next one.
std::string leaf_text(const std::string& leaf) {
  const std::string tree = text_of("tree.yaml");
  const std::size_t leaves = tree.find("\nleaves:");
  const std::size_t start = tree.find("\n  " + leaf + ":\n", leaves);
  std::size_t end = start;
  do {
    end = tree.find("\n  ", end + 3);
  } while (end != std::string::npos && tree[end + 3] == ' ');
  return tree.substr(start, end == std::string::npos ? end : end - start);
}

struct Place {
  std::string where;  ///< a file, or the leaf of the tree
  std::vector<std::string> what;
};

}  // namespace

// The toolbox by budget, section by section: its tools, platforms and figures, and where palier keeps each.
TEST_CASE("every tool, platform and figure of the toolbox has its place") {
  const std::vector<Place> places = {
      // Learning with a small budget
      {"local",
       {"Ubuntu 22.04", "native", "WSL 2", "VM", "VPS", "Conda/Mamba", "venv", "NumPy", "pandas", "scikit-learn"}},
      {"local", {"PyTorch or TensorFlow", "JupyterLab", "CUDA", "ROCm", "VS Code", "MLflow"}},
      {"tree.yaml", {"minimum: 8GiB", "comfortable: 16GiB", "minimum: 12GiB", "minimum: 32GiB"}},
      {"platforms.yaml", {"DigitalOcean", "Vultr", "Linode"}},
      {"prices.yaml", {"5..7 USD/month"}},
      {"lists.yaml", {"VirtualBox", "VMware", "bring the system up to date", "basic tools", "an environment manager"}},
      {"lists.yaml",
       {"scientific libraries", "JupyterLab or Jupyter Notebook", "leave your own system as it is",
        "WSL 2 (which can use the GPU)"}},
      // Free and cheap cloud
      {"notebooks", {"Google Colab", "Google Drive", "TPU", "not guaranteed", "Kaggle", "weekly", "data sets"}},
      {"notebooks",
       {"SageMaker Studio Lab", "no credit card", "Trial credits: Azure, AWS, Google Cloud", "billed by use"}},
      {"platforms.yaml", {"Google Colab", "Kaggle Notebooks", "SageMaker Studio Lab", "AWS credits", "Azure credits"}},
      {"platforms.yaml", {"Google Cloud credits", "files in Google Drive", "sessions of 12 h without GPU"}},
      // Affordable hardware
      {"jetson.yaml", {"Jetson Nano", "Jetson Xavier NX", "Jetson Orin Nano", "Jetson Orin NX", "Jetson AGX Thor"}},
      {"platforms.yaml", {"embedded work, vision, robots, compact generative AI", "less memory and speed"}},
      {"lists.yaml", {"Linux, a GPU inside, little power", "a moderate price", "compact generative AI"}},
      {"lists.yaml", {"less memory and speed than a desktop GPU", "RTX 3060 or better, 12 GB or more", "32 GB"}},
      {"lists.yaml", {"an NVMe SSD", "which first"}},
      {"gpus.yaml", {"rtx-3060-12gb"}},
      {"costs.yaml", {"32 GB of memory", "NVMe SSD"}},
      {"platforms.yaml", {"RTX 3060 12 GB or better, 32 GB of memory, NVMe"}},
      // Small and medium companies
      {"managed", {"Vertex AI", "SageMaker AI", "Azure ML", "Paperspace Gradient"}},
      {"managed", {"scales your model", "MLOps included", "pay by use", "run no servers", "model registry, A/B tests"}},
      {"platforms.yaml", {"SageMaker AI", "Vertex AI", "Azure ML", "Paperspace Gradient", "Databricks", "Snowflake"}},
      {"platforms.yaml", {"Managed Spark"}},
      {"lakehouse", {"Databricks", "Snowflake", "Spark", "Feature store", "governance", "Expertise and budget"}},
      // Enterprise
      {"modular", {"InfiniBand", "parallel storage", "Slurm", "Kubeflow", "MLflow", "warehouse", "Airflow", "KServe"}},
      {"modular", {"IAM", "secrets", "audit", "standard images", "network", "Metrics, logs, traces, drift"}},
      {"lakehouse", {"Catalogue", "lineage", "IAM", "secrets", "network isolation", "audit", "standard images"}},
      {"lakehouse", {"Metrics, logs, traces, drift", "MLflow registry", "CI/CD", "ingestion, features, training"}},
      {"lakehouse", {"compliance", "on three clouds", "from test to production by rule"}},
      {"modular", {"racks", "heavy training and R&D"}},
      {"lists.yaml",
       {"lineage, traceability, compliance, several environments", "central IAM", "workstations and racks"}},
      {"kubernetes",
       {"Docker", "CI/CD", "Kubernetes", "Private registry", "Prometheus", "Grafana", "ELK", "Evidently"}},
      {"kubernetes", {"Poetry", "pytest", "GitHub Actions"}},
      // The five short lists
      {"lists.yaml", {"Google Colab or Kaggle Notebooks", "MLflow on local files, or the platform's own"}},
      {"lists.yaml", {"Ubuntu 22.04 or WSL 2", "Conda/Mamba", "JupyterLab, VS Code", "CUDA or ROCm"}},
      {"lists.yaml",
       {"managed notebooks, then managed jobs, then managed inference servers", "model registry, A/B tests"}},
      {"lists.yaml", {"cost tracking", "Poetry, pytest, CI with GitHub Actions", "Docker, a private registry"}},
      {"lists.yaml", {"Kubernetes, or managed inference", "Prometheus and Grafana, central logs (ELK)", "Evidently"}},
      {"lists.yaml",
       {"lakehouse, governance, catalogues and policies", "ci/cd pipelines", "model registry",
        "promotion by environment", "network policies"}},
      {"lists.yaml", {"Databricks, Vertex AI or SageMaker, or Kubernetes with Kubeflow and MLflow"}},
      // The synthesis
      {"lists.yaml", {"begin with managed notebooks", "a reproducible local machine (Ubuntu and Conda)"}},
      {"lists.yaml", {"move to managed services or containers when teamwork, speed and reliability"}},
      {"lists.yaml", {"choose tools by budget, goal and how much has to be operated"}}};
  for (const Place& place : places) {
    const std::string text = place.where.ends_with(".yaml") ? text_of(place.where) : leaf_text(place.where);
    for (const std::string& what : place.what) {
      INFO(what << " in " << place.where);
      CHECK(text.find(lower(what)) != std::string::npos);
    }
  }
}
