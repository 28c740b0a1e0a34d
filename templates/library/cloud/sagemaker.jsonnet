// SageMaker AI: a training job and an endpoint as the requests of its API, which the AWS command line takes as they are.
local text = import 'lib/text.libsonnet';

function(advice, machine, params) {
  local bucket = if params.bucket == null then 'INSERT_BUCKET' else params.bucket,
  local account = if params.account == null then '000000000000' else params.account,
  local role = 'arn:aws:iam::' + account + ':role/' + params.role,
  local image = account + '.dkr.ecr.' + params.region + '.amazonaws.com/' + params.name + ':1',
  local tags = [{ Key: 'project', Value: params.name }],
  local seconds = std.ceil(params.max_runtime),
  local json(content) = { format: 'json', content: content },
  assert params.account == null || (std.length(params.account) == 12 && std.length(std.filter(function(c) c < '0' || c > '9', std.stringChars(params.account))) == 0) :
         'an AWS account number has 12 digits\nhelp: aws sts get-caller-identity prints it',

  'sagemaker/training-job.json': json({
    TrainingJobName: params.name + '-1',
    RoleArn: role,
    AlgorithmSpecification: { TrainingImage: image, TrainingInputMode: 'FastFile' },
    InputDataConfig: [{
      ChannelName: 'train',
      DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: 's3://' + bucket + '/' + params.name + '/data/', S3DataDistributionType: 'FullyReplicated' } },
    }],
    OutputDataConfig: { S3OutputPath: 's3://' + bucket + '/' + params.name + '/models/' },
    ResourceConfig: { InstanceType: params.training_instance, InstanceCount: 1, VolumeSizeInGB: 50 },
    EnableManagedSpotTraining: true,
    CheckpointConfig: { S3Uri: 's3://' + bucket + '/' + params.name + '/checkpoints/' },
    StoppingCondition: { MaxRuntimeInSeconds: seconds, MaxWaitTimeInSeconds: 2 * seconds },
    EnableNetworkIsolation: true,
    Tags: tags,
  }),
  'sagemaker/model.json': json({
    ModelName: params.name + '-1',
    ExecutionRoleArn: role,
    EnableNetworkIsolation: true,
    PrimaryContainer: { Image: image, ModelDataUrl: 's3://' + bucket + '/' + params.name + '/models/' + params.name + '-1/output/model.tar.gz' },
    Tags: tags,
  }),
  'sagemaker/endpoint-config.json': json({
    EndpointConfigName: params.name + '-1',
    ProductionVariants: [{ VariantName: 'all', ModelName: params.name + '-1', ServerlessConfig: { MemorySizeInMB: 4096, MaxConcurrency: 5 } }],
    Tags: tags,
  }),
  'sagemaker/endpoint.json': json({ EndpointName: params.name, EndpointConfigName: params.name + '-1', Tags: tags }),
  'sagemaker/README.md': { format: 'text', content: '# Training and serving on SageMaker AI\n\n' + text.filled(|||
    | file | what it is |
    |---|---|
    | `training-job.json` | one job, on spot capacity (cheaper, and taken away without asking: it is resumed from the checkpoints), cut off after its time limit |
    | `model.json`, `endpoint-config.json`, `endpoint.json` | a serverless endpoint: nothing is billed while nobody asks |

    ## Use it

    ```sh
    aws sagemaker create-training-job --cli-input-json file://training-job.json
    aws sagemaker wait training-job-completed-or-stopped --training-job-name NAME-1
    aws sagemaker create-model --cli-input-json file://model.json
    aws sagemaker create-endpoint-config --cli-input-json file://endpoint-config.json
    aws sagemaker create-endpoint --cli-input-json file://endpoint.json
    ```

    It needs an image in ECR whose `train` and `serve` follow SageMaker's conventions, the bucket, and a role that may read
    and write it. A serverless endpoint has no GPU: for one, replace `ServerlessConfig` by `InstanceType`,
    `InitialInstanceCount` and a scaling policy, and know that it is billed by the hour.

    ## Undo

    ```sh
    aws sagemaker stop-training-job --training-job-name NAME-1
    aws sagemaker delete-endpoint --endpoint-name NAME
    aws sagemaker delete-endpoint-config --endpoint-config-name NAME-1
    aws sagemaker delete-model --model-name NAME-1
    ```

    A job that has ended costs nothing, what it left in the bucket does. Names are used once: count `-1` up for the next job.
    Set a budget alert on the first day: `aws budgets create-budget`.
  |||, { NAME: params.name }) },
  '#open': (if params.account == null then ['your AWS account number is not known (account)'] else []) + (if params.bucket == null then ['the bucket is not known (bucket)'] else []),
}
