#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Writes local_features.json: what OpenCV's Python finds in some of the pictures beside it.

Made with Debian 12's python3-opencv 4.6:  tests/golden/make_local_features.py > tests/golden/local_features.json
"""
import json
import pathlib
import zlib

import cv2
import numpy as np

PICTURES = ["astronaut_640.jpg", "coffee_300.jpg", "chelsea_tall.png", "disc.png", "flat_grey.png"]
KEYPOINTS, SIDE, SHOWN = 40, 320, 5
HERE = pathlib.Path(__file__).parent

DETECTORS = {
    "sift": lambda: cv2.SIFT_create(0, 3, 0.04, 10.0),
    "kaze": lambda: cv2.KAZE_create(threshold=0.001),
    "akaze": lambda: cv2.AKAZE_create(),
    "orb": lambda: cv2.ORB_create(KEYPOINTS),
}


def in_bytes(vectors):
    """SIFT's are whole numbers from 0 to 255; KAZE's lie between -1 and 1."""
    if vectors.dtype == np.uint8:
        return vectors
    signed = vectors.min() < 0
    return np.floor(np.clip(vectors * 127 + 128 if signed else vectors, 0, 255) + 0.5).astype(np.uint8)


def case(picture, name, grey, keypoints, vectors):
    height, width = grey.shape
    count = len(keypoints)
    places = [[(k.pt[0] + 0.5) / width, (k.pt[1] + 0.5) / height, k.size / max(width, height)] for k in keypoints]
    values = in_bytes(vectors) if count else np.zeros((0, 1), np.uint8)
    return {"picture": picture, "descriptor": name, "count": count,
            "places": [[round(float(v), 6) for v in place] for place in places[:SHOWN]],
            "vectors": values[:SHOWN].tolist(), "crc32": zlib.crc32(values.tobytes()) if count else 0}


def at_keypoints(picture, name, grey):
    longer = max(grey.shape)
    if longer > SIDE:
        height, width = (max(1, int(np.floor(s * SIDE / longer + 0.5))) for s in grey.shape)
        grey = cv2.resize(grey, (width, height), interpolation=cv2.INTER_AREA)
    keypoints, vectors = DETECTORS[name]().detectAndCompute(grey, None)
    order = sorted(range(len(keypoints)), key=lambda i: (-keypoints[i].response, keypoints[i].pt[1], keypoints[i].pt[0],
                                                         keypoints[i].size, keypoints[i].angle, keypoints[i].octave))
    order = order[:KEYPOINTS]
    return case(picture, name, grey, [keypoints[i] for i in order], vectors[order] if order else None)


def on_grid(picture, grey, side=192, grid=4, cell=6, scales=2):
    grey = cv2.resize(grey, (side, side), interpolation=cv2.INTER_AREA if max(grey.shape) > side else cv2.INTER_LINEAR)
    keypoints = [cv2.KeyPoint((x + 0.5) * side / grid - 0.5, (y + 0.5) * side / grid - 0.5, cell * 2**s / 1.5, 0.0)
                 for s in range(scales) for y in range(grid) for x in range(grid)]
    keypoints, vectors = cv2.SIFT_create().compute(grey, keypoints)
    return case(picture, "dense_sift", grey, keypoints, vectors)


def main():
    cv2.setNumThreads(1)
    cases = []
    for picture in PICTURES:
        bgr = cv2.imread(str(HERE / "pictures" / picture))
        grey = cv2.cvtColor(bgr, cv2.COLOR_BGR2GRAY)
        cases += [at_keypoints(picture, name, grey) for name in DETECTORS]
        cases.append(on_grid(picture, grey))
    print(json.dumps({"made_by": f"OpenCV {cv2.__version__}", "keypoints": KEYPOINTS, "side": SIDE, "cases": cases},
                     separators=(",", ":")))


if __name__ == "__main__":
    main()
