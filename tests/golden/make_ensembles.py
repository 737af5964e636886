#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Writes ensembles.json: calibration, kernel approximation and linear SVMs as scikit-learn does them.

Made with Debian 12's python3-sklearn 1.2.1:  tests/golden/make_ensembles.py > tests/golden/ensembles.json
"""
import json
import warnings

import numpy as np
import sklearn
from sklearn.calibration import _fit_calibrator, _SigmoidCalibration
from sklearn.isotonic import IsotonicRegression
from sklearn.kernel_approximation import Nystroem
from sklearn.svm import LinearSVC


def short(array):
    """Numbers that are exact in float32 and short in text."""
    return np.round(np.asarray(array) * 64) / 64


def numbers(array):
    return np.asarray(array, dtype=float).tolist()


def draw_answers(rng, rows, classes):
    """Probabilities that are too sure of a class that is wrong every third time; some of them equal."""
    truth = rng.integers(0, classes, rows)
    guess = np.where(rng.random(rows) < 0.35, rng.integers(0, classes, rows), truth)
    scores = rng.normal(0, 1, (rows, classes))
    scores[np.arange(rows), guess] += 3
    p = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    # In steps of 1/64 that sum to 1, so that floats hold them exactly.
    p = np.maximum(1, np.round(p * 64)) / 64
    p[np.arange(rows), p.argmax(axis=1)] += 1 - p.sum(axis=1)
    return p, truth


def curve_case(rng, rows):
    scores = short(rng.normal(0, 1, rows))
    truth = (rng.random(rows) < 1 / (1 + np.exp(-2 * scores))).astype(int)
    test = short(np.concatenate([rng.normal(0, 1.5, 12), scores[:4]]))
    sigmoid = _SigmoidCalibration().fit(scores, truth)
    rising = IsotonicRegression(out_of_bounds="clip").fit(scores, truth)
    return {"scores": numbers(scores), "truth": truth.tolist(), "test": numbers(test),
            "sigmoid": numbers(sigmoid.predict(test)), "isotonic": numbers(rising.predict(test))}


class Answered:
    """A classifier whose answers are its input."""

    def __init__(self, classes):
        self.classes_ = np.arange(classes)

    def predict_proba(self, X):  # scikit-learn names it
        return X


class Scored(Answered):
    """The same for methods that want scores: here the log odds."""

    def decision_function(self, X):
        odds = np.log((X * (1 - 1e-6) + 5e-7) / ((1 - X) * (1 - 1e-6) + 5e-7))
        return odds[:, 1] if len(self.classes_) == 2 else odds


def calibrated(method, p, truth, test):
    classes = p.shape[1]
    model = (Scored if method == "sigmoid" else Answered)(classes)
    predictions = model.decision_function(p) if method == "sigmoid" else p[:, 1] if classes == 2 else p
    if predictions.ndim == 1:
        predictions = predictions[:, None]
    if method == "sigmoid":
        return _fit_calibrator(model, predictions, truth, model.classes_, method).predict_proba(test)
    # sleeve keeps its curves from 0 and 1.
    columns = []
    for k in range(predictions.shape[1]):
        of_class = truth == (1 if classes == 2 else k)
        curve = IsotonicRegression(out_of_bounds="clip").fit(predictions[:, k], of_class)
        least = 1 / (len(truth) + 2)
        columns.append(np.clip(curve.predict(test[:, 1] if classes == 2 else test[:, k]), least, 1 - least))
    if classes == 2:
        return np.stack([1 - columns[0], columns[0]], axis=1)
    shares = np.stack(columns, axis=1)
    return shares / shares.sum(axis=1, keepdims=True)


def whole_case(rng, classes):
    p, truth = draw_answers(rng, 120, classes)
    test, _ = draw_answers(rng, 10, classes)
    return {"classes": classes, "outputs": numbers(p), "labels": truth.tolist(), "test": numbers(test),
            "platt": numbers(calibrated("sigmoid", p, truth, test)),
            "isotonic": numbers(calibrated("isotonic", p, truth, test))}


def nystroem_case(rng, kernel, gamma, **more):
    """With every training row a landmark; what counts are the products, the axes are free."""
    train, test = short(np.abs(rng.normal(0, 1, (30, 4)))), short(np.abs(rng.normal(0, 1, (9, 4))))
    model = Nystroem(kernel=kernel, gamma=gamma, n_components=30, random_state=1, **more).fit(train)
    made = model.transform(test)
    text = "nystroem:components=30:kernel=" + {"polynomial": "poly", "chi2": "chi2"}.get(kernel, kernel)
    text += f":gamma={gamma}" + "".join(f":{key}={value}" for key, value in more.items())
    return {"transform": text, "train": numbers(train), "test": numbers(test), "products": numbers(made @ made.T)}


def linear_case(rng, classes, c, balanced):
    y = rng.choice(classes, 60, p=[0.6, 0.4] if classes == 2 else [0.5, 0.3, 0.2])
    x = short(rng.normal(0, 1, (60, 5)) + 0.7 * y[:, None] * [1, 0, -1, 0, 0.5])
    test = short(rng.normal(0.5, 1, (15, 5)))
    model = LinearSVC(C=c, dual=False, tol=1e-10, max_iter=100000, class_weight="balanced" if balanced else None)
    decisions = model.fit(x, y).decision_function(test)
    return {"c": c, "balanced": balanced, "x": numbers(x), "labels": y.tolist(), "classes": classes,
            "test": numbers(test), "decisions": numbers(decisions.reshape(len(test), -1))}


def main():
    warnings.simplefilter("error")
    rng = np.random.default_rng(34)
    golden = {
        "made_by": f"scikit-learn {sklearn.__version__}",
        "curves": [curve_case(rng, 40), curve_case(rng, 200)],
        "calibrated": [whole_case(rng, 2), whole_case(rng, 3)],
        "nystroem": [nystroem_case(rng, "rbf", 0.25), nystroem_case(rng, "chi2", 0.5),
                     nystroem_case(rng, "polynomial", 0.5, degree=2, coef0=1)],
        "linear_svm": [linear_case(rng, 2, 1.0, False), linear_case(rng, 2, 0.05, True),
                       linear_case(rng, 3, 1.0, False), linear_case(rng, 3, 10.0, True)],
    }
    print(json.dumps(golden, separators=(",", ":")))


if __name__ == "__main__":
    main()
