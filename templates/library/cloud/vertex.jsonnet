// Vertex AI: a custom job, and a model's deployment to an endpoint.
local text = import 'lib/text.libsonnet';

local accelerators = { none: null, t4: 'NVIDIA_TESLA_T4', l4: 'NVIDIA_L4', a100: 'NVIDIA_TESLA_A100' };
local machines = { none: 'n1-standard-8', t4: 'n1-standard-8', l4: 'g2-standard-8', a100: 'a2-highgpu-1g' };

function(advice, machine, params) {
  local project = if params.project == null then 'INSERT_PROJECT' else params.project,
  local bucket = if params.bucket == null then 'INSERT_BUCKET' else params.bucket,
  local image = params.region + '-docker.pkg.dev/' + project + '/models/' + params.name + ':1',
  local spec = { machineType: machines[params.gpu] } + (if params.gpu == 'none' then {} else { acceleratorType: accelerators[params.gpu], acceleratorCount: 1 }),

  'vertex/custom-job.yaml': {
    format: 'yaml',
    header: 'gcloud ai custom-jobs create --region=' + params.region + ' --display-name=' + params.name + ' --labels=project=' + params.name + ' --config=custom-job.yaml',
    content: {
      '#workerPoolSpecs': 'one machine; a second pool of workers makes it distributed',
      workerPoolSpecs: [{
        replicaCount: 1,
        machineSpec: spec,
        containerSpec: { imageUri: image },
        diskSpec: { bootDiskType: 'pd-ssd', bootDiskSizeGb: 100 },
      }],
      '#baseOutputDirectory': 'AIP_MODEL_DIR and AIP_CHECKPOINT_DIR in the container are folders of it',
      baseOutputDirectory: { outputUriPrefix: 'gs://' + bucket + '/' + params.name },
      scheduling: { '#strategy': 'spare capacity, much cheaper; the job is restarted when it is taken away, so save checkpoints', strategy: 'SPOT', timeout: std.ceil(params.max_runtime) + 's', restartJobOnWorkerRestart: true },
    },
  },
  'vertex/deploy.json': { format: 'json', content: {
    deployedModel: {
      displayName: params.name,
      dedicatedResources: { machineSpec: spec, minReplicaCount: 1, maxReplicaCount: 2, autoscalingMetricSpecs: [{
        metricName: 'aiplatform.googleapis.com/prediction/online/' + (if params.gpu == 'none' then 'cpu/utilization' else 'accelerator/duty_cycle'),
        target: 60,
      }] },
    },
    trafficSplit: { '0': 100 },
  } },
  'vertex/README.md': { format: 'text', content: '# Training and serving on Vertex AI\n\n' + text.filled(|||
    ## Use it

    The commands need a project with the API `aiplatform.googleapis.com`, an image in Artifact Registry, and the bucket.

    ```sh
    gcloud ai custom-jobs create --region=REGION --display-name=NAME --labels=project=NAME --config=custom-job.yaml
    gcloud ai models upload --region=REGION --display-name=NAME --container-image-uri=IMAGE --artifact-uri=gs://BUCKET/NAME/model
    gcloud ai endpoints create --region=REGION --display-name=NAME --labels=project=NAME
    ```

    `models upload` puts the model into Vertex AI's registry; with `--parent-model=MODEL_ID` the next one is a new version of it.

    `deploy.json` is the body of `endpoints.deployModel`: add the model's resource name as `deployedModel.model`, then POST it to
    `https://REGION-aiplatform.googleapis.com/v1/ENDPOINT:deployModel` with `Authorization: Bearer $(gcloud auth print-access-token)`.
    An endpoint keeps at least one machine, which is billed while nobody asks. On the first day, a budget; the bill is split by the label
    `project` (Billing, Reports, Labels):

    ```sh
    gcloud billing budgets create --billing-account=BILLING_ACCOUNT --display-name=NAME --budget-amount=LIMITUSD \
      --filter-projects=projects/PROJECT --threshold-rule=percent=0.8 --threshold-rule=percent=1.0
    ```

    ## A/B test

    A second model on the same endpoint gets a share of the requests: in `deploy.json` its name, and in `trafficSplit` `"0": SHARE` (the model
    that is being deployed) and `"DEPLOYED_MODEL_ID": REST` (the one that is there). To change the shares, or to go back at once:

    ```sh
    gcloud ai endpoints update ENDPOINT_ID --region=REGION --traffic-split=DEPLOYED_MODEL_ID=100,SECOND_ID=0
    ```

    Each request is drawn by the shares. Cloud Monitoring has requests, errors and latency by `deployed_model_id`, and the reply names its
    `deployedModelId`: log with it what an answer was worth.

    ## Undo

    ```sh
    gcloud ai endpoints list --region=REGION; gcloud ai models list --region=REGION  # their numbers
    gcloud ai endpoints undeploy-model ENDPOINT_ID --region=REGION --deployed-model-id=DEPLOYED_MODEL_ID
    gcloud ai endpoints delete ENDPOINT_ID --region=REGION
    gcloud ai models delete MODEL_ID --region=REGION
    ```
  |||, {
    NAME: params.name,
    REGION: params.region,
    BUCKET: bucket,
    IMAGE: image,
    PROJECT: project,
    LIMIT: std.toString(params.monthly_budget),
    SHARE: std.toString(params.b_share),
    REST: std.toString(100 - params.b_share),
  }) },
  '#open': (if params.project == null then ['the Google Cloud project is not known (project)'] else []) + (if params.bucket == null then ['the bucket is not known (bucket)'] else []),
}
