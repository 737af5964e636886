#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Our forest beside scikit-learn's, on the same covers, features and folds.

Reads a workspace's matrix files and the out-of-fold predictions of a `sleeve crossval --predictions FILE` run, fits
scikit-learn's RandomForestClassifier on the same training rows of each fold, and prints both with 95 % intervals that
resample whole groups. Needs Debian's python3-sklearn.

    sleeve -w WS crossval --folds 5 --models forest:trees=1000:max_features=log2 --predictions p.csv
    bench/quality/forest_vs_sklearn.py --workspace WS --predictions p.csv --features hog-1 hsv-1
"""
import argparse
import csv
import struct
import sys

import numpy as np
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import accuracy_score, f1_score


def read_matrix(path):
    """{cover's SHA-256: values} of a matrix file (docs/formats.md)."""
    data = open(path, "rb").read()
    if data[:8] != b"SLVMATRX":
        sys.exit(f"{path}: not a matrix file")
    _, header = struct.unpack_from("<II", data, 8)
    (columns,) = struct.unpack_from("<Q", data, 16)
    size = 40 + 4 * columns
    rows = {}
    for offset in range(header, len(data) - size + 1, size):
        rows[data[offset:offset + 32].hex()] = np.frombuffer(data, np.float32, columns, offset + 40)
    return rows


def read_predictions(path):
    """The rows of the last pipeline in the file: cover, group, fold, truth, prediction."""
    with open(path, newline="") as file:
        rows = list(csv.DictReader(file))
    last = rows[-1]["pipeline"]
    return last, [row for row in rows if row["pipeline"] == last]


def interval(metric, truth, predicted, groups, replicates=1000, seed=0):
    """95 % percentile bootstrap over whole groups."""
    rng = np.random.default_rng(seed)
    members = [np.flatnonzero(groups == g) for g in np.unique(groups)]
    values = []
    for _ in range(replicates):
        rows = np.concatenate([members[i] for i in rng.integers(0, len(members), len(members))])
        values.append(metric(truth[rows], predicted[rows]))
    return np.percentile(values, [2.5, 97.5])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workspace", required=True)
    parser.add_argument("--predictions", required=True)
    parser.add_argument("--features", nargs="+", default=["hog-1", "hsv-1"], help="stems of matrix files")
    parser.add_argument("--trees", type=int, default=1000)
    parser.add_argument("--max-features", default="log2")
    parser.add_argument("--seed", type=int, default=22)
    arguments = parser.parse_args()

    pipeline, rows = read_predictions(arguments.predictions)
    matrices = [read_matrix(f"{arguments.workspace}/features/{stem}.matrix") for stem in arguments.features]
    x = np.array([np.concatenate([m[row["sha256"]] for m in matrices]) for row in rows])
    truth = np.array([row["true"] for row in rows])
    ours = np.array([row["predicted"] for row in rows])
    fold = np.array([int(row["fold"]) for row in rows])
    groups = np.array([int(row["group"]) for row in rows])

    theirs = np.empty_like(ours)
    for f in np.unique(fold):
        forest = RandomForestClassifier(arguments.trees, max_features=arguments.max_features, n_jobs=-1,
                                        random_state=arguments.seed)
        forest.fit(x[fold != f], truth[fold != f])
        theirs[fold == f] = forest.predict(x[fold == f])

    def macro_f1(t, p):
        return f1_score(t, p, average="macro", zero_division=0)

    print(f"{len(rows)} covers, {len(np.unique(fold))} folds, {x.shape[1]} features")
    for name, predicted in ((f"sleeve {pipeline}", ours), ("scikit-learn RandomForestClassifier", theirs)):
        parts = []
        for label, metric in (("accuracy", accuracy_score), ("macro-F1", macro_f1)):
            low, high = interval(metric, truth, predicted, groups)
            folds = [metric(truth[fold == f], predicted[fold == f]) for f in np.unique(fold)]
            parts.append(f"{label} {metric(truth, predicted):.3f} [{low:.3f}, {high:.3f}], "
                         f"folds {np.mean(folds):.3f} ({np.std(folds, ddof=1):.3f})")
        print(f"{name}: {'; '.join(parts)}")
    print(f"both agree on {np.mean(ours == theirs):.3f} of the covers")


if __name__ == "__main__":
    main()
