"""Makes the bucket of the server where there is none. The store may still be starting: it is asked for a minute."""
import os
import sys
import time

import boto3
from botocore.exceptions import BotoCoreError, ClientError

store = boto3.client("s3", endpoint_url=os.environ["MLFLOW_S3_ENDPOINT_URL"])
for attempt in range(30):
    try:
        if "mlflow" not in [bucket["Name"] for bucket in store.list_buckets()["Buckets"]]:
            store.create_bucket(Bucket="mlflow")
        sys.exit(0)
    except (BotoCoreError, ClientError) as error:
        print("waiting for the store:", error, file=sys.stderr)
        time.sleep(2)
sys.exit(1)
