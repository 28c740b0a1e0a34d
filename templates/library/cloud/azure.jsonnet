// Azure ML: a command job, an online endpoint and its deployment, in the YAML of its command line.
local text = import 'lib/text.libsonnet';

function(advice, machine, params) {
  local schema(file) = 'https://azuremlschemas.azureedge.net/latest/' + file + '.schema.json',
  local yaml(content) = { format: 'yaml', content: content },
  local tags = { '#': 'what costs are split by, in the portal: Cost Management, Cost analysis, group by tag', project: params.name },
  local environment = { image: 'mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu22.04', conda_file: './conda.yml' },

  'azure-ml/job.yml': yaml({
    '$schema': schema('commandJob'),
    type: 'command',
    display_name: params.name,
    experiment_name: params.name,
    tags: tags,
    code: './src',
    command: 'python train.py --data ${{inputs.data}} --output ${{outputs.model}}',
    environment: environment,
    '#resources': 'serverless: no cluster to keep; spot is spare capacity, taken away without asking, so save checkpoints',
    resources: { instance_type: params.training_instance, instance_count: 1 },
    queue_settings: { job_tier: 'spot' },
    inputs: { data: { type: 'uri_folder', path: 'azureml://datastores/workspaceblobstore/paths/' + params.name + '/data' } },
    outputs: { model: { type: 'mlflow_model' } },
    limits: { timeout: std.ceil(params.max_runtime) },
  }),
  'azure-ml/conda.yml': yaml({ name: params.name, channels: ['conda-forge', 'nodefaults'], dependencies: ['python=3.12', 'pip', { pip: ['mlflow>=2.20,<4', 'scikit-learn>=1.4,<2'] }] }),
  'azure-ml/src/train.py': { format: 'text', content: importstr 'cloud/train.py' },
  'azure-ml/endpoint.yml': yaml({ '$schema': schema('managedOnlineEndpoint'), name: params.name, auth_mode: 'aad_token', tags: tags }),
  'azure-ml/deployment.yml': yaml({
    '$schema': schema('managedOnlineDeployment'),
    name: 'blue',
    endpoint_name: params.name,
    tags: tags,
    '#model': 'an MLflow model needs no scoring code',
    model: 'azureml:' + params.name + '@latest',
    instance_type: params.serving_instance,
    instance_count: 1,
    request_settings: { request_timeout_ms: 60000, max_concurrent_requests_per_instance: 4 },
  }),
  'azure-ml/README.md': { format: 'text', content: '# Training and serving on Azure ML\n\n' + text.filled(|||
    ## Use it

    ```sh
    az extension add --name ml
    az configure --defaults group=GROUP workspace=WORKSPACE
    az ml job create --file job.yml --stream
    az ml model create --name NAME --type mlflow_model --path azureml://jobs/JOB/outputs/model/paths/
    az ml online-endpoint create --file endpoint.yml
    az ml online-deployment create --file deployment.yml --all-traffic
    ```

    `src/train.py` trains a small model on a table of numbers whose last column is the answer; put your own in its place.
    An online deployment is billed while nobody asks: delete it, or use a batch endpoint, when it is idle. On the first day, a budget:

    ```sh
    az consumption budget create --budget-name NAME --amount LIMIT --category cost --time-grain monthly \
      --start-date "$(date +%Y-%m-01)" --end-date "$(date -d '2 years' +%Y-%m-01)" --resource-group-filter GROUP
    ```

    ## A/B test

    A second deployment of the endpoint gets a share of the requests:

    ```sh
    az ml online-deployment create --file deployment.yml --name green --set model=azureml:NAME:2
    az ml online-endpoint update --name NAME --traffic "blue=REST green=SHARE"
    az ml online-endpoint update --name NAME --traffic "blue=100 green=0"   # back, at once
    ```

    Each request is drawn by the shares; with the header `azureml-model-deployment: green` it asks for one, so that a program can keep each of
    its users with the same. Azure Monitor has requests, errors and latency by deployment; log what an answer was worth with its deployment's name.

    ## Undo

    `az ml online-endpoint delete --name NAME`, `az ml model archive --name NAME`.
  |||, { NAME: params.name, LIMIT: std.toString(params.monthly_budget), SHARE: std.toString(params.b_share), REST: std.toString(100 - params.b_share) }) },
}
