#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Makes small ONNX networks for the tests, and what they have to put out.

Writes the folder networks: an image network with random weights, a network of YuNet's form that takes red
squares for faces, and the list networks.json, as `sleeve models` reads it. And networks.json beside this
script: the values of `embedding` for the first, computed with NumPy alone in double precision, and faces
decoded from random outputs of YuNet's form as OpenCV's FaceDetectorYN does it, whose formulas are written
down here once more.

The networks are put together byte by byte (protobuf's wire format), so that no ONNX package is needed.
"""
import hashlib
import json
import pathlib
import struct

import cv2
import numpy as np

HERE = pathlib.Path(__file__).resolve().parent
FOLDER = HERE / "networks"


# --- ONNX, as far as needed -------------------------------------------------------------------------
def varint(value):
    value &= (1 << 64) - 1
    out = b""
    while value > 127:
        out += bytes([value & 127 | 128])
        value >>= 7
    return out + bytes([value])


def field(number, payload):
    if isinstance(payload, int):
        return varint(number << 3) + varint(payload)
    if isinstance(payload, float):
        return varint(number << 3 | 5) + struct.pack("<f", payload)
    if isinstance(payload, str):
        payload = payload.encode()
    return varint(number << 3 | 2) + varint(len(payload)) + payload


def tensor(name, values):
    kind = 1 if values.dtype == np.float32 else 7
    return (b"".join(field(1, n) for n in values.shape) + field(2, kind) + field(8, name) + field(9, values.tobytes()))


def attribute(name, value):
    if isinstance(value, int):
        return field(1, name) + field(3, value) + field(20, 2)
    if isinstance(value, float):
        return field(1, name) + field(2, value) + field(20, 1)
    return field(1, name) + b"".join(field(8, v) for v in value) + field(20, 7)


def node(kind, inputs, output, **attributes):
    return (b"".join(field(1, i) for i in inputs) + field(2, output) + field(3, output) + field(4, kind)
            + b"".join(field(5, attribute(k, v)) for k, v in attributes.items()))


def value_info(name, shape):
    dims = b"".join(field(1, field(1, n)) for n in shape)
    return field(1, name) + field(2, field(1, field(1, 1) + field(2, dims)))


def model(nodes, tensors, given, outputs):
    graph = (b"".join(field(1, n) for n in nodes) + field(2, "tiny")
             + b"".join(field(5, tensor(k, v)) for k, v in tensors.items())
             + field(11, value_info("input", given)) + b"".join(field(12, value_info(*o)) for o in outputs))
    return field(1, 6) + field(2, "sleeve") + field(7, graph) + field(8, field(2, 11))


# --- an image network -------------------------------------------------------------------------------
random = np.random.default_rng(22)
WEIGHTS = {
    "w1": random.normal(0, 0.3, (4, 3, 3, 3)).astype(np.float32), "b1": random.normal(0, 0.1, 4).astype(np.float32),
    "w2": random.normal(0, 0.3, (6, 4, 3, 3)).astype(np.float32), "b2": random.normal(0, 0.1, 6).astype(np.float32),
    "w3": random.normal(0, 0.5, (5, 6)).astype(np.float32), "b3": random.normal(0, 0.1, 5).astype(np.float32),
}
INPUT = {"width": 32, "height": 24, "colour": "rgb", "mean": [120.0, 115.0, 100.0], "scale": [0.017, 0.0175, 0.018]}


def tiny_network():
    conv = {"kernel_shape": [3, 3], "strides": [2, 2], "pads": [1, 1, 1, 1]}
    nodes = [
        node("Conv", ["input", "w1", "b1"], "conv1", **conv), node("Relu", ["conv1"], "relu1"),
        node("Conv", ["relu1", "w2", "b2"], "conv2", **conv), node("Relu", ["conv2"], "relu2"),
        node("GlobalAveragePool", ["relu2"], "pool"), node("Flatten", ["pool"], "flat", axis=1),
        node("Gemm", ["flat", "w3", "b3"], "logits", transB=1),
    ]
    return model(nodes, WEIGHTS, [1, 3, 24, 32], [("logits", [1, 5])])


def convolve(x, weights, bias):
    x = np.pad(x, ((0, 0), (1, 1), (1, 1)))
    height, width = (x.shape[1] - 3) // 2 + 1, (x.shape[2] - 3) // 2 + 1
    out = np.empty((len(weights), height, width))
    for row in range(height):
        for column in range(width):
            patch = x[:, 2 * row:2 * row + 3, 2 * column:2 * column + 3]
            out[:, row, column] = (weights.astype(float) * patch).sum((1, 2, 3)) + bias
    return out


def forward(picture):
    """Both rectified layers and the logits, of the picture and of its mirror image."""
    shrinks = picture.shape[1] >= INPUT["width"] and picture.shape[0] >= INPUT["height"]
    scaled = cv2.resize(picture, (INPUT["width"], INPUT["height"]),
                        interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)
    for pixels in (scaled, scaled[:, ::-1]):
        x = (pixels[:, :, ::-1].astype(float) - INPUT["mean"]) * INPUT["scale"]
        first = np.maximum(0, convolve(x.transpose(2, 0, 1), WEIGHTS["w1"], WEIGHTS["b1"]))
        second = np.maximum(0, convolve(first, WEIGHTS["w2"], WEIGHTS["b2"]))
        logits = WEIGHTS["w3"].astype(float) @ second.mean((1, 2)) + WEIGHTS["b3"]
        yield first, second, logits


def embedding(picture):
    """Average and deviation of both rectified layers and the logits, averaged over both mirror images."""
    total = 0
    for first, second, logits in forward(picture):
        total = total + np.concatenate([first.mean((1, 2)), first.std((1, 2)), second.mean((1, 2)),
                                        second.std((1, 2)), logits])
    return (total / 2).tolist()


def covariances(picture):
    """The square root of the covariance of both layers' maps over the places of both mirror images, its upper
    triangle with what is beside the diagonal times √2."""
    passes = list(forward(picture))
    values = []
    for layer in (0, 1):
        maps = np.concatenate([one[layer].reshape(len(one[layer]), -1) for one in passes], axis=1)
        variances, directions = np.linalg.eigh(np.cov(maps, bias=True))
        root = directions @ np.diag(np.sqrt(np.maximum(variances, 0))) @ directions.T
        rows, columns = np.triu_indices(len(root))
        values += (root[rows, columns] * np.where(rows == columns, 1, np.sqrt(2))).tolist()
    return values


# --- a network of YuNet's form ----------------------------------------------------------------------
def red_squares_network():
    """A face is a cell of 32 × 32 pixels that is red all over; its box is the cell."""
    nodes, tensors, outputs = [], {}, []

    def head(name, stride, weights, bias, sigmoid):
        channels = len(bias)
        tensors["w_" + name] = weights.reshape(channels, 3, 1, 1).astype(np.float32)
        tensors["b_" + name] = np.asarray(bias, np.float32)
        tensors["s_" + name] = np.array([1, -1, channels], np.int64)
        nodes.append(node("Conv", [f"cells_{stride}", "w_" + name, "b_" + name], "c_" + name, kernel_shape=[1, 1]))
        nodes.append(node("Transpose", ["c_" + name], "t_" + name, perm=[0, 2, 3, 1]))
        last = "r_" + name if sigmoid else name
        nodes.append(node("Reshape", ["t_" + name, "s_" + name], last))
        if sigmoid:
            nodes.append(node("Sigmoid", [last], name))
        outputs.append((name, [1, (64 // stride) ** 2, channels]))

    red = np.array([-0.2, -0.2, 0.2])  # blue, green, red
    for stride in (8, 16, 32):
        nodes.append(node("AveragePool", ["input"], f"cells_{stride}", kernel_shape=[stride, stride],
                          strides=[stride, stride]))
        head(f"cls_{stride}", stride, red, [-30.0], True)
        head(f"obj_{stride}", stride, np.zeros(3), [12.0 if stride == 32 else -12.0], True)
        head(f"bbox_{stride}", stride, np.zeros((4, 3)), [0.5, 0.5, 0.0, 0.0], False)
        head(f"kps_{stride}", stride, np.zeros((10, 3)), [0.25, 0.25, 0.75, 0.25, 0.5, 0.5, 0.25, 0.75, 0.75, 0.75],
             False)
    return model(nodes, tensors, [1, 3, 64, 64], outputs)


def decoded(outputs, size, score_threshold, overlap):
    """Boxes, scores and landmarks as FaceDetectorYN's postProcess() finds them, but with fractions of pixels."""
    boxes, scores, landmarks = [], [], []
    for stride in (8, 16, 32):
        cls, obj, bbox, kps = (np.array(outputs[f"{n}_{stride}"]) for n in ("cls", "obj", "bbox", "kps"))
        for index in range(len(cls)):
            row, column = divmod(index, size // stride)
            score = float(np.sqrt(np.clip(cls[index], 0, 1) * np.clip(obj[index], 0, 1)))
            if score < score_threshold:
                continue
            b = bbox[index]
            x, y = (column + b[0]) * stride, (row + b[1]) * stride
            w, h = np.exp(b[2]) * stride, np.exp(b[3]) * stride
            boxes.append([x - w / 2, y - h / 2, w, h])
            scores.append(score)
            landmarks.append([[(kps[index][2 * n] + column) * stride, (kps[index][2 * n + 1] + row) * stride]
                              for n in range(5)])
    kept = []
    for i in np.argsort(-np.array(scores), kind="stable"):
        def iou(a, b):
            width = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
            height = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
            shared = max(width, 0) * max(height, 0)
            return shared / (a[2] * a[3] + b[2] * b[3] - shared)
        if all(iou(boxes[k], boxes[i]) <= overlap for k in kept):
            kept.append(i)
    # OpenCV's own suppression, on boxes of whole 1/100 pixels, keeps the same.
    fine = [[int(v * 100) for v in box] for box in boxes]
    assert sorted(kept) == sorted(np.ravel(cv2.dnn.NMSBoxes(fine, scores, score_threshold, overlap)).tolist())
    return [{"box": boxes[i], "score": scores[i], "landmarks": landmarks[i]} for i in kept]


def random_outputs(size):
    outputs = {}
    for stride in (8, 16, 32):
        cells = (size // stride) ** 2
        outputs[f"cls_{stride}"] = random.uniform(-0.1, 1.1, cells)
        outputs[f"obj_{stride}"] = random.uniform(0, 1, cells)
        outputs[f"bbox_{stride}"] = random.normal(0.3, 0.7, (cells, 4))
        outputs[f"kps_{stride}"] = random.normal(0.5, 1, (cells, 10))
    return {name: np.round(values, 3).tolist() for name, values in outputs.items()}


def entry(name, kind, content, given, layers):
    return {"name": name, "kind": kind, "summary": "For tests", "addresses": [], "bytes": len(content),
            "sha256": hashlib.sha256(content).hexdigest(), "licence": "Apache-2.0", "terms": "", "input": given,
            "layers": layers, "default_layers": [layer["name"] for layer in layers][1:]}


def main():
    FOLDER.mkdir(exist_ok=True)
    tiny, squares = tiny_network(), red_squares_network()
    layers = [{"name": "early", "layer": "ReLU#1", "channels": 4, "spatial": True},
              {"name": "late", "layer": "relu2", "channels": 6, "spatial": True},
              {"name": "logits", "layer": "logits", "channels": 5, "spatial": False}]
    plain = {"width": 320, "height": 320, "colour": "bgr", "mean": [0, 0, 0], "scale": [1, 1, 1]}
    # Under the names of the networks that the descriptors use by default.
    networks = [entry("mobilenetv2-12", "image", tiny, INPUT, layers),
                entry("yunet-2023mar", "faces", squares, plain, [])]
    (FOLDER / "networks.json").write_text(json.dumps({"format": 1, "networks": networks}, indent=2) + "\n")
    for stated, content in zip(networks, (tiny, squares)):
        (FOLDER / f"{stated['name']}-{stated['sha256'][:8]}.onnx").write_bytes(content)
    pictures = ["astronaut_face.jpg", "chelsea_tall.png", "tiny.png", "noise.png", "flat_card.png"]
    outputs = random_outputs(64)
    pixels = {name: cv2.imread(str(HERE / "pictures" / name)) for name in pictures}
    golden = {
        "embeddings": {name: embedding(values) for name, values in pixels.items()},
        "covariances": {name: covariances(values) for name, values in pixels.items()},
        "yunet": {"size": 64, "score": 0.5, "overlap": 0.3, "outputs": outputs,
                  "faces": decoded(outputs, 64, 0.5, 0.3)},
    }
    (HERE / "networks.json").write_text(json.dumps(golden) + "\n")
    print(len(tiny), len(squares), len(golden["yunet"]["faces"]))


main()
