"""Three small networks made by hand, and what PyTorch's functional forms give for them in double precision.

Made once by Debian's python3-torch 1.13 (apt install python3-torch) as `python3 networks.py`; networks.test.ts reads what it wrote.
"""
import json
import struct

import numpy as np
import torch
import torch.nn.functional as F

rng = np.random.default_rng(20261127)


def write(path, description, tensors):
    """A safetensors file: F32, and I8 for weights that are levels."""
    header, body = {"__metadata__": {"rramlab": json.dumps(description)}}, b""
    for name, array in sorted(tensors.items(), key=lambda item: item[1].dtype != np.float32):
        kind = "F32" if array.dtype == np.float32 else "I8"
        header[name] = {"dtype": kind, "shape": list(array.shape), "data_offsets": [len(body), len(body) + array.nbytes]}
        body += array.tobytes()
    text = json.dumps(header).encode()
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + body)


def quantized(x, q):
    low = -(2 ** (q["bits"] - 1)) + (1 if q.get("narrow") else 0) if q["signed"] else 0
    high = 2 ** (q["bits"] - 1) - 1 if q["signed"] else 2 ** q["bits"] - 1
    zero = q.get("zeroPoint", 0)
    return (torch.clamp(torch.round(x / q["scale"] + zero), low, high) - zero) * q["scale"]


def run(net, tensors, pixels):
    """The network's output; `torch.round` is half to even."""
    t = {name: torch.tensor(array.astype(np.float64)) for name, array in tensors.items()}
    shape = net["input"]["shape"]
    x = torch.tensor(pixels.astype(np.float64)).reshape(-1, shape["channels"], shape["height"], shape["width"])
    x = x * net["input"]["scale"] + net["input"].get("offset", 0)
    if net["input"].get("quantizer"):
        x = quantized(x, net["input"]["quantizer"])
    values, before = {"input": x}, "input"
    for layer in net["layers"]:
        name, kind = layer["name"], layer["kind"]
        x = values[layer.get("from", [before])[0]]
        if kind in ("dense", "conv2d", "conv1d"):
            w = t[name + ".weight"]
            if layer.get("scale", "none") != "none":
                w = w * t[name + ".scale"].reshape([-1] + [1] * (w.dim() - 1))
            if kind == "dense":
                y = F.linear(x.flatten(1), w)[:, :, None, None]
            elif kind == "conv2d":
                y = F.conv2d(x, w, None, layer.get("stride", [1, 1]), layer.get("padding", [0, 0]), 1, layer.get("groups", 1))
            else:
                y = F.conv1d(x[:, :, 0], w, None, layer.get("stride", 1), layer.get("padding", 0), 1, layer.get("groups", 1))[:, :, None]
        elif kind == "batchNorm":
            y = F.batch_norm(x, t[name + ".mean"], t[name + ".variance"], t[name + ".gain"], t[name + ".shift"], False, 0, layer["epsilon"])
        elif kind == "maxPool":
            y = F.max_pool2d(x, layer["size"], layer["stride"])
        elif kind == "averagePool":
            y = F.avg_pool2d(x, layer["size"], layer["stride"])
        elif kind == "globalAveragePool":
            y = x.mean((2, 3), keepdim=True)
        elif kind == "flatten":
            y = x.flatten(1)[:, :, None, None]
        else:
            y = {
                "bias": lambda: x + t[name + ".bias"].reshape(1, -1, 1, 1),
                "add": lambda: x + values[layer["from"][1]],
                "sign": lambda: torch.where(x >= 0, 1.0, -1.0).double(),
                "ternary": lambda: torch.sign(x) * (x.abs() > layer["threshold"]),
                "relu": lambda: F.relu(x),
                "hardTanh": lambda: F.hardtanh(x),
                "uniform": lambda: quantized(x, layer),
            }[kind]()
        values[name], before = y, name
    return y.flatten(1).numpy()


