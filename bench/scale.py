#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Training on 100,000 drawn rows x 1,088: time and peak memory of the forest and of the Nyström way; the exact SVM, whose
kernel values would not fit, must refuse before it allocates them, and say how many rows would fit and what to do instead.

    bench/scale.py --bench BUILD/bin/scale_bench [--rows 100000] [--trees 100]

Exits with 1 if the forest or the Nyström way takes more than 4 GiB or learns nothing, or the refusal is not as it should be.
"""
import argparse
import json
import subprocess
import sys

GIB = 1 << 30
LIMIT = 4 * GIB
CHANCE = 0.2


def run(bench, rows, threads, pipeline):
    done = subprocess.run([bench, str(rows), str(threads), pipeline], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{bench} {pipeline}: {done.stderr.strip()}")
    return json.loads(done.stdout)


def train(args, pipeline):
    result = run(args.bench, args.rows, args.threads, pipeline)
    if "refused" in result:
        print(f"{pipeline}: refused: {result['refused']}")
        return False
    met = result["peak_bytes"] <= LIMIT and result["accuracy"] > CHANCE + 0.1
    print(f"{result['pipeline']}, {args.rows:,} rows, {args.threads} threads: {result['fit_seconds']:.1f} s, "
          f"2,000 rows predicted in {result['predict_seconds']:.2f} s, peak {result['peak_bytes'] / GIB:.2f} GiB "
          f"(the data {result['data_bytes'] / GIB:.2f}), accuracy {result['accuracy']:.3f} (chance {CHANCE})"
          f"{'' if met else '  MISSED'}", flush=True)
    return met


def refuse(args):
    result = run(args.bench, args.rows, args.threads, "svm")
    why = result.get("refused", "")
    grown = result["peak_bytes"] - result["data_bytes"]
    met = "rows would" in why and "nystroem" in why and grown < 0.1 * GIB
    print(f"svm, {args.rows:,} rows: {'refused: ' + why if why else 'NOT REFUSED'} ({grown / 2**20:.0f} MiB more than the "
          f"data were taken){'' if met else '  MISSED'}", flush=True)
    return met


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bench", required=True, help="the scale_bench program")
    parser.add_argument("--rows", type=int, default=100000)
    parser.add_argument("--trees", type=int, default=100)
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    met = [refuse(args), train(args, f"forest:trees={args.trees}"), train(args, "nystroem:components=1000 > linear_svm")]
    sys.exit(0 if all(met) else 1)


if __name__ == "__main__":
    main()
