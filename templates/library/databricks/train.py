"""Trains on a table of Unity Catalog, whose last column is the answer, and registers the model.
Usage: train.py CATALOG.SCHEMA.TABLE CATALOG.SCHEMA.MODEL"""
import sys

import mlflow
from mlflow.models import infer_signature
from pyspark.sql import SparkSession
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

table, name = sys.argv[1:]
rows = SparkSession.builder.getOrCreate().table(table).toPandas()
features, answer = rows.iloc[:, :-1], rows.iloc[:, -1]
model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
mlflow.set_registry_uri("databricks-uc")
with mlflow.start_run():
    mlflow.log_param("table", table)
    mlflow.log_metric("accuracy", cross_val_score(model, features, answer, cv=5).mean())
    model.fit(features, answer)
    signature = infer_signature(features, model.predict(features))
    mlflow.sklearn.log_model(model, "model", signature=signature, registered_model_name=name)
