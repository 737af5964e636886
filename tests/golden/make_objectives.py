#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Scores of drawn label sets by scikit-learn, for src/eval/objective_test.cc. Writes objectives.json beside it."""
import json
import pathlib

import numpy
from sklearn.metrics import average_precision_score, f1_score, roc_auc_score

rng = numpy.random.default_rng(5)
sets = []
for rows, labels in ((40, 3), (7, 2), (200, 5)):
    truth = (rng.random((rows, labels)) < 0.3).astype(int)
    truth[0], truth[1] = 1, 0
    outputs = numpy.round(numpy.clip(0.3 * truth + rng.random((rows, labels)) * 0.7, 0, 1), 2).astype(numpy.float32)
    clipped = numpy.clip(numpy.where(truth == 1, outputs.astype(float), 1 - outputs.astype(float)), 1e-7, 1)
    sets.append({
        "truth": truth.tolist(), "outputs": outputs.astype(float).tolist(),
        "macro_roc_auc": roc_auc_score(truth, outputs, average="macro"),
        "macro_average_precision": average_precision_score(truth, outputs, average="macro"),
        "micro_roc_auc": roc_auc_score(truth, outputs, average="micro"),
        "label_f1": f1_score(truth, outputs >= 0.5, average="macro", zero_division=0),
        "label_log_loss": float(-numpy.log(clipped).mean()),
    })
target = pathlib.Path(__file__).with_name("objectives.json")
target.write_text(json.dumps(sets) + "\n")
