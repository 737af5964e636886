#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the values that src/feature/appearance_golden_test.cc compares with.

Run it with Debian's python3 (packages python3-opencv 4.6, python3-numpy, python3-scipy,
python3-sklearn 1.2). It writes pictures/lettering.png, appearance.json (pictures, and descriptors with their sizes)
and appearance.f32 (little-endian float32, picture after picture, descriptor after descriptor).

Everything is written a second time here, from the papers, with NumPy's FFT, sorting and statistics; "palette" is
the root mean square distance of k-means with five colours, the best of scikit-learn's ten runs.
"""
import json
import pathlib

import cv2
import numpy as np
import scipy.ndimage
from sklearn.cluster import KMeans

HERE = pathlib.Path(__file__).resolve().parent
PICTURES = ["coffee_300.jpg", "astronaut_640.jpg", "chelsea_wide.jpg", "noise_dark.png", "tiny.png", "stripes.png",
            "flat_grey.png", "lettering.png"]


def shrink(bgr, side):
    """The exact mean under each output pixel, rounded half up."""
    def weights(n):
        matrix = np.zeros((side, n), np.int64)
        for k in range(side):
            for i in range(n):
                matrix[k, i] = max(0, min((k + 1) * n, (i + 1) * side) - max(k * n, i * side))
        return matrix
    down, across = weights(bgr.shape[0]), weights(bgr.shape[1])
    sums = np.einsum("ky,yxc,lx->klc", down, bgr.astype(np.int64), across, optimize=True)
    area = bgr.shape[0] * bgr.shape[1]
    return ((2 * sums + area) // (2 * area)).astype(np.uint8)


def halve(bgr):
    wide = bgr.astype(int)
    return ((wide[::2, ::2] + wide[::2, 1::2] + wide[1::2, ::2] + wide[1::2, 1::2] + 2) // 4).astype(np.uint8)


class Planes:
    def __init__(self, bgr):
        self.bgr = {256: shrink(bgr, 256)}
        for side in (128, 64, 32):
            self.bgr[side] = halve(self.bgr[2 * side])

    def grey(self, side):
        return cv2.cvtColor(self.bgr[side], cv2.COLOR_BGR2GRAY)

    def hsv(self, side):
        return cv2.cvtColor(self.bgr[side], cv2.COLOR_BGR2HSV)

    def lab(self, side):
        return cv2.cvtColor(self.bgr[side], cv2.COLOR_BGR2LAB)


def palette(planes):
    pixels = planes.lab(64).reshape(-1, 3).astype(float)
    colours = min(5, len(np.unique(pixels, axis=0)))
    means = KMeans(colours, n_init=10, random_state=0).fit(pixels)
    return [np.sqrt(means.inertia_ / len(pixels))]


def moments(pixels):
    values = pixels.reshape(-1, 3).astype(float)
    off = values - values.mean(0)
    third = (off ** 3).mean(0)
    third[np.abs(third) < 1e-9] = 0
    return np.column_stack([values.mean(0), values.std(0), np.cbrt(third)]).ravel() / 255


def colour(planes):
    blue, green, red = (planes.bgr[128][:, :, c].astype(float) for c in range(3))
    rg, yb = red - green, (red + green) / 2 - blue
    colourful = np.hypot(rg.std(), yb.std()) + 0.3 * np.hypot(rg.mean(), yb.mean())
    grey, fine = planes.grey(128).astype(float), planes.grey(256).astype(float)
    laplacian = cv2.Laplacian(fine, cv2.CV_64F, ksize=1)[1:-1, 1:-1]
    hue, saturation, value = (planes.hsv(128)[:, :, c].astype(int) for c in range(3))
    black = value < 51
    pale = ~black & (saturation < 38)
    white = pale & (value >= 204)
    weight = saturation * value
    bins = np.bincount((hue * 36 // 180).ravel(), weight.ravel(), 36)
    share = bins[bins > 0] / bins.sum() if bins.sum() else np.array([1.0])
    angle = hue * np.pi / 90
    out = [colourful / 100, grey.mean() / 255, grey.std() / 127.5, laplacian.std() / 255, black.mean(), white.mean(),
           (pale & ~white).mean(), -(share * np.log(share)).sum() / np.log(36),
           (weight * np.cos(angle)).mean() / 255 ** 2, (weight * np.sin(angle)).mean() / 255 ** 2]
    lab = planes.lab(128)
    borders = [0, 42, 85, 128]
    parts = [moments(lab)]
    for r in range(3):
        for c in range(3):
            parts.append(moments(lab[borders[r]:borders[r + 1], borders[c]:borders[c + 1]]))
    return np.concatenate([out] + parts)


def pyramid(index, bins):
    parts = []
    for grid, weight in ((1, 0.25), (2, 0.25), (4, 0.5)):
        step = 128 // grid
        for r in range(grid):
            for c in range(grid):
                cell = index[r * step:(r + 1) * step, c * step:(c + 1) * step]
                parts.append(weight * np.bincount(cell.ravel(), minlength=bins) / cell.size)
    return np.concatenate(parts)


def hsv_pyramid(planes):
    hue, saturation, value = (planes.hsv(128)[:, :, c].astype(int) for c in range(3))
    return pyramid(hue * 8 // 180 * 9 + saturation * 3 // 256 * 3 + value * 3 // 256, 72)


def lab_pyramid(planes):
    lightness, a, b = (planes.lab(128)[:, :, c].astype(int) for c in range(3))
    a, b = (np.clip(channel - 64, 0, 127) * 4 // 128 for channel in (a, b))
    return pyramid(lightness * 4 // 256 * 16 + a * 4 + b, 64)


def spectral_saliency(grey):
    spectrum = np.fft.fft2(grey / 255)
    mean = scipy.ndimage.uniform_filter(np.log(np.abs(spectrum) + 0.01), 3, mode="wrap")
    residual = np.fft.ifft2(spectrum / np.exp(mean)).real ** 2
    smooth = cv2.GaussianBlur(residual, (0, 0), 2.5, borderType=cv2.BORDER_REFLECT_101)
    return smooth / smooth.sum() if smooth.sum() > 0 else np.full(grey.shape, 1 / grey.size)


def cells_of(values, grid=3):
    index = np.arange(len(values)) * grid // len(values)
    return [values[np.ix_(index == r, index == c)] for r in range(grid) for c in range(grid)]


def composition(planes):
    grey = planes.grey(128).astype(float)
    down, across = grey[2:, 1:-1] - grey[:-2, 1:-1], grey[1:-1, 2:] - grey[1:-1, :-2]
    size = np.hypot(down, across)
    # Cells are thirds of the whole; the outermost pixels have no gradient.
    edge = np.full(grey.shape, np.nan)
    edge[1:-1, 1:-1] = size >= 48
    angle = np.degrees(np.arctan2(down, across)) % 180
    bins = np.floor(np.round((angle + 11.25) / 22.5, 9)).astype(int) % 8
    directions = np.bincount(bins.ravel(), size.ravel(), 8)
    out = [size.mean() / 255, np.nanmean(edge)] + [np.nanmean(cell) for cell in cells_of(edge)]
    out += list(directions / size.sum() if size.sum() else directions)
    small = planes.grey(64).astype(float)
    for other in (small[:, ::-1], small[::-1], small[::-1, ::-1]):
        flat = small.std() == 0
        out.append(1 if flat else ((small - small.mean()) * (other - small.mean())).mean() / small.var())
    out += [strip.std() / 127.5 for strip in (grey[:8], grey[-8:], grey[:, :8], grey[:, -8:])]
    saliency = spectral_saliency(planes.grey(64))
    place = (np.arange(64) + 0.5) / 64
    x, y = (saliency.sum(0) * place).sum(), (saliency.sum(1) * place).sum()
    spread = np.sqrt((saliency * ((place[None] - x) ** 2 + (place[:, None] - y) ** 2)).sum())
    near = np.abs(place[:, None] - np.array([1, 2]) / 3) < 1 / 12  # place, line
    out += [cell.sum() for cell in cells_of(saliency)] + [x, y, spread]
    out += [saliency[np.ix_(near[:, r], near[:, c])].sum() for r in range(2) for c in range(2)]
    out += [saliency[near.any(1)].sum(), saliency[:, near.any(1)].sum()]
    return out


def letters(mask):
    count, _, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=4)
    boxes = []
    for x, y, w, h, area in stats[1:count].astype(int):
        shape = 5 <= h <= 80 and w >= 2 and w <= 6 * h and h <= 8 * w and 5 * area >= w * h
        if shape and x > 0 and y > 0 and x + w < 256 and y + h < 256:
            boxes.append((x, y, w, h))
    return sorted(boxes)


def continues(a, b):
    high, low = max(a[3], b[3]), min(a[3], b[3])
    if b[0] - a[0] - a[2] > high or b[0] < a[0] + a[2] // 2 or 3 * high > 5 * low:
        return False
    if 5 * min(abs(a[1] - b[1]), abs(a[1] + a[3] - b[1] - b[3])) > high:
        return False
    return 10 * (min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])) >= 7 * low


def lines_of(boxes):
    left, lines = list(boxes), []
    while left:
        parts = [left.pop(0)]
        while True:
            following = [b for b in left if b > parts[-1] and continues(parts[-1], b)]
            if not following:
                break
            parts.append(following[0])
            left.remove(following[0])
        count = sum(max(1, (w + h // 2) // h) for _, _, w, h in parts)
        x0, y0 = min(p[0] for p in parts), min(p[1] for p in parts)
        x1, y1 = max(p[0] + p[2] for p in parts), max(p[1] + p[3] for p in parts)
        if len(parts) >= 3 and count >= 4 and y1 - y0 <= 2 * sorted(p[3] for p in parts)[len(parts) // 2]:
            lines.append((-count, x0, y0, x1 - x0, y1 - y0))
    return lines


def text(planes):
    grey = planes.grey(256)
    mean = cv2.blur(grey, (41, 41)).astype(int)
    found = []
    for off in (grey - mean, mean - grey):
        found += lines_of(letters((off > 18).astype(np.uint8)))
    kept = []
    for line in sorted(found):
        _, x, y, w, h = line
        def shared(other):
            return (max(0, min(x + w, other[1] + other[3]) - max(x, other[1])) *
                    max(0, min(y + h, other[2] + other[4]) - max(y, other[2])))
        if not any(2 * shared(other) > w * h for other in kept):
            kept.append(line)
    mask = np.zeros((256, 256))
    for _, x, y, w, h in kept:
        mask[y:y + h, x:x + w] = 1
    place = (np.arange(256) + 0.5) / 256
    centre = [(mask.sum(axis) * place).sum() / mask.sum() if kept else 0.5 for axis in (0, 1)]
    heights = [line[4] / 256 for line in kept] or [0]
    return [mask.mean(), len(kept) / 10, -sum(line[0] for line in kept) / 100, max(heights), np.mean(heights),
            max([line[3] / 256 for line in kept] or [0])] + centre + [cell.mean() for cell in cells_of(mask)]


def hog_pyramid(planes):
    parts = []
    for side in (128, 64, 32):
        grey = np.sqrt(planes.grey(side).astype(float))
        down, across = np.zeros_like(grey), np.zeros_like(grey)
        down[1:-1], across[:, 1:-1] = grey[2:] - grey[:-2], grey[:, 2:] - grey[:, :-2]
        size = np.hypot(down, across)
        bins = np.floor(np.round(np.degrees(np.arctan2(down, across)) % 180 / 20, 9)).astype(int) % 9
        cell = np.arange(side) * 8 // side
        index = (cell[:, None] * 8 + cell[None]) * 9 + bins
        histogram = np.bincount(index.ravel(), size.ravel(), 576)
        parts.append(histogram / np.sqrt(1 + (histogram ** 2).sum()))
    return np.concatenate(parts)


def lbp_multi(planes):
    grey = planes.grey(256)
    bits = (np.arange(256)[:, None] >> np.arange(8)) & 1
    uniform = (bits != np.roll(bits, 1, axis=1)).sum(1) <= 2
    codes = np.where(uniform, np.cumsum(uniform) - 1, 58)
    assert uniform.sum() == 58
    parts = []
    for radius, off in ((1, 1), (2, 1), (4, 3)):
        padded = np.pad(grey, radius, mode="reflect")
        pattern = np.zeros(grey.shape, int)
        around = [(0, radius), (-off, off), (-radius, 0), (-off, -off), (0, -radius), (off, -off), (radius, 0), (off, off)]
        for bit, (down, right) in enumerate(around):
            moved = padded[radius + down:radius + down + 256, radius + right:radius + right + 256]
            pattern |= (moved >= grey).astype(int) << bit
        parts += [np.bincount(cell.ravel(), minlength=59) / cell.size for cell in cells_of(codes[pattern])]
    return np.concatenate(parts)


def gabor(side, scale, orientation, orientations):
    """LMgist's createGabor, frequency 0 first."""
    fx, fy = np.meshgrid(np.fft.fftfreq(side) * side, np.fft.fftfreq(side) * side)
    angle = np.arctan2(fy, fx) + np.pi / orientations * orientation
    angle = angle + 2 * np.pi * (angle < -np.pi) - 2 * np.pi * (angle > np.pi)
    radius = np.hypot(fx, fy) / side / (0.3 / 1.85 ** scale) - 1
    return np.exp(-10 * 0.35 * radius ** 2 - 2 * 16 * orientations ** 2 / 32 ** 2 * np.pi * angle ** 2)


