// SageMaker AI: a training job, a model in the registry, endpoints and a budget as the requests of AWS' API, which its command line takes as
// they are. A serverless endpoint has neither network isolation nor several variants (AWS' list of what it excludes), so that the A/B test
// has an endpoint of instances.
local text = import 'lib/text.libsonnet';

function(advice, machine, params) {
  local bucket = if params.bucket == null then 'INSERT_BUCKET' else params.bucket,
  local account = if params.account == null then '000000000000' else params.account,
  local role = 'arn:aws:iam::' + account + ':role/' + params.role,
  local image = account + '.dkr.ecr.' + params.region + '.amazonaws.com/' + params.name + ':1',
  local tags = [{ Key: 'project', Value: params.name }],
  local seconds = std.ceil(params.max_runtime),
  local container = { Image: image, ModelDataUrl: 's3://' + bucket + '/' + params.name + '/models/' + params.name + '-1/output/model.tar.gz' },
  local variant(name, model, weight) = { VariantName: name, ModelName: model, InstanceType: params.serving_instance, InitialInstanceCount: 1, InitialVariantWeight: weight },
  local told(kind, percent) = {
    Notification: { NotificationType: kind, ComparisonOperator: 'GREATER_THAN', Threshold: percent, ThresholdType: 'PERCENTAGE' },
    Subscribers: [{ SubscriptionType: 'EMAIL', Address: params.mail }],
  },
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
  'sagemaker/model-package.json': json({
    ModelPackageGroupName: params.name,
    ModelPackageDescription: 'what the job ' + params.name + '-1 trained',
    InferenceSpecification: { Containers: [container], SupportedContentTypes: ['text/csv'], SupportedResponseMIMETypes: ['text/csv'] },
    ModelApprovalStatus: 'PendingManualApproval',
  }),
  'sagemaker/model.json': json({ ModelName: params.name + '-1', ExecutionRoleArn: role, PrimaryContainer: container, Tags: tags }),
  'sagemaker/endpoint-config.json': json({
    EndpointConfigName: params.name + '-1',
    ProductionVariants: [{ VariantName: 'all', ModelName: params.name + '-1', ServerlessConfig: { MemorySizeInMB: 4096, MaxConcurrency: 5 } }],
    Tags: tags,
  }),
  'sagemaker/endpoint-config-ab.json': json({
    EndpointConfigName: params.name + '-ab-1',
    ProductionVariants: [variant('a', params.name + '-1', 100 - params.b_share), variant('b', params.name + '-2', params.b_share)],
    Tags: tags,
  }),
  'sagemaker/budget.json': json({
    AccountId: account,
    Budget: {
      BudgetName: params.name,
      BudgetType: 'COST',
      TimeUnit: 'MONTHLY',
      BudgetLimit: { Amount: std.toString(params.monthly_budget), Unit: 'USD' },
      CostFilters: { TagKeyValue: ['user:project$' + params.name] },
    },
  } + (if params.mail == null then {} else { NotificationsWithSubscribers: [told('ACTUAL', 80), told('FORECASTED', 100)] })),
  'sagemaker/endpoint.json': json({ EndpointName: params.name, EndpointConfigName: params.name + '-1', Tags: tags }),
  'sagemaker/README.md': { format: 'text', content: '# Training and serving on SageMaker AI\n\n' + text.filled(|||
    | file | what it is |
    |---|---|
    | `training-job.json` | one job, on spot capacity (cheaper, and taken away without asking: it is resumed from the checkpoints), cut off after its time limit |
    | `model-package.json` | the model as a version in the registry, which somebody has to approve |
    | `model.json`, `endpoint-config.json`, `endpoint.json` | a serverless endpoint: nothing is billed while nobody asks |
    | `endpoint-config-ab.json` | two models behind one endpoint, SHARE of 100 requests for the second |
    | `budget.json` | LIMIT USD a month for what carries the tag `project` NAME, as all of these do |

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

    The registry, where versions are found again with what made them, and the first day's budget:

    ```sh
    aws sagemaker create-model-package-group --model-package-group-name NAME   # once
    aws sagemaker create-model-package --cli-input-json file://model-package.json
    aws ce update-cost-allocation-tags-status --cost-allocation-tags-status TagKey=project,Status=Active
    aws budgets create-budget --cli-input-json file://budget.json
    ```

    ## A/B test

    With a second model `NAME-2` (`model.json` with 2 for 1), an endpoint of two instances, which are billed by the hour:

    ```sh
    aws sagemaker create-endpoint-config --cli-input-json file://endpoint-config-ab.json
    aws sagemaker create-endpoint --endpoint-name NAME-ab --endpoint-config-name NAME-ab-1
    aws sagemaker update-endpoint-weights-and-capacities --endpoint-name NAME-ab \
      --desired-weights-and-capacities VariantName=a,DesiredWeight=50 VariantName=b,DesiredWeight=50
    ```

    Each request is drawn by the weights; `invoke-endpoint --target-variant b` asks for one, so that a program can keep each of its users with
    the same. CloudWatch has invocations, errors and latency by `VariantName`; what an answer was worth only your program knows: log it with
    the `InvokedProductionVariant` of the reply.

    ## Undo

    ```sh
    aws sagemaker stop-training-job --training-job-name NAME-1
    aws sagemaker delete-endpoint --endpoint-name NAME      # and NAME-ab
    aws sagemaker delete-endpoint-config --endpoint-config-name NAME-1   # and NAME-ab-1
    aws sagemaker delete-model --model-name NAME-1
    ```

    A job that has ended costs nothing, what it left in the bucket does. Names are used once: count `-1` up for the next job.
  |||, { NAME: params.name, SHARE: std.toString(params.b_share), LIMIT: std.toString(params.monthly_budget) }) },
  '#open': (if params.account == null then ['your AWS account number is not known (account)'] else []) + (if params.bucket == null then ['the bucket is not known (bucket)'] else [])
           + (if params.mail == null then ["nobody is told when SageMaker's budget is used up (mail)"] else []),
}
