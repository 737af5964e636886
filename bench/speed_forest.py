#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Trains sleeve's random forest and scikit-learn's on the same rows and prints seconds, their ratio
and the accuracies of both on the same test rows.

    bench/speed_forest.py --bench BUILD/bench/forest_bench [--threads 1,2] [--repeats 3] [--json]

The data are drawn, not real: 576 dense columns like HOG (non-negative, skewed, correlated in
blocks) and 512 sparse ones like an HSV histogram (most values 0), 5 classes, a weak signal in some
of the columns, 3,500 training rows and 1,000 test rows.
"""
import argparse
import json
import os
import sys
import subprocess
import tempfile
import time

import numpy as np
from sklearn.ensemble import RandomForestClassifier

CLASSES = 5


def make_data(rows, seed):
    """HOG-like and HSV-like columns whose distributions shift a little with the class."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, CLASSES, rows)
    # HOG: each block of 36 values shares an energy, each value has an orientation of its own.
    blocks = rng.gamma(2.0, 0.1, (rows, 16, 1))
    shift = rng.normal(0, 0.08, (CLASSES, 16, 36)) * (rng.random((1, 16, 36)) < 0.3)
    hog = blocks * rng.gamma(1.5, 1.0, (rows, 16, 36)) * np.exp(shift[y])
    hog /= np.sqrt((hog**2).sum(axis=2, keepdims=True)) + 1e-5
    # HSV: a picture has few colours; which ones depends a little on its class.
    popularity = rng.gamma(0.25, 1.0, 512) + 1e-3
    taste = popularity * np.exp(rng.normal(0, 0.3, (CLASSES, 512)))
    taste /= taste.sum(axis=1, keepdims=True)
    hsv = np.stack([rng.multinomial(4000, rng.dirichlet(taste[label] * 12 + 1e-4)) for label in y]).astype(float)
    hsv /= np.linalg.norm(hsv, axis=1, keepdims=True)
    return np.hstack([hog.reshape(rows, -1), hsv]).astype(np.float32), y.astype(np.int32)


def write_data(path, x, y, train_rows):
    with open(path, "wb") as file:
        np.array([len(y), train_rows, x.shape[1], CLASSES], dtype=np.int32).tofile(file)
        y.tofile(file)
        np.ascontiguousarray(x).tofile(file)


def run_sleeve(bench, path, threads, seed, trees, max_features):
    command = [bench, path, str(threads), str(seed), f"trees={trees}", f"max_features={max_features}"]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def run_sklearn(x, y, train_rows, threads, seed, trees, max_features):
    forest = RandomForestClassifier(n_estimators=trees, max_features=max_features, n_jobs=threads, random_state=seed)
    start = time.perf_counter()
    forest.fit(x[:train_rows], y[:train_rows])
    fit = time.perf_counter() - start
    start = time.perf_counter()
    accuracy = float((forest.predict(x[train_rows:]) == y[train_rows:]).mean())
    return {"fit_seconds": fit, "predict_seconds": time.perf_counter() - start, "accuracy": accuracy}


TARGET_RATIO = 5   # times scikit-learn's speed
TOLERANCE = 0.03   # of accuracy on 1,000 rows and a few seeds: about two standard errors


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bench", required=True, help="the forest_bench program")
    parser.add_argument("--threads", default="1,2")
    parser.add_argument("--repeats", type=int, default=3, help="seeds per setting; the median time counts")
    parser.add_argument("--trees", default="100")
    parser.add_argument("--max-features", default="sqrt,log2")
    parser.add_argument("--rows", type=int, default=3500, help="training rows")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    args = parser.parse_args()
    met = True
    x, y = make_data(args.rows + 1000, seed=1)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "data.bin")
        write_data(path, x, y, args.rows)
        for trees in map(int, args.trees.split(",")):
            for max_features in args.max_features.split(","):
                for threads in map(int, args.threads.split(",")):
                    ours, theirs = [], []
                    for seed in range(args.repeats):  # in turn, so that a busy machine slows both
                        ours.append(run_sleeve(args.bench, path, threads, seed, trees, max_features))
                        theirs.append(run_sklearn(x, y, args.rows, threads, seed, trees, max_features))
                    met &= report(args, trees, max_features, threads, x.shape, ours, theirs)
    sys.exit(0 if met else 1)


def report(args, trees, max_features, threads, shape, ours, theirs):
    def middle(runs, key):
        return float(np.median([run[key] for run in runs]))

    def mean(runs, key):
        return float(np.mean([run[key] for run in runs]))

    result = {
        "rows": args.rows, "columns": shape[1], "trees": trees, "max_features": max_features, "threads": threads,
        "sleeve_seconds": middle(ours, "fit_seconds"), "sklearn_seconds": middle(theirs, "fit_seconds"),
        "sleeve_predict_seconds": middle(ours, "predict_seconds"),
        "sklearn_predict_seconds": middle(theirs, "predict_seconds"),
        "sleeve_accuracy": mean(ours, "accuracy"), "sklearn_accuracy": mean(theirs, "accuracy"),
        "model_bytes": ours[0]["bytes"],
    }
    result["ratio"] = result["sklearn_seconds"] / result["sleeve_seconds"]
    met = result["ratio"] >= TARGET_RATIO and result["sleeve_accuracy"] >= result["sklearn_accuracy"] - TOLERANCE
    if args.json:
        print(json.dumps(result), flush=True)
        return met
    print(f"forest {args.rows}x{shape[1]}, {trees} trees, {max_features}, {threads} thread(s): "
          f"sleeve {result['sleeve_seconds']:.3f} s, scikit-learn {result['sklearn_seconds']:.3f} s, "
          f"{result['ratio']:.1f} times; accuracy {result['sleeve_accuracy']:.4f} and "
          f"{result['sklearn_accuracy']:.4f}; predicting 1000 rows {result['sleeve_predict_seconds'] * 1e3:.1f} ms "
          f"and {result['sklearn_predict_seconds'] * 1e3:.1f} ms; model {result['model_bytes'] / 1e6:.1f} MB"
          f"{'' if met else '  BELOW TARGET'}", flush=True)
    return met


if __name__ == "__main__":
    main()