def drawn(net):
    """Tensors for a network, drawn layer by layer; gains of every sign, and zero."""
    shape, tensors = net["input"]["shape"], {}
    shapes, before = {"input": (shape["channels"], shape["height"], shape["width"])}, "input"
    for layer in net["layers"]:
        name, kind = layer["name"], layer["kind"]
        c, h, w = shapes[layer.get("from", [before])[0]]
        to = (c, h, w)
        if kind in ("dense", "conv2d", "conv1d"):
            size = {"dense": [], "conv2d": layer.get("size"), "conv1d": [layer.get("size")]}[kind]
            count = layer["outputs"] if kind == "dense" else layer["channels"]
            full = (count, (c * h * w if kind == "dense" else c // layer.get("groups", 1)), *size)
            reach = 2 ** (layer["weights"].get("bits", 2) - 1) - 1
            levels = {"binary": [-1, 1], "ternary": [-1, 0, 1], "integer": list(range(-reach, reach + 1))}[layer["weights"]["kind"]]
            tensors[name + ".weight"] = rng.choice(levels, full).astype(np.int8)
            scale = layer.get("scale", "none")
            if scale != "none":
                tensors[name + ".scale"] = rng.uniform(0.2, 1.5, 1 if scale == "tensor" else count).astype(np.float32)
            stride, padding = layer.get("stride", [1, 1]), layer.get("padding", [0, 0])
            if kind == "conv1d":
                size, stride, padding = [1, *size], [1, layer.get("stride", 1)], [0, layer.get("padding", 0)]
            to = (count, 1, 1) if kind == "dense" else (count, *((n + 2 * p - k) // s + 1 for n, p, k, s in zip((h, w), padding, size, stride)))
        elif kind == "batchNorm":
            gain = rng.normal(0, 1, c)
            gain[rng.integers(c)] = 0
            tensors |= {name + ".gain": gain, name + ".shift": rng.normal(0, 0.1, c), name + ".mean": rng.normal(0, 1, c), name + ".variance": rng.uniform(0.5, 10, c)}
        elif kind == "bias":
            tensors[name + ".bias"] = rng.normal(0, 0.3, c)
        elif kind in ("maxPool", "averagePool"):
            to = (c, *((n - k) // s + 1 for n, k, s in zip((h, w), layer["size"], layer["stride"])))
        elif kind == "globalAveragePool":
            to = (c, 1, 1)
        elif kind == "flatten":
            to = (c * h * w, 1, 1)
        shapes[name], before = to, name
    return {name: a if a.dtype == np.int8 else a.astype(np.float32) for name, a in tensors.items()}


B, T = {"kind": "binary"}, {"kind": "ternary"}
NORM = {"kind": "batchNorm", "epsilon": 1e-4}
NETWORKS = {
    "residual": {
        "input": {"shape": {"channels": 1, "height": 10, "width": 10}, "scale": 2 / 255, "offset": -1},
        "layers": [
            {"name": "conv1", "kind": "conv2d", "channels": 6, "size": [3, 3], "padding": [1, 1], "weights": B, "scale": "channel"},
            {"name": "norm1", **NORM},
            {"name": "act1", "kind": "ternary", "threshold": 0.3},
            {"name": "conv2", "kind": "conv2d", "channels": 6, "size": [3, 3], "padding": [1, 1], "groups": 2, "weights": T},
            {"name": "norm2", **NORM},
            {"name": "sum", "kind": "add", "from": ["norm2", "act1"]},
            {"name": "tanh", "kind": "hardTanh"},
            {"name": "act2", "kind": "uniform", "bits": 3, "signed": False, "scale": 0.125},
            {"name": "pool", "kind": "maxPool", "size": [2, 2], "stride": [2, 2]},
            {"name": "depthwise", "kind": "conv2d", "channels": 6, "size": [3, 3], "stride": [2, 2], "padding": [1, 1], "groups": 6, "weights": {"kind": "integer", "bits": 4, "narrow": True}, "scale": "tensor"},
            {"name": "bias", "kind": "bias"},
            {"name": "relu", "kind": "relu"},
            {"name": "act3", "kind": "uniform", "bits": 3, "signed": True, "narrow": True, "scale": 0.5, "zeroPoint": 1},
            {"name": "flat", "kind": "flatten"},
            {"name": "dense", "kind": "dense", "outputs": 7, "weights": T},
            {"name": "norm3", **NORM},
        ],
    },
    "binary": {
        "input": {"shape": {"channels": 3, "height": 12, "width": 12}, "scale": 1 / 255, "quantizer": {"bits": 4, "signed": True, "scale": 0.1}},
        "layers": [
            {"name": "conv1", "kind": "conv2d", "channels": 8, "size": [3, 3], "weights": B},
            {"name": "norm1", **NORM},
            {"name": "act1", "kind": "sign"},
            {"name": "conv2", "kind": "conv2d", "channels": 70, "size": [3, 3], "padding": [1, 1], "weights": B},
            {"name": "norm2", **NORM},
            {"name": "pool2", "kind": "maxPool", "size": [2, 2], "stride": [2, 2]},
            {"name": "act2", "kind": "sign"},
            {"name": "conv3", "kind": "conv2d", "channels": 9, "size": [3, 2], "stride": [1, 2], "padding": [1, 0], "weights": T},
            {"name": "pool3", "kind": "averagePool", "size": [2, 1], "stride": [2, 1]},
            {"name": "norm3", **NORM},
            {"name": "act3", "kind": "uniform", "bits": 2, "signed": False, "scale": 0.5},
            {"name": "flat", "kind": "flatten"},
            {"name": "dense1", "kind": "dense", "outputs": 20, "weights": B},
            {"name": "norm4", **NORM},
            {"name": "act4", "kind": "sign"},
            {"name": "dense2", "kind": "dense", "outputs": 5, "weights": B, "scale": "channel"},
        ],
    },
    "beats": {
        "input": {"shape": {"channels": 1, "height": 1, "width": 60}, "scale": 1 / 255},
        "layers": [
            {"name": "conv1", "kind": "conv1d", "channels": 8, "size": 5, "stride": 2, "padding": 2, "weights": T, "scale": "tensor"},
            {"name": "norm1", **NORM},
            {"name": "act1", "kind": "ternary", "threshold": 0.2},
            {"name": "conv2", "kind": "conv1d", "channels": 16, "size": 3, "groups": 4, "weights": T},
            {"name": "act2", "kind": "sign"},
            {"name": "conv3", "kind": "conv1d", "channels": 6, "size": 3, "padding": 1, "weights": B},
            {"name": "mean", "kind": "globalAveragePool"},
            {"name": "norm3", **NORM},
            {"name": "act3", "kind": "uniform", "bits": 4, "signed": True, "scale": 0.25},
            {"name": "dense", "kind": "dense", "outputs": 4, "weights": {"kind": "integer", "bits": 3}},
            {"name": "bias", "kind": "bias"},
        ],
    },
}
IMAGES, CHIPS, RATE = 24, 400, 0.02

expected = {}
for name, net in NETWORKS.items():
    tensors = drawn(net)
    size = np.prod(list(net["input"]["shape"].values()))
    # Patches of one brightness each, so that images differ by more than noise.
    coarse = rng.uniform(0, 255, (IMAGES, size // 6 + 1)).repeat(6, axis=1)[:, :size]
    pixels = np.clip(coarse + rng.normal(0, 20, (IMAGES, size)), 0, 255).astype(np.uint8)
    output = run(net, tensors, pixels)
    write(name + ".safetensors", {"format": "rramlab network 1", **net}, tensors)
    expected[name] = {"pixels": pixels.flatten().tolist(), "output": output.flatten().tolist()}
    if name == "binary":
        # Chips whose binary and ternary weights are read with the other sign at a rate: how many images keep their class.
        kept = []
        for _ in range(CHIPS):
            chip = {k: np.where(rng.random(a.shape) < RATE, -a, a).astype(a.dtype) if k.endswith(".weight") else a for k, a in tensors.items()}
            kept.append((run(net, chip, pixels).argmax(1) == output.argmax(1)).mean())
        expected[name]["kept"] = {"type1": RATE, "chips": CHIPS, "mean": np.mean(kept), "deviation": np.std(kept, ddof=1)}
with open("expected.json", "w") as file:
    json.dump(expected, file)
