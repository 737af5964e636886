#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Writes learners.json: small drawn data sets and what scikit-learn makes of them.

Made with Debian 12's python3-sklearn 1.2.1:  tests/golden/make_learners.py > tests/golden/learners.json
"""
import json

import numpy as np
import sklearn
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

FOREST_SEEDS = 10


def draw(rng, rows, columns, classes, spread):
    """Gaussian classes with unequal shares and a nonlinear extra; values exact in float32 and short in text."""
    centres = rng.normal(0, 1, (classes, columns))
    y = rng.choice(classes, rows, p=np.arange(classes, 0, -1) / np.arange(classes, 0, -1).sum())
    x = centres[y] + rng.normal(0, spread, (rows, columns))
    x[:, 0] = np.abs(x[:, 0]) * (1 + y % 2)
    return np.round(x * 64) / 64, y


def numbers(array):
    return np.asarray(array, dtype=float).tolist()


def logistic_case(rng, classes, c, balanced=False):
    x, y = draw(rng, 60, 5, classes, 1.5)
    if balanced:  # classes of unequal size, so that it matters
        kept = (y == 0) | (np.arange(60) % 3 == 0)
        x, y = x[kept], y[kept]
    # newton-cg: the objective is the same as lbfgs has, and the minimum is reached to more digits.
    model = LogisticRegression(C=c, solver="newton-cg", tol=1e-8, max_iter=100000,
                               class_weight="balanced" if balanced else None).fit(x, y)
    return {"classes": classes, "c": c, "balanced": balanced, "x": numbers(x), "labels": y.tolist(),
            "coefficients": numbers(model.coef_), "intercepts": numbers(model.intercept_),
            "probabilities": numbers(model.predict_proba(x))}


def scaler_case(rng):
    x = np.round(rng.normal(0, 1, (20, 4)) * [1, 100, 0.25, 0] * 64) / 64 + [0, 1000, -3, 7]
    return {"x": numbers(x), "scaled": numbers(StandardScaler().fit_transform(x))}


def forest_case(rng, name, **options):
    x, y = draw(rng, 600, 12, 4, 1.6)
    x[:, 6:9] *= rng.random((600, 3)) < 0.2  # sparse columns, as histograms have
    train, test = slice(0, 300), slice(300, 600)
    accuracies = [RandomForestClassifier(random_state=seed, **options).fit(x[train], y[train]).score(x[test], y[test])
                  for seed in range(FOREST_SEEDS)]
    return {"pipeline": name, "classes": 4, "train_rows": 300, "x": numbers(x), "labels": y.tolist(),
            "mean_accuracy": float(np.mean(accuracies)), "deviation": float(np.std(accuracies, ddof=1))}


def main():
    rng = np.random.default_rng(22)
    golden = {
        "made_by": f"scikit-learn {sklearn.__version__}",
        "logistic": [logistic_case(rng, 3, 1.0), logistic_case(rng, 4, 0.05), logistic_case(rng, 2, 1.0),
                     logistic_case(np.random.default_rng(5), 3, 0.5, True),
                     logistic_case(np.random.default_rng(6), 2, 0.5, True)],
        "scaler": scaler_case(rng),
        "forest": [forest_case(rng, "forest"),
                   forest_case(rng, "forest:criterion=entropy:max_features=log2:min_leaf=3:class_weight=balanced",
                               criterion="entropy", max_features="log2", min_samples_leaf=3, class_weight="balanced")],
    }
    print(json.dumps(golden, separators=(",", ":")))


if __name__ == "__main__":
    main()
