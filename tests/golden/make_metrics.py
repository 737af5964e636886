#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes metrics.json (classification scores) and group_folds.json (balance of grouped folds)
with scikit-learn 1.2.1: what src/eval is held against. Run it with Debian's python3."""
import json
import pathlib
import warnings

import numpy as np
import sklearn
from sklearn import metrics
from sklearn.model_selection import StratifiedGroupKFold

HERE = pathlib.Path(__file__).parent
warnings.filterwarnings("ignore")


def averages(truth, predicted, average):
    p, r, f, _ = metrics.precision_recall_fscore_support(
        truth, predicted, average=average, zero_division=0)
    return {"precision": p, "recall": r, "f1": f}


def case(name, truth, predicted, classes):
    labels = list(range(classes))
    p, r, f, s = metrics.precision_recall_fscore_support(
        truth, predicted, labels=labels, zero_division=0)
    return {
        "name": name, "classes": classes,
        "truth": [int(v) for v in truth], "predicted": [int(v) for v in predicted],
        "confusion": metrics.confusion_matrix(truth, predicted, labels=labels).tolist(),
        "accuracy": metrics.accuracy_score(truth, predicted),
        "balanced_accuracy": metrics.balanced_accuracy_score(truth, predicted),
        # scikit-learn's kappa is 0/0 where all is one class; sleeve says 0 there, as for MCC.
        "cohens_kappa": float(np.nan_to_num(metrics.cohen_kappa_score(truth, predicted))),
        "mcc": float(metrics.matthews_corrcoef(truth, predicted)),
        "macro": averages(truth, predicted, "macro"),
        "weighted": averages(truth, predicted, "weighted"),
        "per_class": [{"precision": a, "recall": b, "f1": c, "support": int(d)}
                      for a, b, c, d in zip(p, r, f, s)],
    }


def metric_cases():
    rng = np.random.default_rng(22)
    cases = []
    for rows, classes, skill in ((60, 2, 0.3), (80, 3, 0.6), (120, 5, 0.0), (40, 8, 0.9)):
        truth = rng.integers(0, classes, rows)
        guess = rng.integers(0, classes, rows)
        predicted = np.where(rng.random(rows) < skill, truth, guess)
        cases.append(case(f"random {rows} rows {classes} classes", truth, predicted, classes))
    truth = rng.choice([0, 0, 0, 0, 1, 2], 50)
    cases += [
        case("constant predictor", truth, np.zeros(50, int), 3),
        case("class never predicted", truth, np.where(truth == 2, 1, truth), 3),
        case("class absent in truth, but predicted", [0, 0, 1, 1, 0], [0, 2, 1, 2, 0], 3),
        case("class in neither", [0, 0, 3, 3, 0], [0, 3, 3, 0, 0], 4),
        case("one class only", [0, 0, 0], [0, 0, 0], 1),
        case("all wrong", [0, 1, 2, 0], [1, 2, 0, 2], 3),
        case("perfect", [0, 1, 2, 2], [0, 1, 2, 2], 3),
        case("one row", [1], [0], 2),
    ]
    return cases


def unevenness(labels, tests, classes):
    """Mean over classes of the deviation, over folds, of the class's share in the fold."""
    labels = np.asarray(labels)
    shares = np.array([[np.sum(labels[t] == c) / np.sum(labels == c) for c in range(classes)]
                       for t in tests])
    return float(np.mean(np.std(shares, axis=0)))


def fold_cases():
    rng = np.random.default_rng(7)
    cases = []
    for groups, biggest, classes, folds, pure in ((64, 25, 6, 5, True), (200, 8, 5, 10, True),
                                                  (90, 12, 3, 5, False), (30, 30, 4, 3, True)):
        labels, group_of = [], []
        for g in range(groups):
            own = int(rng.integers(classes))
            for _ in range(int(rng.integers(1, biggest + 1))):
                labels.append(own if pure else int(rng.integers(classes)))
                group_of.append(g)
        order = rng.permutation(len(labels))
        labels = [labels[i] for i in order]
        group_of = [group_of[i] for i in order]
        # scikit-learn takes equally uneven groups in the order of their names (shuffle=True would
        # divide other groups than it balanced, in 1.2): the mean over many namings is its level.
        levels = []
        for _ in range(40):
            names = rng.permutation(groups)[group_of]
            tests = [t for _, t in StratifiedGroupKFold(folds).split(labels, labels, names)]
            levels.append(unevenness(labels, tests, classes))
        cases.append({"classes": classes, "folds": folds, "labels": labels, "groups": group_of,
                      "unevenness": float(np.mean(levels))})
    return cases


def write(name, cases):
    data = {"made_with": f"scikit-learn {sklearn.__version__}", "cases": cases}
    (HERE / name).write_text(json.dumps(data, separators=(",", ":")) + "\n")


write("metrics.json", metric_cases())
write("group_folds.json", fold_cases())
