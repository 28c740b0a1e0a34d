local pytorch = import 'data/pytorch.libsonnet';

function(machine, torch)
  '# A local Python environment\n\nFor this machine: ' + machine.summary() + '.\n\n' +
  'PyTorch ' + pytorch.version + ' comes as the build for **' + torch.name + '** (' + torch.why + ').\n\n' + |||
    ## Use it

    ```sh
    ./setup.sh             # makes the environment in this folder; safe to run again
    ./setup.sh --help      # what it does, and how to choose mamba, conda, pixi, uv or venv
    ```

    It ends by printing the command that opens the starter notebook in JupyterLab.

    ## What is here

    | file | what it is |
    |---|---|
    | `environment.yml` | the environment for mamba and conda (made in `.conda/`) |
    | `pixi.toml` | the same for pixi (made in `.pixi/`, with exact versions in `pixi.lock`) |
    | `pyproject.toml` | the same for Poetry: `poetry install`, with exact versions in `poetry.lock` |
    | `requirements-torch.txt`, `requirements.txt` | the same for uv and venv (made in `.venv/`) |
    | `setup.sh` | makes or updates the environment |
    | `Dockerfile`, `compose.yaml` | the same as an image that is not root: `docker compose up --build` |
    | `.devcontainer/` | the image as a dev container: open this folder in VS Code and say "Reopen in Container" |
    | `start.ipynb` | checks the machine, then trains two small models; runs with and without a GPU |

    | `requirements-tools.txt`, `pytest.ini`, `tests/`, `.pre-commit-config.yaml` | tests, checks before each commit, and a record of what was tried |

    All of it is yours to change. `palier generate` never overwrites what you changed unless you say `--force`.

    ## Keep a record, and keep it working

    ```sh
    .venv/bin/pip install -r requirements-tools.txt          # or with conda run, pixi run
    .venv/bin/pytest                                          # does the environment do what it is for?
    .venv/bin/pre-commit install                              # in a git repository whose top is this folder
    export MLFLOW_TRACKING_URI=sqlite:///mlflow.db            # what mlflow.log_metric() says is kept in this file
    .venv/bin/mlflow ui --host 127.0.0.1 --backend-store-uri sqlite:///mlflow.db   # http://127.0.0.1:5000
    ```

    A team shares an MLflow server instead: `palier generate mlflow-server`.

    ## Add a package

    Add a line to `environment.yml` (mamba, conda), `pixi.toml` (pixi), `pyproject.toml` (Poetry) or `requirements.txt` (uv, venv, the images) and run `./setup.sh`
    again; in a dev container say "Rebuild Container".
    To write down the exact versions that you have: `.venv/bin/python -m pip freeze > requirements.lock`, or
    `conda env export --prefix ./.conda > environment.lock.yml`.

    ## If PyTorch does not see the GPU

    `nvidia-smi` (NVIDIA) or `rocminfo` (AMD) must list it first: if it does not, the driver is what is missing. Then generate
    again, so that the build fits: `palier generate local-python -o ..`, or choose one with
    `--set accelerator=cuda` (or `rocm`, `cpu`), and run `./setup.sh` again.

    ## Undo

    Everything is in this folder: remove `.venv/`, `.conda/` or `.pixi/` to be rid of the environment, or the whole folder.
    `docker compose down --volumes --rmi local` removes the container, its work folder and the image.
    `docker ps -a --filter label=devcontainer.local_folder="$PWD"` finds the dev container, which `docker rm -f` removes.
    The tools keep downloads for next time: `pip cache purge`, `uv cache clean` or `conda clean --all` empties those.
  |||
