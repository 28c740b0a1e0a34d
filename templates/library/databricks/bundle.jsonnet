// A Databricks asset bundle: a job that trains and registers a model in Unity Catalog, and an endpoint that serves it.

function(advice, machine, params) {
  local model = '${var.catalog}.${var.schema}.' + std.strReplace(params.name, '-', '_') + '_${bundle.target}',
  'databricks/databricks.yml': { format: 'yaml', header: 'databricks bundle validate && databricks bundle deploy --target dev', content: {
    bundle: { name: params.name },
    include: ['resources/*.yml'],
    variables: {
      catalog: { description: 'catalogue of Unity Catalog that holds tables and models', default: params.catalog },
      schema: { description: 'schema in it, which is there already: CREATE SCHEMA IF NOT EXISTS ...', default: 'ml' },
      table: { description: 'table to learn from; its last column is the answer', default: params.table },
    },
    targets: {
      '#dev': 'everybody has a copy of their own, schedules are paused',
      dev: { mode: 'development', default: true },
      '#prod': 'deployed by CI, under a service principal: databricks bundle deploy --target prod',
      prod: { mode: 'production', workspace: { root_path: '/Workspace/Shared/.bundle/${bundle.name}/${bundle.target}' } },
    },
  } },
  'databricks/resources/train.yml': { format: 'yaml', content: { resources: {
    jobs: { train: {
      name: params.name + '-train',
      max_concurrent_runs: 1,
      timeout_seconds: std.ceil(params.max_runtime),
      schedule: { '#quartz_cron_expression': 'every Monday at 5', quartz_cron_expression: '0 0 5 ? * MON', timezone_id: 'UTC' },
      '#environments': 'serverless: no cluster to size or to forget',
      environments: [{ environment_key: 'default', spec: { environment_version: '3', dependencies: ['mlflow>=2.20,<4', 'scikit-learn>=1.4,<2'] } }],
      tasks: [{
        task_key: 'train',
        environment_key: 'default',
        max_retries: 1,
        spark_python_task: { python_file: '../src/train.py', parameters: ['${var.catalog}.${var.schema}.${var.table}', model] },
      }],
    } },
  } } },
  'databricks/resources/serving.yml.later': { format: 'yaml', header: 'Rename to serving.yml once the model is there: an endpoint of a model that does not exist fails to deploy.', content: { resources: {
    model_serving_endpoints: { serving: { name: params.name, config: { served_entities: [{
      entity_name: model,
      entity_version: '1',
      workload_size: 'Small',
      '#scale_to_zero_enabled': 'nothing is billed while nobody asks; the first request then waits',
      scale_to_zero_enabled: true,
    }] } } },
  } } },
  'databricks/src/train.py': { format: 'text', content: importstr 'databricks/train.py' },
  'databricks/README.md': { format: 'text', content: '# A lakehouse job on Databricks\n\n' + |||
    | file | what it is |
    |---|---|
    | `databricks.yml` | the bundle: variables, and the targets dev and prod |
    | `resources/train.yml` | a weekly job on serverless compute that trains from a table and registers the model in Unity Catalog |
    | `resources/serving.yml.later` | an endpoint that scales to zero, for when the model is there |
    | `src/train.py` | the training; put your own in its place |

    ## Use it

    ```sh
    databricks auth login --host https://YOUR-WORKSPACE
    databricks bundle validate
    databricks bundle deploy --target dev
    databricks bundle run train
    ```

    Who may read the table and the model is Unity Catalog's (the schema must be there; a target's models carry its name): `GRANT SELECT ON TABLE ... TO ...`. Lineage is recorded by itself.

    ## Undo

    `databricks bundle destroy --target dev` removes the job; tables and models that it made stay.
  ||| },
}
