#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes probability_metrics.json, regression_metrics.json and significance.json with scikit-learn
1.2.1 and scipy 1.10.1: what src/eval is held against. Run it with Debian's python3."""
import itertools
import json
import pathlib
import warnings

import numpy as np
import scipy
import sklearn
from scipy import stats
from sklearn import calibration, metrics

HERE = pathlib.Path(__file__).parent
warnings.filterwarnings("ignore")


# Probabilities. They are floats in sleeve: scikit-learn gets the same floats, but counts in double.

def top_k(truth, p, k):
    if k >= p.shape[1]:
        return 1.0
    # Among equals scikit-learn prefers the higher class, sleeve the lower: turn them round. It also has
    # a rule of its own for two classes; there top 1 is the accuracy.
    if p.shape[1] == 2:
        return float(np.mean(np.argmax(p, axis=1) == truth))
    last = p.shape[1] - 1
    return metrics.top_k_accuracy_score(last - truth, p[:, ::-1], k=k, labels=range(p.shape[1]))


def one_vs_rest(score, truth, p, average):
    """scikit-learn's own mean where it has one; else the mean over the classes that it can score."""
    rows = np.bincount(truth, minlength=p.shape[1])
    usable = [c for c in range(p.shape[1])
              if rows[c] > 0 and (score is metrics.average_precision_score or rows[c] < len(truth))]
    if not usable:
        return None
    if len(usable) == p.shape[1] > 2:
        wanted = np.eye(p.shape[1], dtype=int)[truth]
        return score(wanted, p, average=average)
    values = [score(truth == c, p[:, c]) for c in usable]
    return float(np.average(values, weights=rows[usable] if average == "weighted" else None))


def one_vs_one(truth, p, average):
    if len(np.unique(truth)) < 2:
        return None
    if p.shape[1] > 2:
        return metrics.roc_auc_score(truth, p, multi_class="ovo", average=average,
                                     labels=range(p.shape[1]))
    return (metrics.roc_auc_score(truth == 1, p[:, 1]) + metrics.roc_auc_score(truth == 0, p[:, 0])) / 2


def probability_case(name, truth, p):
    truth = np.asarray(truth)
    p = np.asarray(p, np.float32).astype(float)
    classes = p.shape[1]
    confidence, hit = p.max(axis=1), p.argmax(axis=1) == truth
    curve = []
    for bins in (5, 10):
        accuracy, mean = calibration.calibration_curve(hit, confidence, n_bins=bins)
        edges = np.linspace(0, 1, bins + 1)[1:-1]
        rows = np.bincount(np.searchsorted(edges, confidence), minlength=bins)
        rows = rows[rows > 0]
        curve.append({"bins": bins, "rows": rows.tolist(), "accuracy": accuracy.tolist(),
                      "confidence": mean.tolist(),
                      "error": float(np.sum(rows * np.abs(accuracy - mean)) / len(truth))})
    brier = float(np.mean(np.sum((p - np.eye(classes)[truth]) ** 2, axis=1)))
    if classes == 2:
        assert abs(brier - 2 * metrics.brier_score_loss(truth, p[:, 1], pos_label=1)) < 1e-6
    ap = metrics.average_precision_score
    roc = metrics.roc_auc_score
    return {
        "name": name, "classes": classes, "truth": truth.tolist(), "p": p.ravel().tolist(),
        "log_loss": metrics.log_loss(truth, p, labels=range(classes), eps=float(np.finfo(np.float32).eps)),
        "brier": brier,
        "top_k": [top_k(truth, p, k) for k in range(1, classes + 1)],
        "curves": curve,
        "ovr": {a: one_vs_rest(roc, truth, p, a) for a in ("macro", "weighted")},
        "ovo": {a: one_vs_one(truth, p, a) for a in ("macro", "weighted")},
        "ap": {a: one_vs_rest(ap, truth, p, a) for a in ("macro", "weighted")},
    }


def random_probabilities(rng, truth, classes, skill):
    logits = rng.normal(size=(len(truth), classes)) + skill * np.eye(classes)[truth]
    p = np.exp(logits)
    return p / p.sum(axis=1, keepdims=True)


