// A training that runs by itself: a DAG for Airflow 3 whose steps are plain functions, so that they also run, and are tested, without it.
local text = import 'lib/text.libsonnet';

function(advice, machine, params) {
  'airflow/dags/training.py': { format: 'text', content: std.strReplace(importstr 'airflow/training.py', 'MAX_RUNTIME', std.toString(params.max_runtime)) },
  'airflow/dags/steps.py': { format: 'text', content: importstr 'airflow/steps.py' },
  'airflow/dags/.airflowignore': { format: 'text', content: text.lines(['# no DAG of its own', 'steps.py']) },
  'airflow/requirements.txt': { format: 'text', content: text.lines(['apache-airflow>=3,<4', 'joblib>=1.3,<2', 'mlflow-skinny>=3,<4', 'numpy>=1.26,<3', 'scikit-learn>=1.4,<2']) },
  'airflow/README.md': { format: 'text', content: '# A training every week\n\n' + |||
    `dags/training.py` is the DAG, `dags/steps.py` what it does: prepare the data, train, compare with the model that serves now on images that
    neither has seen, and take the new one where it is no worse. A step that fails is tried twice more; each works in a folder of its run.

    ## Use it

    ```sh
    python3 -m venv .venv && .venv/bin/pip install -r requirements.txt
    export AIRFLOW_HOME=$PWD AIRFLOW__CORE__LOAD_EXAMPLES=false AIRFLOW_VAR_TRAINING_FOLDER=$PWD/state
    .venv/bin/airflow standalone       # a database, a scheduler and the pages, for one machine; it prints a password
    .venv/bin/airflow dags test training
    ```

    `MLFLOW_TRACKING_URI` in the environment has every run written down there (see `mlflow/`, if you generated it). `AIRFLOW_VAR_TRAINING_LEAST=0.95` is what a
    model must reach. For a team, Airflow's own chart or Compose file runs the same `dags` folder.

    Try the steps alone: `cd dags && python -c 'import steps; print(steps.evaluate(steps.prepare("/tmp/d"), steps.train("/tmp/d", "/tmp/c"), "/tmp/none"))'`.

    ## Undo

    Stop it; remove `.venv`, `airflow.db`, `airflow.cfg`, `logs` and `state` in this folder.
  ||| },
}
