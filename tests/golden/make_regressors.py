#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Writes regressors.json: small drawn data with a number to learn and what scikit-learn makes of them; and
the importances and the out-of-bag score of its forest of classes.

Made with Debian 12's python3-sklearn 1.2.1:  tests/golden/make_regressors.py > tests/golden/regressors.json
"""
import json

import numpy as np
import sklearn
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.linear_model import Ridge
from sklearn.metrics import r2_score
from sklearn.metrics.pairwise import additive_chi2_kernel, chi2_kernel
from sklearn.neighbors import KNeighborsRegressor
from sklearn.svm import SVR

TRAIN = 60


def draw(rng, columns):
    """Histograms, never negative; exact in float32, short in text. The number follows three columns."""
    x = np.round(rng.gamma(2.0, 0.5, (TRAIN + 20, columns)) * 64) / 64
    x[rng.random(x.shape) < 0.1] = 0
    y = 40 + 8 * x[:, 0] - 5 * x[:, 1] + 4 * x[:, 2] ** 2 + rng.normal(0, 3, len(x))
    return x, np.round(y * 16) / 16


def rounded(values):
    return np.round(np.asarray(values, dtype=float), 7).tolist()


def chi2_distance(a, b):
    return -float(additive_chi2_kernel(a[None], b[None])[0, 0])


def intersection_kernel(a, b):
    return np.minimum(a[:, None, :], b[None, :, :]).sum(axis=2)


def answer(text, model, x, y, train=None, test=None):
    train = x[:TRAIN] if train is None else train
    test = x[TRAIN:] if test is None else test
    return {"learner": text, "numbers": rounded(model.fit(train, y[:TRAIN]).predict(test))}


def cases(x, y):
    for alpha in (0.1, 10.0):
        model = Ridge(alpha=alpha)
        case = answer(f"none > ridge:alpha={alpha}", model, x, y)
        yield {**case, "coefficients": rounded(model.coef_), "intercept": rounded(model.intercept_)}
    for metric in ("euclidean", "cosine", "chi2"):
        for weights in ("uniform", "distance"):
            model = KNeighborsRegressor(4, weights=weights, metric=chi2_distance if metric == "chi2" else metric,
                                        algorithm="brute")
            yield answer(f"knn:k=4:metric={metric}:weights={weights}", model, x, y)
    for kernel, text, options in (
            ("linear", "c=0.5", {"C": 0.5}),
            ("rbf", "c=10", {"C": 10}),
            ("rbf", "c=10:gamma=0.2:epsilon=2", {"C": 10, "gamma": 0.2, "epsilon": 2}),
            ("poly", "c=1:degree=2:coef0=1", {"degree": 2, "coef0": 1}),
            ("sigmoid", "c=1:gamma=0.01", {"gamma": 0.01})):
        yield answer(f"svr:kernel={kernel}:{text}:tolerance=0.000001", SVR(kernel=kernel, tol=1e-6, **options), x, y)
    for name, kernel in (("chi2:gamma=0.5", lambda a, b: chi2_kernel(a, b, gamma=0.5)),
                         ("intersection", intersection_kernel)):
        model = SVR(kernel="precomputed", C=5, tol=1e-6)
        yield answer(f"svr:kernel={name}:c=5:tolerance=0.000001", model, x, y,
                     kernel(x[:TRAIN], x[:TRAIN]), kernel(x[TRAIN:], x[:TRAIN]))


def forest_cases(rng):
    """The mean R² of thirty forests, and the importances: forests are drawn otherwise than scikit-learn's."""
    x = np.round(rng.normal(size=(400, 8)) * 64) / 64
    y = np.round((50 + 6 * x[:, 0] - 4 * x[:, 1] * x[:, 2] + rng.normal(0, 4, 400)) * 16) / 16
    for text, options in (("forest:trees=50:max_features=all", {"max_features": 1.0}),
                          ("forest:trees=50:max_features=0.5:min_leaf=5", {"max_features": 0.5, "min_samples_leaf": 5}),
                          ("forest:trees=50:max_features=2:max_depth=4", {"max_features": 2, "max_depth": 4})):
        scores, out_of_bag, importances = [], [], []
        for seed in range(30):
            model = RandomForestRegressor(50, random_state=seed, oob_score=True, n_jobs=2, **options)
            model.fit(x[:300], y[:300])
            scores.append(r2_score(y[300:], model.predict(x[300:])))
            out_of_bag.append(model.oob_score_)
            importances.append(model.feature_importances_)
        yield {"learner": text, "x": x.tolist(), "y": y.tolist(), "train_rows": 300, "mean_r2": float(np.mean(scores)),
               "mean_oob_r2": float(np.mean(out_of_bag)), "importance": rounded(np.mean(importances, axis=0))}


def forest_of_classes(rng):
    x = np.round(rng.normal(size=(240, 8)) * 64) / 64
    labels = np.digitize(x[:, 0] + 0.5 * x[:, 1] + rng.normal(0, 0.5, 240), [-0.5, 0.5])
    models = [RandomForestClassifier(50, random_state=seed, oob_score=True).fit(x, labels) for seed in range(30)]
    return {"x": x.tolist(), "labels": labels.tolist(),
            "oob_accuracy": float(np.mean([model.oob_score_ for model in models])),
            "importance": rounded(np.mean([model.feature_importances_ for model in models], axis=0))}


def main():
    rng = np.random.default_rng(20261123)
    sets = []
    for columns in (6, 90):  # fewer columns than rows, and more
        x, y = draw(rng, columns)
        sets.append({"x": x.tolist(), "y": y.tolist(), "train_rows": TRAIN, "cases": list(cases(x, y))})
    forests = list(forest_cases(rng))
    for other in forests[1:]:  # the same rows
        del other["x"], other["y"]
    print(json.dumps({"sklearn": sklearn.__version__, "sets": sets, "forests": forests,
                      "forest_of_classes": forest_of_classes(rng)}))


if __name__ == "__main__":
    main()