def coarse(p, steps):
    """Probabilities with many ties; the sum stays 1."""
    p = np.floor(p * steps) / steps
    p[:, -1] += 1 - p.sum(axis=1)
    return p


def probability_cases():
    rng = np.random.default_rng(31)
    cases = []
    for rows, classes, skill in ((50, 2, 0.8), (60, 3, 1.5), (70, 5, 0.0), (40, 4, 6.0)):
        truth = rng.integers(0, classes, rows)
        p = random_probabilities(rng, truth, classes, skill)
        cases.append(probability_case(f"random {rows} rows {classes} classes", truth, p))
    truth = rng.choice(3, 60, p=(0.6, 0.3, 0.1))
    p = random_probabilities(rng, truth, 3, 1.0)
    cases.append(probability_case("ties", truth, coarse(p, 8)))
    truth2 = rng.integers(0, 2, 30)
    cases.append(probability_case("ties of two classes", truth2,
                                  coarse(random_probabilities(rng, truth2, 2, 1.0), 4)))
    absent = np.where(truth == 2, 3, truth)
    cases.append(probability_case("class absent in truth", absent, random_probabilities(rng, absent, 4, 1.0)))
    cases.append(probability_case("constant predictor", truth, np.tile([0.625, 0.25, 0.125], (60, 1))))
    cases.append(probability_case("certain, and sometimes wrong", truth, np.eye(3)[np.where(
        rng.random(60) < 0.8, truth, 0)]))
    cases.append(probability_case("perfect", [0, 1, 2, 2], np.eye(3)[[0, 1, 2, 2]]))
    cases.append(probability_case("one class in the truth", [1, 1, 1, 1],
                                  random_probabilities(rng, np.ones(4, int), 3, 1.0)))
    cases.append(probability_case("one row", [1], [[0.75, 0.25]]))
    return cases


# Numbers.

def or_none(value):
    return None if np.isnan(value) else float(value)


def regression_case(name, truth, predicted):
    truth, predicted = np.asarray(truth, float), np.asarray(predicted, float)
    ranks = len(truth) > 1
    return {
        "name": name, "truth": truth.tolist(), "predicted": predicted.tolist(),
        "mae": metrics.mean_absolute_error(truth, predicted),
        "rmse": metrics.mean_squared_error(truth, predicted, squared=False),
        "r_squared": or_none(metrics.r2_score(truth, predicted)),
        "spearman": or_none(stats.spearmanr(truth, predicted)[0]) if ranks else None,
        "kendall_tau": or_none(stats.kendalltau(truth, predicted, variant="b")[0]) if ranks else None,
    }


