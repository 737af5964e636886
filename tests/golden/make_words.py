#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Writes words.json: k-means and mixtures of drawn vectors by scikit-learn, and what NumPy makes of a bag of
local vectors with a given vocabulary.

Made with Debian 12's python3-sklearn 1.2.1:  tests/golden/make_words.py > tests/golden/words.json
"""
import json

import numpy as np
import sklearn
from scipy.stats import norm
from sklearn.cluster import MiniBatchKMeans
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.mixture import GaussianMixture

WORDS, BYTES = 5, 4


def numbers(array):
    return np.asarray(array, dtype=float).tolist()


def draw_clusters(rng, rows, centres, spread):
    means = rng.normal(0, 2, (centres, 3))
    return np.round((means[rng.integers(0, centres, rows)] + rng.normal(0, spread, (rows, 3))) * 64) / 64


def kmeans_case(rng, clusters, words):
    x = draw_clusters(rng, 500, clusters, 0.5)
    found = [MiniBatchKMeans(words, batch_size=1024, n_init=1, random_state=s).fit(x).inertia_ for s in range(20)]
    return {"words": words, "x": numbers(x), "inertia": float(np.mean(found)), "worst": float(np.max(found))}


def mixture_case(rng, clusters, count):
    x = draw_clusters(rng, 500, clusters, [0.3, 0.6, 1.0])
    model = GaussianMixture(count, covariance_type="diag", n_init=5, random_state=0).fit(x)
    return {"count": count, "x": numbers(x), "log_likelihood": float(model.score(x))}


def unit(v):
    length = np.linalg.norm(v)
    return v / length if length > 0 else v


def prepare(vectors, root):
    vectors = vectors.astype(float)
    if root:
        return np.sqrt(vectors / np.maximum(vectors.sum(1, keepdims=True), 1e-12))
    return np.array([unit(v) for v in vectors])


def shares_of(x, v):
    """Rows sum to 1: how much each distribution is to blame for each vector."""
    density = np.stack([w * norm.pdf(x, m, np.sqrt(s)).prod(1)
                        for w, m, s in zip(v["weights"], v["means"], v["variances"])], 1)
    return density / density.sum(1, keepdims=True)


def pool(x, all_count, encoding, v):
    """One region's values, word by word."""
    squared = ((x[:, None] - v["means"][None]) ** 2).sum(2)
    one = np.eye(WORDS)[squared.argmin(1)]
    if encoding == "hard":
        return one.sum(0) / all_count
    if encoding == "soft":
        order = squared.argsort(1)[:, :v["nearest"]]
        weights = np.zeros_like(squared)
        for i, words in enumerate(order):
            weights[i, words] = np.exp(-squared[i, words] / v["softness"])
        return (weights / weights.sum(1, keepdims=True)).sum(0) / all_count
    if encoding == "vlad":
        return (one[:, :, None] * (x[:, None] - v["means"][None])).sum(0).ravel() / all_count
    g = shares_of(x, v)
    away = (x[:, None] - v["means"][None]) / np.sqrt(v["variances"])[None]
    first = (g[:, :, None] * away).sum(0) / all_count / np.sqrt(v["weights"])[:, None]
    second = (g[:, :, None] * (away**2 - 1)).sum(0) / all_count / np.sqrt(2 * v["weights"])[:, None]
    return np.concatenate([first, second], 1).ravel()


def encode(places, x, v, encoding, levels, power, norm_name):
    parts = []
    for level in range(levels):
        side = 2**level
        column = np.minimum((places[:, 0] * side).astype(int), side - 1)
        row = np.minimum((places[:, 1] * side).astype(int), side - 1)
        for cell in range(side * side):
            inside = row * side + column == cell
            parts.append(pool(x[inside], len(x), encoding, v) if inside.any()
                         else np.zeros(len(pool(x, len(x), encoding, v))))
    out = np.concatenate(parts)
    if "idf" in v:
        out = out * np.tile(v["idf"], len(out) // WORDS)
    out = np.sign(out) * np.abs(out) ** power
    if norm_name == "l1":
        return out / np.abs(out).sum()
    if norm_name == "none":
        return out
    if norm_name == "intra":
        width = len(parts[0]) // WORDS
        out = np.concatenate([unit(w) for w in out.reshape(-1, width)])
    return unit(out)


def encoding_case(rng, encoding, levels=1, power=0.5, norm_name="l2", root=True, reduce=0, place=0.0, idf=False):
    vectors = rng.integers(0, 256, (9, BYTES))
    places = np.round(rng.random((9, 2)) * 64) / 64
    x = prepare(vectors, root)
    v = {"nearest": 3, "softness": 0.125}
    case = {"encoding": encoding, "levels": levels, "power": power, "norm": norm_name, "root": root,
            "reduce": reduce, "place": place, "tfidf": idf, "nearest": 3, "softness": 0.125,
            "vectors": vectors.tolist(), "places": numbers(places)}
    if reduce:
        mean = np.float32(x.mean(0))
        axes = np.float32(np.linalg.svd(x - x.mean(0))[2][:reduce])
        case.update(mean=numbers(mean), axes=numbers(axes))
        x = (x - mean) @ axes.T
    if place:
        x = np.concatenate([x, place * (places - 0.5)], 1)
    v["means"] = np.float32(x[:WORDS] + rng.normal(0, 0.05, (WORDS, x.shape[1])))
    case["means"] = numbers(v["means"])
    if encoding == "fisher":
        v["weights"] = np.float32(rng.dirichlet(np.full(WORDS, 4.0)))
        v["variances"] = np.float32(rng.uniform(0.02, 0.1, v["means"].shape))
        case.update(weights=numbers(v["weights"]), variances=numbers(v["variances"]))
    if idf:
        counts = rng.integers(0, 2, (11, WORDS))
        v["idf"] = TfidfTransformer().fit(counts).idf_
        case["idf"] = numbers(v["idf"])
    case["expected"] = numbers(encode(places, x, v, encoding, levels, power, norm_name))
    return case


def main():
    rng = np.random.default_rng(44)
    golden = {
        "made_by": f"scikit-learn {sklearn.__version__}, NumPy {np.__version__}",
        "kmeans": [kmeans_case(rng, 8, 8), kmeans_case(rng, 12, 30)],
        "mixtures": [mixture_case(rng, 3, 3), mixture_case(rng, 6, 6)],
        "encodings": [encoding_case(rng, "hard"), encoding_case(rng, "hard", 3, 1.0, "l1", idf=True),
                      encoding_case(rng, "soft", 2, 1.0, "none"), encoding_case(rng, "vlad"),
                      encoding_case(rng, "vlad", 2, 1.0, "intra", root=False),
                      encoding_case(rng, "vlad", 1, 0.5, "l2", reduce=2), encoding_case(rng, "fisher"),
                      encoding_case(rng, "fisher", 2, 1.0, "none", place=0.5),
                      encoding_case(rng, "fisher", 1, 0.5, "l2", reduce=3, place=1.0)],
    }
    print(json.dumps(golden, separators=(",", ":")))


if __name__ == "__main__":
    main()
