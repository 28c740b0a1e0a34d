// The starter notebook: it runs with the packages that this workspace, Colab, Kaggle and Studio Lab all have, with and
// without a GPU, and downloads nothing.
local markdown(source) = { type: 'markdown', source: source };
local code(source) = { type: 'code', source: source };

{
  format: 'notebook',
  content: { cells: [
    markdown(|||
      # Start here

      This notebook looks at the machine it runs on, then trains two small models on the handwritten digits that come with
      scikit-learn: one on the CPU, one with PyTorch on the GPU where there is one. Run it from top to bottom; it takes
      less than a minute.
    |||),
    markdown(|||
      ## What this machine offers

      The numbers are what this process may really use: a container or a batch job often gets less than the hardware has.
    |||),
    code(|||
      import os
      import platform
      import sys


      def read_text(path):
          try:
              with open(path) as file:
                  return file.read()
          except OSError:
              return ""


      def usable_memory():
          """Bytes: the machine's memory, or the limit of this process's cgroup where that is less."""
          total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
          limits = [read_text("/sys/fs/cgroup/memory.max"), read_text("/sys/fs/cgroup/memory/memory.limit_in_bytes")]
          return min([total] + [int(text) for text in limits if text.strip().isdigit()])


      cpus = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
      print("Python", sys.version.split()[0], "on", platform.platform())
      print("CPUs  ", cpus)
      print(f"Memory {usable_memory() / 2**30:.1f} GiB")
    |||),
    code(|||
      try:
          import torch
      except ImportError:
          torch = None

      if torch is None:
          device = None
          print("PyTorch is not installed; the second model below is skipped.")
      elif torch.cuda.is_available():  # AMD's ROCm answers here as well
          device = torch.device("cuda")
          properties = torch.cuda.get_device_properties(device)
          print("GPU   ", properties.name, f"with {properties.total_memory / 2**30:.1f} GiB")
      else:
          device = torch.device("cpu")
          print("GPU    none that PyTorch can use; everything below runs on the CPU")
    |||),
    markdown(|||
      ## A first model, on the CPU

      1797 images of 8 x 8 pixels, a quarter of them held back to test on.
    |||),
    code(|||
      from sklearn.datasets import load_digits
      from sklearn.linear_model import LogisticRegression
      from sklearn.model_selection import train_test_split
      from sklearn.pipeline import make_pipeline
      from sklearn.preprocessing import StandardScaler

      images, labels = load_digits(return_X_y=True)
      train_x, test_x, train_y, test_y = train_test_split(
          images, labels, test_size=0.25, random_state=0, stratify=labels
      )
      model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
      model.fit(train_x, train_y)
      print(f"logistic regression: {model.score(test_x, test_y):.1%} of the test images right")
    |||),
    markdown(|||
      ## A second one, with PyTorch

      The same images through a small neural network, on the GPU where there is one.
    |||),
    code(|||
      if torch is not None:
          torch.manual_seed(0)
          x = torch.tensor(train_x / 16, dtype=torch.float32, device=device)
          y = torch.tensor(train_y, device=device)
          network = torch.nn.Sequential(
              torch.nn.Linear(64, 128), torch.nn.ReLU(), torch.nn.Linear(128, 10)
          ).to(device)
          optimizer = torch.optim.Adam(network.parameters(), lr=1e-2)
          for epoch in range(100):
              optimizer.zero_grad()
              loss = torch.nn.functional.cross_entropy(network(x), y)
              loss.backward()
              optimizer.step()
          with torch.no_grad():
              guesses = network(torch.tensor(test_x / 16, dtype=torch.float32, device=device)).argmax(1).cpu()
          right = (guesses == torch.tensor(test_y)).float().mean().item()
          print(f"neural network on {device}: {right:.1%} of the test images right")
    |||),
    markdown(|||
      ## Where to go from here

      - Put your own data in place of `load_digits`.
      - Look at one image: `import matplotlib.pyplot as plt; plt.imshow(images[0].reshape(8, 8), cmap="gray")`
      - How many of these can run at once on this machine? `palier bench workers -- COMMAND` measures it.
    |||),
  ] },
}
