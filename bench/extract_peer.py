#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The original's extraction in Python (scikit-image, OpenCV), cover after cover as its author ran it.

    extract_peer.py [--faces] [--limit N] FOLDER

prints covers and seconds on one line. Needs Debian's python3-skimage and python3-opencv. Also the
reference that fidelity.py and tests/golden/make_descriptors.py compare with.
"""
import argparse
import pathlib
import time

import cv2
import numpy as np
from skimage.color import rgb2gray
from skimage.feature import hog, local_binary_pattern
from skimage.transform import resize

CASCADE = "/usr/share/opencv4/haarcascades/haarcascade_frontalface_default.xml"
PICTURES = {".jpg", ".jpeg", ".png"}


def hog_grey(bgr):
    rgb = cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB)
    return rgb2gray(resize(rgb, (100, 100), anti_aliasing=True))


def hog_of_grey(grey):
    return hog(grey, orientations=9, pixels_per_cell=(20, 20), cells_per_block=(2, 2), transform_sqrt=True,
               block_norm="L2")


def hog_values(bgr):
    return hog_of_grey(hog_grey(bgr))


def hsv_values(bgr):
    hsv = cv2.cvtColor(bgr, cv2.COLOR_BGR2HSV)
    histogram = cv2.calcHist([hsv], [0, 1, 2], None, [8, 8, 8], [0, 256, 0, 256, 0, 256])
    return cv2.normalize(histogram, None).flatten()


def lbp_codes(grey):
    return local_binary_pattern(grey, 24, 8, "uniform").astype(int)


def lbp_values(grey):
    return np.bincount(lbp_codes(grey).ravel(), minlength=26) / grey.size


def face_count(grey, classifier):
    return len(classifier.detectMultiScale(grey, scaleFactor=1.07, minNeighbors=15))


def pictures_in(folder, limit=None):
    names = sorted(p for p in pathlib.Path(folder).rglob("*") if p.suffix.lower() in PICTURES)
    if limit and limit < len(names):
        names = [names[i * len(names) // limit] for i in range(limit)]
    return names


def extract(path, classifier):
    # Two decodes: the original read each cover once for HOG and once for the rest.
    hog_values(cv2.imread(str(path)))
    bgr = cv2.imread(str(path))
    grey = cv2.cvtColor(bgr, cv2.COLOR_BGR2GRAY)
    hsv_values(bgr)
    lbp_values(grey)
    if classifier is not None:
        face_count(grey, classifier)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--faces", action="store_true", help="detect faces, too")
    parser.add_argument("--limit", type=int, help="only so many covers, evenly chosen")
    parser.add_argument("folder")
    arguments = parser.parse_args()
    classifier = cv2.CascadeClassifier(CASCADE) if arguments.faces else None
    names = pictures_in(arguments.folder, arguments.limit)
    extract(names[0], classifier)  # imports and caches are not what is measured
    start = time.perf_counter()
    for name in names:
        extract(name, classifier)
    print(len(names), f"{time.perf_counter() - start:.4f}")


if __name__ == "__main__":
    main()
