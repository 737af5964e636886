#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Makes what src/feature/advisory_test.cc compares with: the search for the "Parental Advisory" label, a second time.

Run it with Debian's python3 (packages python3-opencv 4.6, python3-numpy). It writes two pictures that bear a label
(pictures/advisory*.jpg: photographs of this folder, a label drawn on them with another font than the one that is
searched for) and advisory.json: of each picture the likeness, lettering and score of the place that is most like a
label, and the descriptor's values. Drawing, resize() and warpAffine() are OpenCV's, as in the program; correlations are
computed here in double precision from their definition.
"""
import json
import pathlib

import cv2
import numpy as np

HERE = pathlib.Path(__file__).resolve().parent
PICTURES = ["coffee_300.jpg", "astronaut_640.jpg", "chelsea_wide.jpg", "noise_dark.png", "tiny.png", "stripes.png",
            "flat_grey.png", "lettering.png", "disc.png", "advisory.jpg", "advisory_large.jpg"]
SIDE, PROPORTION = 320, 0.62
LINES = [("PARENTAL", 0.065, 0.935, 0.08, 0.23, 0.55, 255, 0), ("ADVISORY", 0.045, 0.955, 0.333, 0.656, 0.78, 0, 255),
         ("EXPLICIT CONTENT", 0.06, 0.94, 0.755, 0.925, 0.62, 255, 0)]
COARSE, FINE, MARGIN, LETTER_ROWS = (16, 10), (48, 30), 4, 22
LETTERING, CURVE = 0.32, 0.03


def letter(which, width, height, ink, paper):
    (w, h), _ = cv2.getTextSize(which, cv2.FONT_HERSHEY_SIMPLEX, 4, 1)
    drawn = np.full((h + 80, w + 80), paper, np.uint8)
    cv2.putText(drawn, which, (40, h + 40), cv2.FONT_HERSHEY_SIMPLEX, 4, ink, 24, cv2.LINE_AA)
    rows, columns = np.where(drawn != paper)
    inked = drawn[rows.min():rows.max() + 1, columns.min():columns.max() + 1]
    return cv2.resize(inked, (width, height), interpolation=cv2.INTER_AREA)


def advance(which):
    return {" ": 0.5, "I": 0.45}.get(which, 1.0)


def drawn_label():
    width, height = 1000, round(1000 * PROPORTION)
    label = np.zeros((height, width), np.uint8)
    label[round(0.28 * height):round(0.70 * height)] = 255
    for text, left, right, top, bottom, share, ink, paper in LINES:
        pitch = (right - left) * width / (sum(map(advance, text)) - 1 + share)
        y, high, x = round(top * height), round((bottom - top) * height), left * width
        for which in text:
            if which != " ":
                wide = round(pitch * share * (0.3 if which == "I" else 1.0))
                label[y:y + high, round(x):round(x) + wide] = letter(which, wide, high, ink, paper)
            x += pitch * advance(which)
    return label


def pattern(size):
    return cv2.resize(drawn_label(), size, interpolation=cv2.INTER_AREA).astype(float)


def correlations(grey, label):
    """Of the label with every place of the picture."""
    windows = np.lib.stride_tricks.sliding_window_view(grey.astype(float), label.shape)
    off = windows - windows.mean((2, 3), keepdims=True)
    here = label - label.mean()
    area = label.size  # the program's sums are multiplied by it
    return (area * (off * here).sum((2, 3)) /
            (area * np.sqrt((off ** 2).sum((2, 3)) * (here ** 2).sum()) + 1e-3))


def shrunk(grey, scale):
    size = (max(1, round(grey.shape[1] * scale)), max(1, round(grey.shape[0] * scale)))
    return cv2.resize(grey, size, interpolation=cv2.INTER_AREA)


def coarse_places(grey):
    label, places, width = pattern(COARSE), [], 18.0
    while width <= 84:
        scale = COARSE[0] / width
        small = shrunk(grey, scale)
        if small.shape[1] >= COARSE[0] and small.shape[0] >= COARSE[1]:
            likeness = correlations(small, label)
            for _ in range(3):
                y, x = np.unravel_index(likeness.argmax(), likeness.shape)
                places.append((-likeness[y, x], width, y / scale, x / scale))
                likeness[max(0, y - 3):y + 4, max(0, x - 3):x + 4] = -1
        width *= 1.16
    return sorted(places)[:10]


def look_closely(grey, label, middle, width, height):
    """likeness, lettering, score, width"""
    across, down = width / FINE[0], height / FINE[1]
    size = (FINE[0] + 2 * MARGIN, FINE[1] + 2 * MARGIN)
    matrix = np.array([[across, 0, middle[0] - (size[0] - 1) * across / 2 - 0.5],
                       [0, down, middle[1] - (size[1] - 1) * down / 2 - 0.5]])
    patch = cv2.warpAffine(grey, matrix, size, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
                           borderMode=cv2.BORDER_REPLICATE)
    likeness = correlations(patch, label)
    y, x = np.unravel_index(likeness.argmax(), likeness.shape)
    if likeness[y, x] < 0.4:
        return likeness[y, x], 0.0, 0.0, 0.0
    there = patch[y:y + FINE[1], x:x + FINE[0]].astype(float)
    a, b = (rows - rows.mean(1, keepdims=True) for rows in (label[:LETTER_ROWS], there[:LETTER_ROWS]))
    lettering = (a * b).sum() / (np.sqrt((a ** 2).sum() * (b ** 2).sum()) + 1e-3 / FINE[0])
    score = np.sqrt(likeness[y, x] * max(lettering, 0)) * min(1, there.std() / 25)
    return likeness[y, x], lettering, score, width


def find(grey):
    longer = max(grey.shape)
    small = shrunk(grey, SIDE / longer) if longer > SIDE else grey
    label, best = pattern(FINE), (0.0, 0.0, 0.0, 0.0)
    for _, width, y, x in coarse_places(small):
        middle = (x + width / 2, y + width * PROPORTION / 2)
        for finer in (0.86, 0.93, 1.0, 1.07, 1.15):
            for proportion in (0.94, 1.0, 1.07):
                match = look_closely(small, label, middle, width * finer, width * finer * PROPORTION * proportion)
                if match[2] > best[2]:
                    best = match
    return best, small.shape[1]


def framed_label(width):
    """As on covers: in a thin white frame, with another font."""
    label = np.zeros((640, 1000), np.uint8)
    cv2.rectangle(label, (12, 12), (987, 627), 255, 8)
    label[180:440, 20:980] = 255
    for text, top, high, share, ink, paper in (("PARENTAL", 55, 90, 0.55, 255, 0), ("ADVISORY", 212, 196, 0.75, 0, 255),
                                               ("EXPLICIT LYRICS", 485, 100, 0.7, 255, 0)):
        pitch = 920 / len(text)
        for i, which in enumerate(text):
            if which == " ":
                continue
            (w, h), _ = cv2.getTextSize(which, cv2.FONT_HERSHEY_DUPLEX, 3, 9)
            drawn = np.full((h + 40, w + 40), paper, np.uint8)
            cv2.putText(drawn, which, (20, h + 20), cv2.FONT_HERSHEY_DUPLEX, 3, ink, 9, cv2.LINE_AA)
            rows, columns = np.where(drawn != paper)
            wide = round(pitch * share * (0.35 if which == "I" else 1))
            x = round(40 + pitch * (i + 0.5) - wide / 2)
            label[top:top + high, x:x + wide] = cv2.resize(
                drawn[rows.min():rows.max() + 1, columns.min():columns.max() + 1], (wide, high), interpolation=cv2.INTER_AREA)
    return cv2.resize(label, (width, round(width * 0.64)), interpolation=cv2.INTER_AREA)


def draw_pictures():
    for source, name, width, x, y in (("coffee_300.jpg", "advisory.jpg", 40, 250, 265),
                                      ("astronaut_640.jpg", "advisory_large.jpg", 130, 20, 540)):
        cover = cv2.imread(str(HERE / "pictures" / source))
        label = framed_label(width)
        cover[y:y + label.shape[0], x:x + width] = label[:, :, None]
        cv2.imwrite(str(HERE / "pictures" / name), cover, [cv2.IMWRITE_JPEG_QUALITY, 85])


def main():
    cv2.setNumThreads(1)
    draw_pictures()
    golden = []
    for name in PICTURES:
        bgr = cv2.imread(str(HERE / "pictures" / name))
        (likeness, lettering, score, width), whole = find(cv2.cvtColor(bgr, cv2.COLOR_BGR2GRAY))
        likely = 1 / (1 + np.exp((LETTERING - lettering) / CURVE))
        golden.append({"picture": name, "likeness": float(likeness), "lettering": float(lettering), "score": float(score),
                       "values": [float(likely), float(likely * width / whole)]})
        print(golden[-1])
    (HERE / "advisory.json").write_text(json.dumps(golden, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
