#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Holds sleeve's descriptors against scikit-image and OpenCV on any folder of covers.

    fidelity.py --sleeve build/…/sleeve_describe [--limit N] [--no-faces] FOLDER

prints the largest absolute difference of each descriptor and the covers over its bound, and exits
with 1 if there are any. Needs Debian's python3-skimage and python3-opencv. Covers with perfectly
straight edges are counted apart for HOG, because rounding decides in scikit-image there
(docs/descriptors.md): they are also compared with scikit-image's HOG of its grey values rounded to
12 decimals, and have to be within the bound in that.
"""
import argparse
import subprocess
import sys

import cv2
import numpy as np

import extract_peer as peer

SIZES = {"hog": 576, "hsv": 512, "lbp": 26, "faces": 2}
BOUNDS = {"hog": 1e-3, "hsv": 1e-5, "lbp": 2e-3, "faces": 0}
UNBOUNDED = {"hog, straight edges"}


def ours(binary, features, names):
    listing = "".join(f"{name}\n" for name in names).encode()
    done = subprocess.run([binary, features, "-"], input=listing, check=True, stdout=subprocess.PIPE)
    values = np.frombuffer(done.stdout, np.float32)
    return values.reshape(len(names), -1).astype(float)


def straight_edges(grey):
    """Whether some gradient is horizontal but for rounding, so that its bin is a matter of chance."""
    root = np.sqrt(grey)
    down = np.abs(root[2:, 1:-1] - root[:-2, 1:-1])
    across = np.abs(root[1:-1, 2:] - root[1:-1, :-2])
    return bool(np.any((down > 0) & (down < 1e-12) & (across > 1e-9)))


def compare(path, values, classifier):
    """The differences of one cover: {group: largest absolute difference}, the group's bound is its first word's."""
    bgr = cv2.imread(str(path))
    grey = cv2.cvtColor(bgr, cv2.COLOR_BGR2GRAY)

    def difference(part, reference):
        return float(np.abs(values[part] - reference).max())

    found = {"hsv": difference("hsv", peer.hsv_values(bgr)), "lbp": difference("lbp", peer.lbp_values(grey))}
    small = peer.hog_grey(bgr)
    if straight_edges(small):
        found["hog, straight edges"] = difference("hog", peer.hog_of_grey(small))
        found["hog, straight edges, rounded"] = difference("hog", peer.hog_of_grey(np.round(small, 12)))
    else:
        found["hog"] = difference("hog", peer.hog_of_grey(small))
    if classifier is not None:
        count = peer.face_count(grey, classifier)
        found["faces"] = difference("faces", np.array([count > 0, count], float))
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--sleeve", required=True, help="the program sleeve_describe")
    parser.add_argument("--limit", type=int, help="only so many covers, evenly chosen")
    parser.add_argument("--no-faces", action="store_true")
    parser.add_argument("folder")
    arguments = parser.parse_args()
    parts = [name for name in SIZES if name != "faces" or not arguments.no_faces]
    classifier = None if arguments.no_faces else cv2.CascadeClassifier(peer.CASCADE)
    names = peer.pictures_in(arguments.folder, arguments.limit)
    rows = ours(arguments.sleeve, "+".join(parts), names)
    differences = {}
    over = []
    for path, row in zip(names, rows):
        splits = np.cumsum([SIZES[part] for part in parts])[:-1]
        values = dict(zip(parts, np.split(row, splits)))
        for group, difference in compare(path, values, classifier).items():
            differences.setdefault(group, []).append(difference)
            if group not in UNBOUNDED and difference > BOUNDS[group.split(",")[0]]:
                over.append(f"{path}: {group} {difference:.2e}")
    for group, found in sorted(differences.items()):
        print(f"{group:30} covers {len(found):5}  median {np.median(found):.1e}  largest {max(found):.1e}")
    print("\n".join(over) if over else "all within the bounds")
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
