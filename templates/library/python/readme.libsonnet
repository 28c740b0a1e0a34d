local pytorch = import 'data/pytorch.libsonnet';

function(machine, torch)
  '# A local Python environment\n\nFor this machine: ' + machine.summary() + '.\n\n' +
  'PyTorch ' + pytorch.version + ' comes as the build for **' + torch.name + '** (' + torch.why + ').\n\n' + |||
    ## Use it

    ```sh
    ./setup.sh             # makes the environment in this folder; safe to run again
    ./setup.sh --help      # what it does, and how to choose mamba, conda, uv or venv
    ```

    It ends by printing the command that opens the starter notebook in JupyterLab.

    ## What is here

    | file | what it is |
    |---|---|
    | `environment.yml` | the environment for mamba and conda (made in `.conda/`) |
    | `requirements-torch.txt`, `requirements.txt` | the same for uv and venv (made in `.venv/`) |
    | `setup.sh` | makes or updates the environment |
    | `start.ipynb` | checks the machine, then trains two small models; runs with and without a GPU |

    All of it is yours to change. `palier generate` never overwrites what you changed unless you say `--force`.

    ## Add a package

    Add a line to `environment.yml` (mamba, conda) or `requirements.txt` (uv, venv) and run `./setup.sh` again.
    To write down the exact versions that you have: `.venv/bin/python -m pip freeze > requirements.lock`, or
    `conda env export --prefix ./.conda > environment.lock.yml`.

    ## If PyTorch does not see the GPU

    `nvidia-smi` (NVIDIA) or `rocminfo` (AMD) must list it first: if it does not, the driver is what is missing. Then generate
    again, so that the build fits: `palier generate local-python -o ..`, or choose one with
    `--set accelerator=cuda` (or `rocm`, `cpu`), and run `./setup.sh` again.

    ## Undo

    Everything is in this folder: remove `.venv/` or `.conda/` to be rid of the environment, or the whole folder.
    The tools keep downloads for next time: `pip cache purge`, `uv cache clean` or `conda clean --all` empties those.
  |||