def energies(picture, scale, orientations):
    spectrum = np.fft.fft2(picture)
    return [np.abs(np.fft.ifft2(spectrum * gabor(len(picture), scale, o, orientations))) for o in range(orientations)]


def gist(planes):
    grey = planes.grey(128).astype(float)
    grey -= grey.min()
    if grey.max() > 0:
        grey *= 255 / grey.max()
    padded = np.pad(np.log(grey + 1), 8, mode="symmetric")
    fx, fy = np.meshgrid(*[np.fft.fftfreq(144) * 144] * 2)
    low = np.exp(-(fx ** 2 + fy ** 2) / (4 ** 2 / np.log(2)))
    padded -= np.fft.ifft2(np.fft.fft2(padded) * low).real
    padded /= 0.2 + np.sqrt(np.abs(np.fft.ifft2(np.fft.fft2(padded ** 2) * low)))
    wide = np.pad(padded[8:-8, 8:-8], 32, mode="symmetric")
    return np.concatenate([[cell.mean() for cell in cells_of(energy[32:-32, 32:-32], 4)]
                           for scale in range(4) for energy in energies(wide, scale, 8)])


def wavelets(planes):
    roots = np.sqrt(planes.grey(128).astype(float)) / 16
    first, second = [], []
    for scale in range(4):
        for energy in energies(roots, scale, 6):
            first += [cell.mean() for cell in cells_of(energy, 2)]
            if scale == 3:
                continue
            step = 2 if scale < 2 else 4
            small = energy.reshape(128 // step, step, 128 // step, step).mean((1, 3))
            for again in (1, 2):
                for twice in energies(small, again, 4):
                    second += [cell.mean() for cell in cells_of(twice, 2)]
    return np.array(first + second)


def region_covariance(planes):
    lab = planes.lab(128).astype(float)
    light, red, yellow = lab[..., 0] / 255, (lab[..., 1] - 128) / 100, (lab[..., 2] - 128) / 100
    wide = np.pad(light, 16, mode="symmetric")
    maps = []
    for scale in range(3):
        for energy in energies(wide, scale, 6):
            if scale > 1:  # a coarse scale is looked at in every other place
                energy = energy[::2, ::2].repeat(2, 0).repeat(2, 1)
            maps.append(np.sqrt(energy[16:-16, 16:-16]) * 18)
    for plane, gain, spot_gain, finest in ((light, 5, 10, 0), (red, 11, 16, 1), (yellow, 9, 14, 1)):
        smooth = [cv2.GaussianBlur(plane, (0, 0), sigma, borderType=cv2.BORDER_REFLECT) for sigma in (1, 2, 4, 8)]
        maps.append(smooth[0] * gain)
        for level in range(finest, 3):
            above = smooth[level] - smooth[level + 1]
            maps += [np.sqrt(np.maximum(above, 0)) * spot_gain, np.sqrt(np.maximum(-above, 0)) * spot_gain]
    y, x = (np.mgrid[0:128, 0:128] + 0.5) / 128 - 0.5
    maps += [np.hypot(red, yellow) * 8, y * 3.5, x * 3.5, np.abs(x) * 7]
    values = np.array(maps).reshape(len(maps), -1)
    variances, directions = np.linalg.eigh(np.cov(values, bias=True))
    root = directions @ np.diag(np.sqrt(np.maximum(variances, 0))) @ directions.T
    rows, columns = np.triu_indices(len(root))
    return root[rows, columns] * np.where(rows == columns, 1, np.sqrt(2))


DESCRIPTORS = [palette, colour, hsv_pyramid, lab_pyramid, composition, text, hog_pyramid, lbp_multi, gist, wavelets,
               region_covariance]


def draw_lettering(path):
    """Three lines of text over a soft gradient."""
    y, x = np.mgrid[0:256, 0:256]
    picture = np.dstack([90 + x / 8, 60 + y / 8, 70 + (x + y) / 16]).astype(np.uint8)
    cv2.putText(picture, "THE WALKING", (20, 60), cv2.FONT_HERSHEY_DUPLEX, 1.0, (240, 240, 240), 2, cv2.LINE_AA)
    cv2.putText(picture, "HOUSE", (70, 120), cv2.FONT_HERSHEY_DUPLEX, 1.2, (235, 240, 245), 2, cv2.LINE_AA)
    cv2.putText(picture, "greatest hits", (60, 230), cv2.FONT_HERSHEY_SIMPLEX, 0.6, (5, 10, 10), 1, cv2.LINE_AA)
    cv2.imwrite(str(path), picture)


def main():
    draw_lettering(HERE / "pictures" / "lettering.png")
    values, sizes = [], []
    for name in PICTURES:
        planes = Planes(cv2.imread(str(HERE / "pictures" / name)))
        parts = [np.asarray(descriptor(planes), float) for descriptor in DESCRIPTORS]
        sizes = [len(part) for part in parts]
        values += parts
    np.concatenate(values).astype("<f4").tofile(HERE / "appearance.f32")
    names = [{"name": function.__name__, "values": size} for function, size in zip(DESCRIPTORS, sizes)]
    (HERE / "appearance.json").write_text(json.dumps({"pictures": PICTURES, "descriptors": names}, indent=1) + "\n")


if __name__ == "__main__":
    main()
