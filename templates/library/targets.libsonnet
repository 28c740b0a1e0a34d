// Every target that `palier generate` knows. A parameter's type is text, name (a DNS label), integer, boolean, bytes or
// seconds; without a default the template derives the value, and the description says from what. `next` are commands worth
// typing in the workspace once the files are there.
local parameter(name, type, description, rest={}) = { name: name, type: type, description: description } + rest;

{
  targets: [
    {
      name: 'overview',
      title: 'a README with the advice, the stack and the next steps',
      description: 'Needs an advice document. It says which files the advice still has to do without.',
      template: 'overview.jsonnet',
      parameters: [],
    },
    {
      name: 'local-python',
      title: 'a Python environment for this machine, with JupyterLab and PyTorch',
      description: 'environment.yml for mamba and conda, requirements for uv and venv, a setup script that is safe to run again, and a starter notebook. PyTorch is chosen for the GPU and driver that the machine has.',
      template: 'python/main.jsonnet',
      parameters: [
        parameter('name', 'name', 'name of the environment', { default: 'palier' }),
        parameter('python', 'text', 'Python version for mamba and conda', { default: '3.12', choices: ['3.10', '3.11', '3.12', '3.13'] }),
        parameter('accelerator', 'text', 'which build of PyTorch; auto chooses from the machine', { default: 'auto', choices: ['auto', 'cpu', 'cuda', 'rocm'] }),
      ],
      next: [{ run: 'python/setup.sh', en: 'create the environment', fr: 'créer l’environnement' }],
    },
    {
      name: 'starter-notebook',
      title: 'a notebook that checks the machine and trains two small models',
      description: 'Runs with what Colab, Kaggle and Studio Lab have installed, with and without a GPU.',
      template: 'notebook.jsonnet',
      parameters: [],
    },
    {
      name: 'kubernetes-inference',
      title: 'a model server on Kubernetes, with scaling and network rules',
      description: 'A kustomization: Namespace (Pod Security restricted), Deployment, Service, HorizontalPodAutoscaler, PodDisruptionBudget, NetworkPolicies, ServiceAccount. vLLM on NVIDIA GPUs, llama.cpp on CPUs; sized from the machine or from what is set.',
      template: 'kubernetes/inference.jsonnet',
      parameters: import 'kubernetes/parameters.libsonnet',
      next: [{ run: 'kubectl diff -k kubernetes', en: 'see what it would change in the cluster', fr: 'voir ce que cela changerait dans le cluster' }],
    },
  ],

  // What `palier generate --advice` writes for each leaf.
  leaves: {
    'local': ['overview', 'local-python'],
    notebooks: ['overview', 'starter-notebook'],
    managed: ['overview'],
    kubernetes: ['overview', 'kubernetes-inference'],
    lakehouse: ['overview'],
    modular: ['overview'],
  },
}
