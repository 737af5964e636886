#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Covers per second of sleeve and of the original's Python, HOG + HSV + LBP, in the same run.

    speed_extract.py --sleeve build/…/sleeve_describe [--covers-640 FOLDER] [--covers-300 FOLDER]
                     [--limit N] [--repeats N] [--memory] [--json]

Where no folder is given, covers are drawn. The Python peer works cover after cover, as its author ran it;
sleeve on one and on two threads, writing its matrix files. Each side's best of the repeats counts;
they take turns, so that a busy machine hits both. Exits with 1 if a ratio is below its target.
--memory also compares peak memory at 500 and 5,000 covers.
"""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

import cv2
import numpy as np

import extract_peer as peer

FEATURES = "hog+hsv+lbp"
TARGETS = {(640, 1): 12, (640, 2): 20, (300, 1): 8, (300, 2): 14}
MEMORY_GROWTH = 1.15  # allowed from 500 to 5,000 covers


def draw(folder, count, side, seed=0):
    """Smooth shapes with grain, as JPEG."""
    random = np.random.default_rng(seed)
    for i in range(count):
        small = random.integers(0, 256, (side // 20, side // 20, 3), np.uint8)
        cover = cv2.resize(small, (side, side), interpolation=cv2.INTER_CUBIC).astype(float)
        cover += random.normal(0, 6, cover.shape)
        cv2.imwrite(str(folder / f"{i:05}.jpg"), np.clip(cover, 0, 255).astype(np.uint8))


def run_peer(folder, limit):
    command = [sys.executable, str(pathlib.Path(peer.__file__)), "--limit", str(limit), str(folder)]
    count, seconds = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return int(count) / float(seconds)


def run_sleeve(binary, names, threads):
    """Covers per second and peak kB of an extraction into an empty folder."""
    with tempfile.TemporaryDirectory() as out:
        command = [binary, "--extract", FEATURES, out, str(threads), "-"]
        done = subprocess.run(command, input="\n".join(map(str, names)) + "\n", check=True, capture_output=True,
                              text=True)
    count, seconds, peak = done.stdout.split()
    if int(count) == 0 or done.stderr:
        sys.exit(f"sleeve failed: {done.stderr}")
    return int(count) / float(seconds), int(peak)


def compare(binary, folder, side, limit, repeats):
    names = peer.pictures_in(folder)
    best = {"peer": 0.0, 1: 0.0, 2: 0.0}
    for _ in range(repeats):
        best["peer"] = max(best["peer"], run_peer(folder, limit))
        for threads in (1, 2):
            best[threads] = max(best[threads], run_sleeve(binary, names, threads)[0])
    return [{"side": side, "threads": threads, "peer": best["peer"], "sleeve": best[threads],
             "ratio": best[threads] / best["peer"], "target": TARGETS[side, threads]} for threads in (1, 2)]


def compare_memory(binary):
    with tempfile.TemporaryDirectory() as folder:
        draw(pathlib.Path(folder), 5000, 160)
        names = peer.pictures_in(folder)
        return {"kb_500": run_sleeve(binary, names[:500], 2)[1], "kb_5000": run_sleeve(binary, names, 2)[1]}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--sleeve", required=True, help="the program sleeve_describe")
    parser.add_argument("--covers-640", help="a folder of covers of 640 px")
    parser.add_argument("--covers-300", help="a folder of covers of 300 px")
    parser.add_argument("--limit", type=int, default=30, help="covers that the peer takes (30)")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--memory", action="store_true")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as drawn:
        for side, folder in ((640, arguments.covers_640), (300, arguments.covers_300)):
            if folder is None:
                folder = pathlib.Path(drawn) / str(side)
                folder.mkdir()
                draw(folder, 150, side)
            rows += compare(arguments.sleeve, folder, side, arguments.limit, arguments.repeats)
    memory = compare_memory(arguments.sleeve) if arguments.memory else None
    ok = all(row["ratio"] >= row["target"] for row in rows)
    if memory:
        ok = ok and memory["kb_5000"] <= MEMORY_GROWTH * memory["kb_500"]
    if arguments.json:
        print(json.dumps({"extract": rows, "memory": memory, "ok": ok}))
    else:
        print(f"extraction of {FEATURES}, covers per second")
        print("  side  threads    Python    sleeve   ratio  target")
        for row in rows:
            print(f"  {row['side']:4}  {row['threads']:7}  {row['peer']:8.1f}  {row['sleeve']:8.1f}  "
                  f"{row['ratio']:6.1f}  {row['target']:6}")
        if memory:
            print(f"peak memory: {memory['kb_500'] / 1024:.1f} MB at 500 covers, "
                  f"{memory['kb_5000'] / 1024:.1f} MB at 5,000")
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