def regression_cases():
    rng = np.random.default_rng(41)
    cases = []
    for rows, noise in ((50, 0.1), (60, 1.0), (2, 1.0), (3, 1.0)):
        truth = rng.normal(size=rows).round(6)
        cases.append(regression_case(f"random {rows} rows", truth,
                                     (truth + noise * rng.normal(size=rows)).round(6)))
    truth = rng.integers(0, 101, 80)
    coarse_guess = np.clip(truth + rng.integers(-40, 41, 80), 0, 100) // 20 * 20
    cases += [
        regression_case("unrelated", truth, rng.integers(0, 101, 80)),
        regression_case("ties in the predictions", truth, coarse_guess),
        regression_case("ties on both sides", truth // 25, coarse_guess),
        regression_case("two values", truth > 50, coarse_guess > 40),
        regression_case("constant predictor", truth, np.full(80, 50)),
        regression_case("constant truth", [5, 5, 5], [1, 2, 5]),
        regression_case("constant truth, hit", [5, 5, 5], [5, 5, 5]),
        regression_case("perfect", [1, 4, 2, 2], [1, 4, 2, 2]),
        regression_case("one row", [3], [4]),
    ]
    return cases


# Tests.

def tail_cases():
    return {
        "t": [{"t": t, "freedom": f, "p": float(2 * stats.t.sf(t, f))}
              for f in (1, 2, 3, 9, 10, 49, 99, 1000) for t in (0.0, 1e-3, 0.3, 1.0, 2.26, 5.0, 30.0)],
        "chi_squared": [{"x": x, "p": float(stats.chi2.sf(x, 1))}
                        for x in (0.0, 1e-6, 0.5, 3.84, 20.0, 400.0)],
        "sign": [{"fewer": k, "tosses": n, "p": float(stats.binomtest(k, n, 0.5).pvalue)}
                 for k, n in ((0, 1), (0, 5), (1, 2), (2, 5), (3, 7), (9, 30), (15, 30), (40, 100),
                              (450, 1000), (900, 2000), (0, 1500), (49000, 100000))],
    }


def mcnemar_case(first, second):
    # statsmodels.stats.contingency_tables.mcnemar, exact=True and exact=False with correction.
    statistic = (abs(first - second) - 1) ** 2 / (first + second)
    return {"only_first": first, "only_second": second, "chi_squared": statistic,
            "p_chi_squared": float(stats.chi2.sf(statistic, 1)),
            "p_exact": min(1.0, 2 * float(stats.binom.cdf(min(first, second), first + second, 0.5)))}


def resampled_t_case(rng, folds, repeats, shift):
    """The function of scikit-learn's example "Statistical comparison of models using grid search"."""
    differences = (rng.normal(shift, 0.03, folds * repeats)).round(6)
    n, train, test = len(differences), 1000 * (folds - 1) / folds, 1000 / folds
    corrected = np.sqrt(np.var(differences, ddof=1) * (1 / n + test / train))
    t = np.mean(differences) / corrected
    return {"differences": differences.tolist(), "train": train, "test": test,
            "mean": float(differences.mean()), "t": float(t), "p": float(2 * stats.t.sf(abs(t), n - 1))}


SCORES = {
    "accuracy": metrics.accuracy_score,
    "balanced_accuracy": metrics.balanced_accuracy_score,
    "macro_f1": lambda t, p: metrics.f1_score(t, p, average="macro", zero_division=0),
    "mcc": metrics.matthews_corrcoef,
}


def paired_case(rng, groups, classes, skills):
    sizes = rng.integers(1, 5, groups)
    group_of = rng.permutation(np.repeat(np.arange(groups), sizes))
    truth = rng.integers(0, classes, len(group_of))
    first, second = (np.where(rng.random(groups)[group_of] < skill, truth,
                              rng.integers(0, classes, len(truth)))
                     for skill in skills)
    case = {"classes": classes, "truth": truth.tolist(), "first": first.tolist(), "second": second.tolist(),
            "groups": group_of.tolist(), "scores": {}}
    for name, score in SCORES.items():
        differences = []
        for way in itertools.product((False, True), repeat=groups):
            swap = np.array(way)[group_of]
            differences.append(score(truth, np.where(swap, second, first))
                               - score(truth, np.where(swap, first, second)))
        p = float(np.mean(np.abs(differences) >= abs(differences[0]) - 1e-12))
        case["scores"][name] = {"difference": float(differences[0]), "p": p}
    # For the accuracy, scipy's own test on the groups' hits must say the same.
    hits = [np.bincount(group_of, weights=guess == truth) for guess in (first, second)]
    own = stats.permutation_test(hits, lambda a, b, axis: np.sum(a - b, axis=axis), vectorized=True,
                                 permutation_type="samples", n_resamples=np.inf)
    assert abs(own.pvalue - case["scores"]["accuracy"]["p"]) < 1e-12
    return case


def significance_cases():
    rng = np.random.default_rng(51)
    return {
        "tails": tail_cases(),
        "mcnemar": [mcnemar_case(*pair) for pair in ((1, 0), (5, 0), (3, 7), (30, 12), (121, 59), (59, 121))],
        "resampled_t": [resampled_t_case(rng, *args)
                        for args in ((10, 1, 0.0), (10, 10, 0.02), (5, 3, -0.03), (2, 1, 0.1))],
        "paired": [paired_case(rng, *args)
                   for args in ((8, 2, (0.8, 0.3)), (8, 3, (0.5, 0.5)), (7, 4, (0.9, 0.1)))],
    }


def write(name, cases):
    data = {"made_with": f"scikit-learn {sklearn.__version__}, scipy {scipy.__version__}", "cases": cases}
    (HERE / name).write_text(json.dumps(data, separators=(",", ":")) + "\n")


write("probability_metrics.json", probability_cases())
write("regression_metrics.json", regression_cases())
write("significance.json", significance_cases())
