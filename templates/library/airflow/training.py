"""A training every week: prepare, train, evaluate, promote. What each step gives is a folder or a few numbers: large things never go
through Airflow's database. Settings: Admin > Variables, or AIRFLOW_VAR_TRAINING_FOLDER and AIRFLOW_VAR_TRAINING_LEAST."""
import datetime
import pathlib
import sys

from airflow.sdk import Variable, dag, task

sys.path.insert(0, str(pathlib.Path(__file__).parent))


def folder(run, name):
    """Of one run: two never write to the same, and a step that is tried again finds its own."""
    safe = "".join(character if character.isalnum() or character in "-_" else "-" for character in run)
    return str(pathlib.Path(Variable.get("training_folder", "/var/lib/training")) / "runs" / safe / name)


@dag(
    schedule="@weekly",
    start_date=datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc),
    catchup=False,  # weeks before today are not made up for
    max_active_runs=1,  # two runs would promote over each other
    default_args={"retries": 2, "retry_delay": datetime.timedelta(minutes=5), "execution_timeout": datetime.timedelta(seconds=MAX_RUNTIME)},
    tags=["training"],
)
def training():
    # Imported in the steps: the file is read every few seconds, and must be read quickly.
    @task
    def prepare(run_id=None):
        import steps

        return steps.prepare(folder(run_id, "data"))

    @task
    def train(data, run_id=None):
        import steps

        return steps.train(data, folder(run_id, "candidate"))

    @task
    def evaluate(data, candidate):
        import steps

        return steps.evaluate(data, candidate, champion())

    @task
    def promote(candidate, scores):
        import steps

        return steps.promote(candidate, champion(), scores, float(Variable.get("training_least", "0.9")))

    data = prepare()
    candidate = train(data)
    promote(candidate, evaluate(data, candidate))


def champion():
    return str(pathlib.Path(Variable.get("training_folder", "/var/lib/training")) / "champion")


training()
