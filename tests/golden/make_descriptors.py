#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the pictures and the values that src/feature/golden_test.cc compares with.

Run it with Debian's python3 (packages python3-skimage 0.19.3, python3-opencv 4.6, opencv-data). It
writes pictures/, descriptors.json (one entry per picture) and descriptors.f32 (its 576 + 512 + 26 + 2
values of hog, hsv, lbp and faces, little-endian float32, picture after picture).

Kinds: "normal" pictures; "flat" ones, where every comparison of LBP is a tie; "straight" ones, where
scikit-image's HOG is decided by rounding (docs/descriptors.md): the HOG stored for those is
scikit-image's of the grey values rounded to 12 decimals.
"""
import json
import pathlib
import sys

import cv2
import numpy as np
import skimage

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent / "bench"))
import extract_peer as peer  # noqa: E402
import fidelity  # noqa: E402

DATA = pathlib.Path(skimage.__file__).parent / "data"


def photo(name, rows, columns, size, flags=cv2.IMREAD_COLOR):
    picture = cv2.imread(str(DATA / name), flags)[rows, columns]
    return cv2.resize(picture, size, interpolation=cv2.INTER_AREA)


def disc(height, width, background, colour):
    picture = np.full((height, width, 3), background, np.uint8)
    cv2.circle(picture, (width // 3, height // 2), min(height, width) // 3, colour, -1, cv2.LINE_AA)
    return picture


def ramp(height, width, down, across):
    y, x = np.mgrid[0:height, 0:width]
    grey = (y * down / height + x * across / width) / (down + across) * 255
    return np.dstack([grey, 255 - grey, grey * grey / 255]).astype(np.uint8)


def pictures():
    random = np.random.default_rng(22)
    everything = slice(None)
    face = photo("astronaut.png", slice(0, 300), slice(80, 380), (300, 300))
    return {
        "astronaut_face.jpg": ("normal", face),
        "astronaut_640.jpg": ("normal", photo("astronaut.png", slice(0, 400), slice(0, 400), (640, 640))),
        "astronaut_twice.jpg": ("normal", np.hstack([face[:240, 30:250], face[:240, 30:250][:, ::-1]])),
        "astronaut_small.png": ("normal", photo("astronaut.png", everything, everything, (64, 64))),
        "coffee_wide.jpg": ("normal", photo("coffee.png", slice(100, 300), everything, (401, 133))),
        "coffee_300.jpg": ("normal", photo("coffee.png", everything, slice(0, 400), (300, 300))),
        "chelsea_odd.jpg": ("normal", photo("chelsea.png", everything, everything, (301, 199))),
        "chelsea_grey.jpg": ("normal", photo("chelsea.png", everything, everything, (222, 150), cv2.IMREAD_GRAYSCALE)),
        "chelsea_tall.png": ("normal", photo("chelsea.png", everything, slice(150, 250), (40, 120))),
        "rocket_portrait.jpg": ("normal", photo("rocket.jpg", everything, slice(200, 450), (187, 320))),
        "rocket_100.png": ("normal", photo("rocket.jpg", everything, everything, (100, 100))),
        "chelsea_wide.jpg": ("normal", photo("chelsea.png", slice(100, 250), everything, (330, 110))),
        "noise.png": ("normal", random.integers(0, 256, (90, 110, 3), np.uint8)),
        "noise_grey.png": ("normal", random.integers(0, 256, (61, 67), np.uint8)),
        "noise_dark.png": ("normal", random.integers(0, 4, (120, 130, 3), np.uint8)),
        "ramp.png": ("normal", ramp(150, 170, 1.0, 0.7)),
        "ramp_small.png": ("normal", ramp(31, 17, 0.3, 1.0)),
        "disc.png": ("straight", disc(211, 180, (20, 60, 200), (240, 200, 10))),
        "disc_grainy.png": ("normal", cv2.add(disc(130, 120, (20, 60, 200), (200, 180, 10)),
                                              random.integers(0, 9, (130, 120, 3), np.uint8))),
        "tiny.png": ("normal", random.integers(0, 256, (7, 13, 3), np.uint8)),
        "blur.jpg": ("normal", cv2.GaussianBlur(random.integers(0, 256, (230, 260, 3), np.uint8), (0, 0), 4)),
        "flat_black.png": ("flat", np.zeros((50, 60, 3), np.uint8)),
        "flat_grey.png": ("flat", np.full((120, 90, 3), 77, np.uint8)),
        "flat_card.png": ("flat", np.vstack([np.full((80, 160, 3), (30, 90, 210), np.uint8),
                                             np.full((80, 160, 3), (200, 90, 20), np.uint8)])),
        "rocket_strip.png": ("straight", photo("rocket.jpg", slice(100, 140), everything, (320, 20))),
        "stripes.png": ("straight", np.tile(np.repeat(random.integers(0, 256, (1, 20, 3), np.uint8), 8, axis=1),
                                            (230, 1, 1))),
    }


def main():
    folder = HERE / "pictures"
    folder.mkdir(exist_ok=True)
    classifier = cv2.CascadeClassifier(peer.CASCADE)
    entries, values = [], []
    for name, (kind, pixels) in pictures().items():
        cv2.imwrite(str(folder / name), pixels, [cv2.IMWRITE_JPEG_QUALITY, 85])
        bgr = cv2.imread(str(folder / name))
        grey = cv2.cvtColor(bgr, cv2.COLOR_BGR2GRAY)
        small = peer.hog_grey(bgr)
        if fidelity.straight_edges(small) != (kind == "straight"):
            sys.exit(f"{name} is not {kind}")
        count = peer.face_count(grey, classifier)
        values += [peer.hog_of_grey(np.round(small, 12) if kind == "straight" else small), peer.hsv_values(bgr),
                   peer.lbp_values(grey), [count > 0, count]]
        entries.append({"file": name, "kind": kind, "width": bgr.shape[1], "height": bgr.shape[0]})
    np.concatenate(values).astype("<f4").tofile(HERE / "descriptors.f32")
    lines = ",\n".join("  " + json.dumps(entry) for entry in entries)
    (HERE / "descriptors.json").write_text(f"[\n{lines}\n]\n")


if __name__ == "__main__":
    main()
