#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Writes kernels.json: small drawn data and what scikit-learn's neighbours and SVMs make of them.

Made with Debian 12's python3-sklearn 1.2.1:  tests/golden/make_kernels.py > tests/golden/kernels.json
"""
import json

import numpy as np
import sklearn
from sklearn.metrics.pairwise import additive_chi2_kernel, chi2_kernel
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import SVC

TRAIN = 70


def numbers(array):
    return np.asarray(array, dtype=float).tolist()


def draw(rng, classes):
    """Histograms, never negative, of overlapping classes with unequal shares; exact in float32, short in text."""
    shares = np.arange(classes, 0, -1) / np.arange(classes, 0, -1).sum()
    y = rng.choice(classes, TRAIN + 30, p=shares)
    x = rng.gamma(1.0 + rng.random((classes, 6))[y] * 2, 0.5)
    x[rng.random(x.shape) < 0.15] = 0
    return np.round(x * 64) / 64, y


def chi2_distance(a, b):
    return -float(additive_chi2_kernel(a[None], b[None])[0, 0])


def intersection_kernel(a, b):
    return np.minimum(a[:, None, :], b[None, :, :]).sum(axis=2)


def knn_case(x, y, metric, k, weights):
    model = KNeighborsClassifier(k, weights=weights, metric=chi2_distance if metric == "chi2" else metric,
                                 algorithm="brute").fit(x[:TRAIN], y[:TRAIN])
    text = f"knn:k={k}:metric={metric}:weights={weights}"
    return {"learner": text, "probabilities": np.round(model.predict_proba(x[TRAIN:]), 9).tolist()}


def svm_case(x, y, text, kernel, **options):
    """ovr decisions (votes and confidences) and predictions; ties of votes broken by confidence, as sleeve does."""
    train, test = x[:TRAIN], x[TRAIN:]
    if callable(kernel):
        gram, rows, kernel = kernel(train, train), kernel(test, train), "precomputed"
    else:
        gram, rows = train, test
    several = len(np.unique(y[:TRAIN])) > 2
    model = SVC(kernel=kernel, tol=1e-6, break_ties=several, **options).fit(gram, y[:TRAIN])
    pairs = SVC(kernel=kernel, tol=1e-6, decision_function_shape="ovo", **options).fit(gram, y[:TRAIN])
    # For two classes scikit-learn turns the sign: above 0 is the second class. sleeve has LIBSVM's sign.
    decisions = pairs.decision_function(rows) if several else -pairs.decision_function(rows)[:, None]
    return {"learner": text, "decisions": np.round(decisions, 9).tolist(), "labels": model.predict(rows).tolist(),
            "support_vectors": int(model.n_support_.sum())}


def svm_cases(x, y):
    return [
        svm_case(x, y, "svm", "rbf"),
        svm_case(x, y, "svm:c=10:gamma=auto:class_weight=balanced", "rbf", C=10, gamma="auto", class_weight="balanced"),
        svm_case(x, y, "svm:kernel=linear:c=0.1", "linear", C=0.1),
        svm_case(x, y, "svm:kernel=poly:degree=2:gamma=0.5:coef0=1", "poly", degree=2, gamma=0.5, coef0=1),
        svm_case(x, y, "svm:kernel=sigmoid:gamma=0.05:coef0=-0.5", "sigmoid", gamma=0.05, coef0=-0.5),
        svm_case(x, y, "svm:kernel=chi2:gamma=0.7:c=2", lambda a, b: chi2_kernel(a, b, gamma=0.7), C=2),
        svm_case(x, y, "svm:kernel=intersection", intersection_kernel),
    ]


def main():
    rng = np.random.default_rng(44)
    sets = []
    for classes in (2, 4):
        x, y = draw(rng, classes)
        sets.append({"classes": classes, "train_rows": TRAIN, "x": numbers(x), "labels": y.tolist(),
                     "knn": [knn_case(x, y, metric, k, weights) for metric, k, weights in
                             [("euclidean", 5, "uniform"), ("euclidean", 8, "distance"), ("cosine", 5, "uniform"),
                              ("cosine", 7, "distance"), ("chi2", 5, "uniform"), ("chi2", 3, "distance")]],
                     "svm": svm_cases(x, y)})
    print(json.dumps({"made_by": f"scikit-learn {sklearn.__version__}", "sets": sets}, separators=(",", ":")))


if __name__ == "__main__":
    main()
