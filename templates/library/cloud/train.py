"""Trains on the CSV files of a folder: every column but the last is a feature, the last is the class."""
import argparse
import pathlib

import mlflow
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

parser = argparse.ArgumentParser()
parser.add_argument("--data", type=pathlib.Path, required=True)
parser.add_argument("--output", type=pathlib.Path, required=True)
arguments = parser.parse_args()

table = pd.concat([pd.read_csv(path) for path in sorted(arguments.data.glob("*.csv"))])
features, answer = table.iloc[:, :-1], table.iloc[:, -1]
model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
mlflow.log_metric("accuracy", cross_val_score(model, features, answer, cv=5).mean())
model.fit(features, answer)
mlflow.sklearn.save_model(model, str(arguments.output))
