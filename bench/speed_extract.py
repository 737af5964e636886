#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Covers per second of sleeve and of the original's Python, HOG + HSV + LBP, in the same run.

    speed_extract.py --sleeve build/…/sleeve_describe [--covers-640 FOLDER] [--covers-300 FOLDER]
                     [--faces] [--limit N] [--repeats N] [--memory] [--json]

Where no folder is given, covers are drawn. With --faces both find faces, too: the peer with its Haar cascade, sleeve
with YuNet at a quarter of the pixels that it takes by default, which has to be installed (`sleeve models pull`). The
Python peer works cover after cover, as its author ran it; sleeve on one and on two threads, writing its matrix files.
Each side's best of the repeats counts; they take turns, so that a busy machine hits both. Exits with 1 if a ratio is
below its target.
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
WITH_FACES = FEATURES + "+faces_yunet:side=160"
TARGETS_WITH_FACES = {(640, 2): 40, (300, 2): 25}
MEMORY_GROWTH = 1.15  # allowed from 500 to 5,000 covers


def draw(folder, count, side, seed=0):
    """Smooth shapes with grain, as JPEG."""
    random = np.random.default_rng(seed)
    for i in range(count):
        small = random.integers(0, 256, (side // 20, side // 20, 3), np.uint8)
        cover = cv2.resize(small, (side, side), interpolation=cv2.INTER_CUBIC).astype(float)
        cover += random.normal(0, 6, cover.shape)
        cv2.imwrite(str(folder / f"{i:05}.jpg"), np.clip(cover, 0, 255).astype(np.uint8))


def run_peer(folder, limit, faces):
    command = [sys.executable, str(pathlib.Path(peer.__file__)), "--limit", str(limit), str(folder)]
    command += ["--faces"] if faces else []
    count, seconds = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return int(count) / float(seconds)


def given_or_drawn(folder, drawn, side, count):
    """The folder, or one in `drawn` with so many covers."""
    if folder is not None:
        return folder
    folder = pathlib.Path(drawn) / str(side)
    folder.mkdir()
    draw(folder, count, side)
    return folder


def run_sleeve(binary, names, threads, features=FEATURES):
    """Covers per second and peak kB of an extraction into an empty folder."""
    with tempfile.TemporaryDirectory() as out:
        command = [binary, "--extract", features, out, str(threads), "-"]
        done = subprocess.run(command, input="\n".join(map(str, names)) + "\n", capture_output=True, text=True)
    if done.returncode != 0 or done.stderr:
        sys.exit(f"sleeve failed: {done.stderr}")
    count, seconds, peak = done.stdout.split()
    if int(count) == 0:
        sys.exit("sleeve described no cover")
    return int(count) / float(seconds), int(peak)


def compare(folder, side, arguments):
    names = peer.pictures_in(folder)
    features, targets = (WITH_FACES, TARGETS_WITH_FACES) if arguments.faces else (FEATURES, TARGETS)
    judged = [threads for threads in (1, 2) if (side, threads) in targets]
    best = {"peer": 0.0, 1: 0.0, 2: 0.0}
    for _ in range(arguments.repeats):
        best["peer"] = max(best["peer"], run_peer(folder, arguments.limit, arguments.faces))
        for threads in judged:
            best[threads] = max(best[threads], run_sleeve(arguments.sleeve, names, threads, features)[0])
    return [{"side": side, "threads": threads, "peer": best["peer"], "sleeve": best[threads],
             "ratio": best[threads] / best["peer"], "target": targets[side, threads]} for threads in judged]


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
    parser.add_argument("--faces", action="store_true", help="find faces, too")
    parser.add_argument("--limit", type=int, default=30, help="covers that the peer takes (30)")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--memory", action="store_true")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as drawn:
        for side, folder in ((640, arguments.covers_640), (300, arguments.covers_300)):
            folder = given_or_drawn(folder, drawn, side, 150)
            rows += compare(folder, side, arguments)
    memory = compare_memory(arguments.sleeve) if arguments.memory else None
    ok = all(row["ratio"] >= row["target"] for row in rows)
    if memory:
        ok = ok and memory["kb_5000"] <= MEMORY_GROWTH * memory["kb_500"]
    if arguments.json:
        print(json.dumps({"extract": rows, "memory": memory, "ok": ok}))
    else:
        print(f"extraction of {WITH_FACES if arguments.faces else FEATURES}, covers per second")
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
