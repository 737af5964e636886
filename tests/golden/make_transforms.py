#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Writes transforms.json: small drawn data and what scikit-learn's transforms make of them.

Made with Debian 12's python3-sklearn 1.2.1:  tests/golden/make_transforms.py > tests/golden/transforms.json
"""
import json

import numpy as np
import sklearn
from sklearn.decomposition import PCA
from sklearn.feature_selection import SelectKBest, f_classif
from sklearn.preprocessing import MinMaxScaler, Normalizer, RobustScaler


def short(array):
    """Numbers that are exact in float32 and short in text."""
    return np.round(np.asarray(array) * 64) / 64


def numbers(array):
    return np.asarray(array, dtype=float).tolist()


def draw_scales(rng, rows):
    """Columns of very different sizes, one constant, one mostly zero."""
    x = short(rng.normal(0, 1, (rows, 5)) * [1, 100, 0.25, 0, 3]) + [0, 1000, -3, 7, 0]
    x[rng.random(rows) < 0.8, 4] = 0
    return x


def draw_correlated(rng, rows, columns):
    hidden = rng.normal(0, 1, (rows, 3)) * [4, 2, 1]
    return short(hidden @ rng.normal(0, 1, (3, columns)) + rng.normal(0, 0.3, (rows, columns)) + 5)


def pca_case(train, test, components, whiten):
    wanted = None if components == "all" else float(components) if "." in components else int(components)
    model = PCA(wanted, whiten=whiten, svd_solver="full").fit(train)
    # scikit-learn 1.2 fixes the signs by the rows, later versions and sleeve by the components.
    largest = np.abs(model.components_).argmax(axis=1)
    signs = np.sign(model.components_[np.arange(len(largest)), largest])
    return {"components": components, "whiten": whiten, "train": numbers(train), "test": numbers(test),
            "axes": numbers(model.components_ * signs[:, None]), "variances": numbers(model.explained_variance_),
            "transformed": numbers(model.transform(test) * signs)}


def select_case(rng, k):
    y = rng.choice(3, 40, p=[0.5, 0.3, 0.2])
    x = short(rng.normal(0, 1, (40, 8)) + np.outer(y, [0, 1, 0, 0.3, 0, 2, 0.6, 0]))
    model = SelectKBest(f_classif, k=k).fit(x, y)
    return {"k": k, "x": numbers(x), "labels": y.tolist(), "f": numbers(model.scores_),
            "kept": np.flatnonzero(model.get_support()).tolist()}


def main():
    rng = np.random.default_rng(33)
    train, test = draw_scales(rng, 21), draw_scales(rng, 6)
    simple = {"minmax": MinMaxScaler(), "minmax:clip=yes": MinMaxScaler(clip=True), "robust": RobustScaler(),
              "normalise": Normalizer(), "normalise:norm=l1": Normalizer("l1")}
    tall, tall_test = draw_correlated(rng, 30, 6), draw_correlated(rng, 4, 6)
    wide, wide_test = draw_correlated(rng, 8, 12), draw_correlated(rng, 4, 12)
    golden = {
        "made_by": f"scikit-learn {sklearn.__version__}",
        "train": numbers(train), "test": numbers(test),
        "transformed": {name: numbers(t.fit(train).transform(test)) for name, t in simple.items()},
        "pca": [pca_case(tall, tall_test, "all", False), pca_case(tall, tall_test, "2", True),
                pca_case(tall, tall_test, "0.9", False), pca_case(wide, wide_test, "5", False),
                pca_case(wide, wide_test, "0.99", True)],
        "select": [select_case(rng, 3), select_case(rng, 5)],
    }
    print(json.dumps(golden, separators=(",", ":")))


if __name__ == "__main__":
    main()
