#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What each descriptor costs beside the decoding of its picture, on one thread.

    cost.py --sleeve build/…/sleeve_describe [--covers-640 FOLDER] [--covers-300 FOLDER] [--limit N] [--repeats N]
            [--json]

Where no folder is given, covers are drawn. Times are the thread's own CPU time, the least of the repeats, averaged
over the pictures; decoding and describing take turns, so the ratios hold on a busy machine, too. Exits with 1 if HOG,
HSV, LBP and the colour and composition descriptors together take more than three times the decoding at 640 px.
"""
import argparse
import json
import subprocess
import sys
import tempfile

import extract_peer as peer
import speed_extract

QUICK = ["hog", "hsv", "lbp", "palette", "colour", "hsv_pyramid", "lab_pyramid", "composition", "text"]
OTHERS = ["hog_pyramid", "lbp_multi", "gist", "wavelets", "region_covariance", "advisory", "faces"]
TARGET = 3.0


def measure(binary, features, repeats, names):
    """{what: (values, milliseconds)}"""
    command = [binary, "--time", "+".join(features), str(repeats), "-"]
    done = subprocess.run(command, input="".join(f"{name}\n" for name in names), check=True, stdout=subprocess.PIPE,
                          text=True)
    rows = [line.split() for line in done.stdout.splitlines()]
    return {name: (int(values), float(ms)) for name, values, ms in rows}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--sleeve", required=True, help="the program sleeve_describe")
    parser.add_argument("--covers-640", help="a folder of covers of 640 px")
    parser.add_argument("--covers-300", help="a folder of covers of 300 px")
    parser.add_argument("--limit", type=int, default=24, help="covers of each size (24)")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    found = {}
    with tempfile.TemporaryDirectory() as drawn:
        for side, folder in ((300, arguments.covers_300), (640, arguments.covers_640)):
            folder = speed_extract.given_or_drawn(folder, drawn, side, arguments.limit)
            names = peer.pictures_in(folder, arguments.limit)
            found[side] = measure(arguments.sleeve, QUICK, arguments.repeats, names)
            found[side]["together"] = found[side].pop("all")
            others = measure(arguments.sleeve, OTHERS, max(1, arguments.repeats // 2), names)
            found[side].update({name: others[name] for name in OTHERS})
    ratio = found[640]["together"][1] / found[640]["decode"][1]
    if arguments.json:
        print(json.dumps({"cost": found, "ratio": ratio, "target": TARGET, "ok": ratio <= TARGET}))
        return 0 if ratio <= TARGET else 1
    print(f"{'':18}  values   ms at 300 px  × decode   ms at 640 px  × decode")
    for name in ["decode"] + QUICK + ["together"] + OTHERS:
        cells = [f"{found[side][name][1]:12.2f}  {found[side][name][1] / found[side]['decode'][1]:8.2f}"
                 for side in (300, 640)]
        print(f"{name:18}  {found[300][name][0] or '':>6}   " + "   ".join(cells))
    print(f"the first nine together at 640 px: {ratio:.2f} × decoding, at most {TARGET:.0f} wanted")
    return 0 if ratio <= TARGET else 1


if __name__ == "__main__":
    sys.exit(main())
