#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Covers per second of `embedding` and of OpenCV's Python calling the same network, in the same run.

    speed_embedding.py --sleeve build/…/sleeve_describe [--network NAME] [--covers FOLDER] [--limit N]
                       [--repeats N] [--memory] [--json]

The network has to be installed (`sleeve models pull`); its place, its input and its layers are read from the lists
of networks. The peer reads a cover, scales it, runs the network on it and on its mirror image, and takes averages and
deviations of the same layers with NumPy: one process for each core, one thread each. Each side's best of
the repeats counts; they take turns. Exits with 1 if sleeve is slower than the peer on as many threads, or if
its peak memory grows from 200 to 2,000 covers by more than 15 %.
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import cv2
import numpy as np

import extract_peer as peer
import speed_extract

ROOT = pathlib.Path(__file__).resolve().parent.parent


def folder():
    given = os.environ.get("SLEEVE_NETWORKS")
    data = os.environ.get("XDG_DATA_HOME") or str(pathlib.Path.home() / ".local/share")
    return pathlib.Path(given) if given else pathlib.Path(data) / "sleeve/networks"


def find_network(name):
    for path in (folder() / "networks.json", ROOT / "src/feature/networks.json"):
        if path.exists():
            for entry in json.loads(path.read_text())["networks"]:
                if entry["name"] == name:
                    return entry
    sys.exit(f"no network is called {name}")


def layer_names(net, entry):
    """OpenCV's names of the default layers."""
    wanted = {layer["name"]: layer["layer"] for layer in entry["layers"]}
    names, seen, places = net.getLayerNames(), {}, {}
    for name in names:
        kind = net.getLayer(name).type
        seen[kind] = seen.get(kind, 0) + 1
        places[f"{kind}#{seen[kind]}"] = name
    forms = ("{}", "onnx_node!{}", "onnx_node_output_0!{}")
    return [next((f.format(wanted[n]) for f in forms if f.format(wanted[n]) in names), None) or places[wanted[n]]
            for n in entry["default_layers"]]


def describe(net, layers, entry, path):
    given = entry["input"]
    size = (given["width"], given["height"])
    picture = cv2.resize(cv2.imread(path), size, interpolation=cv2.INTER_AREA)
    values = []
    for pixels in (picture, cv2.flip(picture, 1)):
        blob = cv2.dnn.blobFromImage(pixels, 1.0, size, given["mean"], swapRB=given["colour"] == "rgb")
        blob *= np.array(given["scale"], np.float32).reshape(1, 3, 1, 1)
        net.setInput(blob)
        outputs = [output.reshape(output.shape[1], -1) for output in net.forward(layers)]
        values.append(np.concatenate([part for o in outputs for part in
                                      ((o.mean(1), o.std(1)) if o.shape[1] > 1 else (o[:, 0],))]))
    return np.mean(values, axis=0)


def work(name, limit, part, parts):
    """What each process of the peer does: every so manieth of the names on standard input."""
    cv2.setNumThreads(1)
    entry = find_network(name)
    net = cv2.dnn.readNetFromONNX(str(folder() / f"{name}-{entry['sha256'][:8]}.onnx"))
    layers = layer_names(net, entry)
    names = sys.stdin.read().split("\n")[:limit][part::parts]
    describe(net, layers, entry, names[0])
    print("ready", flush=True)
    for path in names:
        describe(net, layers, entry, path)
    print("done", flush=True)


def run_peer(name, names, limit, processes):
    """Covers per second of all together, loading not counted."""
    started = []
    for part in range(processes):
        command = [sys.executable, __file__, "--work", f"{part}/{processes}", "--network", name, "--limit", str(limit)]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        process.stdin.write("\n".join(names))
        process.stdin.close()
        started.append(process)
    for process in started:
        process.stdout.readline()
    begin = time.perf_counter()
    if any(process.stdout.readline().strip() != "done" for process in started):
        sys.exit("the peer failed")
    return min(limit, len(names)) / (time.perf_counter() - begin)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--sleeve", help="the program sleeve_describe")
    parser.add_argument("--network", default="mobilenetv2-12")
    parser.add_argument("--covers", help="a folder of covers; without it some are drawn")
    parser.add_argument("--limit", type=int, default=60)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--memory", action="store_true")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--work", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.work:
        return work(arguments.network, arguments.limit, *map(int, arguments.work.split("/")))
    features = f"embedding:network={arguments.network}"
    rows, memory = [], None

    def sleeve(names, threads):
        return speed_extract.run_sleeve(arguments.sleeve, names, threads, features)

    with tempfile.TemporaryDirectory() as drawn:
        covers = speed_extract.given_or_drawn(arguments.covers, drawn, 300, arguments.limit)
        names = [str(name) for name in peer.pictures_in(covers)][:arguments.limit]
        for threads in (1, 2):
            best = {"peer": 0.0, "sleeve": 0.0}
            for _ in range(arguments.repeats):
                best["peer"] = max(best["peer"], run_peer(arguments.network, names, arguments.limit, threads))
                best["sleeve"] = max(best["sleeve"], sleeve(names, threads)[0])
            rows.append({"threads": threads, **best, "ratio": best["sleeve"] / best["peer"]})
        if arguments.memory:
            many = pathlib.Path(drawn) / "many"
            many.mkdir()
            speed_extract.draw(many, 2000, 64)
            tiny = [str(name) for name in peer.pictures_in(many)]
            memory = {f"kb_{n}": sleeve(tiny[:n], 2)[1] for n in (200, 2000)}
    ok = all(row["ratio"] >= 1 for row in rows)
    if memory:
        ok = ok and memory["kb_2000"] <= speed_extract.MEMORY_GROWTH * memory["kb_200"]
    if arguments.json:
        print(json.dumps({"embedding": rows, "memory": memory, "ok": ok}))
    else:
        print(f"{features}, mirror image included, covers per second\n  threads    Python    sleeve   ratio")
        for row in rows:
            print(f"  {row['threads']:7}  {row['peer']:8.1f}  {row['sleeve']:8.1f}  {row['ratio']:6.2f}")
        if memory:
            print(f"peak memory: {memory['kb_200'] / 1024:.1f} MB at 200 covers, "
                  f"{memory['kb_2000'] / 1024:.1f} MB at 2,000")
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
