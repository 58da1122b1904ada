"""Small PyTorch networks exported to ONNX, each with inputs and the outputs PyTorch itself gives.

usage: torch_networks.py FOLDER [LARGE_FOLDER MNIST_FOLDER]
"""
import copy
import gzip
import json
import os
import sys
import time

import numpy as np
import onnx
import torch
import torch.nn.functional as F
from onnx import TensorProto, helper, numpy_helper
from torch import nn
from torch.onnx import TrainingMode

torch.set_num_threads(2)


def batch_norm(layer, generator):
    """Random statistics and some negative gains, so that no batch normalisation is near the identity."""
    n = layer.num_features
    with torch.no_grad():
        layer.running_mean.copy_(torch.randn(n, generator=generator) * 0.3)
        layer.running_var.copy_(torch.rand(n, generator=generator) * 1.5 + 0.25)
        layer.weight.copy_(torch.rand(n, generator=generator) + 0.5)
        layer.weight[::3] *= -1  # a negative gain turns a threshold around
        layer.bias.copy_(torch.randn(n, generator=generator) * 0.3)


def binarise(x):
    """+1 where x >= 0, else -1, with tensors of the shape of x."""
    ones = torch.ones_like(x)
    return torch.where(x >= 0, ones, -ones)


def binarise_scalar(x):
    """+1 where x >= 0, else -1, with scalar tensors: exports other nodes than binarise."""
    return torch.where(x >= 0, torch.tensor(1.0, dtype=x.dtype), torch.tensor(-1.0, dtype=x.dtype))


class Network(nn.Module):
    """A network that may end in a function applied to what `before` gives."""

    def __init__(self):
        super().__init__()
        self.last = None

    def forward(self, x):
        return self.before(x) if self.last is None else self.last(self.before(x))


class Cnn(Network):
    def __init__(self, adaptive):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 4, 3, padding=1)
        self.bn1 = nn.BatchNorm2d(4)
        self.pool1 = nn.MaxPool2d(2)
        self.conv2 = nn.Conv2d(4, 8, 3, stride=2, padding=1, groups=2)
        self.hardtanh = nn.Hardtanh()
        self.pool2 = nn.AdaptiveAvgPool2d(1) if adaptive else nn.AvgPool2d(2)
        self.fc = nn.Linear(8, 10)
        self.last = nn.LogSoftmax(dim=1)
        self.conv2.weight.data *= 3  # so that the clip of Hardtanh bites
        self.fc.weight.data *= 3

    def before(self, x):
        x = self.pool1(F.relu(self.bn1(self.conv1(x))))
        x = self.pool2(self.hardtanh(self.conv2(x)))
        return self.fc(torch.flatten(x, 1))


class ReluFirstCnn(Cnn):
    """ReLU between convolution and normalisation: the normalisation can't be folded."""

    def before(self, x):
        x = self.pool1(self.bn1(F.relu(self.conv1(x))))
        x = self.pool2(self.hardtanh(self.conv2(x)))
        return self.fc(torch.flatten(x, 1))


class Mlp(Network):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(64, 16, bias=False)
        self.bn1 = nn.BatchNorm1d(16)
        self.drop = nn.Dropout(0.3)
        self.fc2 = nn.Linear(16, 10)
        self.last = nn.Softmax(dim=1)

    def before(self, x):
        x = x.view(x.size(0), -1)
        return self.fc2(self.drop(F.relu(self.bn1(self.fc1(x)))))


class BinaryMlp(Network):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(64, 16, bias=False)
        self.fc2 = nn.Linear(16, 12, bias=False)
        self.fc3 = nn.Linear(12, 10, bias=False)
        self.bn1, self.bn2, self.bn3 = nn.BatchNorm1d(16), nn.BatchNorm1d(12), nn.BatchNorm1d(10)

    def before(self, x):
        x = 2 * x.view(x.size(0), -1) - 1
        x = binarise(self.bn1(F.linear(x, binarise(self.fc1.weight))))
        x = binarise(self.bn2(F.linear(x, binarise(self.fc2.weight))))
        return self.bn3(F.linear(x, binarise(self.fc3.weight)))


class BinaryMlpScalar(BinaryMlp):
    def before(self, x):
        x = binarise_scalar(2 * torch.flatten(x, 1) - 1)
        x = binarise_scalar(self.bn1(F.linear(x, binarise_scalar(self.fc1.weight))))
        x = binarise_scalar(self.bn2(F.linear(x, binarise_scalar(self.fc2.weight))))
        return self.bn3(F.linear(x, binarise_scalar(self.fc3.weight)))


class TernaryMlp(Network):
    def __init__(self, nested):
        super().__init__()
        self.nested = nested
        self.fc1 = nn.Linear(16, 16, bias=False)
        self.fc2 = nn.Linear(16, 12, bias=False)
        self.fc3 = nn.Linear(12, 5, bias=False)
        self.bn1, self.bn2, self.bn3 = nn.BatchNorm1d(16), nn.BatchNorm1d(12), nn.BatchNorm1d(5)

    def ternarise(self, w):
        t = 0.7 * w.abs().mean()
        if self.nested:
            ones = torch.ones_like(w)
            return torch.where(w > t, ones, torch.where(w < -t, -ones, torch.zeros_like(w)))
        return (w > t).to(w.dtype) - (w < -t).to(w.dtype)

    def before(self, x):
        x = torch.sign(self.bn1(F.linear(x, self.ternarise(self.fc1.weight))))
        x = torch.sign(self.bn2(F.linear(x, self.ternarise(self.fc2.weight))))
        return self.bn3(F.linear(x, self.ternarise(self.fc3.weight)))


class BinaryCnn(Network):
    """XNOR-Net: binary weights times the mean magnitude of each output channel."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 8, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(8)
        self.conv2 = nn.Conv2d(8, 8, 3, bias=False)
        self.bn2 = nn.BatchNorm2d(8)
        self.fc = nn.Linear(32, 10)

    @staticmethod
    def xnor(w):
        return binarise(w) * w.abs().mean(dim=[1, 2, 3], keepdim=True)

    def before(self, x):
        x = F.conv2d(2 * x - 1, self.xnor(self.conv1.weight), padding=1)
        x = binarise(self.bn1(x))
        x = F.conv2d(x, self.xnor(self.conv2.weight))
        x = binarise(self.bn2(F.max_pool2d(x, 3, stride=3)))
        return self.fc(torch.flatten(x, 1))


class Residual(Network):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 3, 3, padding=1)
        self.bn1 = nn.BatchNorm2d(3)
        self.conv2 = nn.Conv2d(3, 3, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(3)
        self.fc = nn.Linear(3, 5)

    def before(self, x):
        y = F.relu(self.bn1(self.conv1(x)))
        y = F.relu(self.bn2(self.conv2(y)) + x)
        return self.fc(y.mean([2, 3]))


class Conv1d(Network):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(2, 4, 5, stride=1, padding=2)
        self.bn = nn.BatchNorm1d(4)
        self.relu6 = nn.ReLU6()
        self.pool = nn.MaxPool1d(4)
        self.flatten = nn.Flatten()
        self.fc = nn.Linear(32, 6)

    def before(self, x):
        return self.fc(self.flatten(self.pool(self.relu6(self.bn(self.conv(x))))))


class Padded(Network):
    """Every way of padding: of pooling, of a mean, by a layer of its own."""

    def __init__(self):
        super().__init__()
        self.pad = nn.ZeroPad2d((1, 1, 2, 2))
        self.conv = nn.Conv2d(1, 4, 3)
        self.pool1 = nn.MaxPool2d(3, stride=2, padding=1)
        self.pool2 = nn.AvgPool2d(3, stride=2, padding=1)
        self.fc = nn.Linear(24, 5)

    def before(self, x):
        x = self.pool1(self.conv(self.pad(x)))  # negative values too: zeros would show among the largest
        return self.fc(torch.flatten(self.pool2(x), 1))


class FakeQuantised(Network):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 4, 3)
        self.fc = nn.Linear(36, 10)
        for layer in (self.conv, self.fc):  # a scale a row of the weights
            scale = layer.weight.detach().flatten(1).abs().max(dim=1).values / 127
            layer.register_buffer("scale", scale.clone())
            layer.register_buffer("zero", torch.zeros(len(scale), dtype=torch.int32))

    @staticmethod
    def weight(layer):
        return torch.fake_quantize_per_channel_affine(layer.weight, layer.scale, layer.zero, 0, -128, 127)

    def before(self, x):
        x = torch.fake_quantize_per_tensor_affine(x, 0.0157, 64, 0, 255)
        x = F.relu(F.conv2d(x, self.weight(self.conv), self.conv.bias))
        x = F.max_pool2d(torch.fake_quantize_per_tensor_affine(x, 0.0083, 0, 0, 255), 2)
        return F.linear(torch.flatten(x, 1), self.weight(self.fc), self.fc.bias)


class Sigmoid(Network):
    def __init__(self):
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(16, 12), nn.Linear(12, 1)
        self.last = nn.Sigmoid()
        self.fc2.weight.data *= 3
        self.fc2.bias.data.fill_(-0.25)  # outputs on both sides of a half

    def before(self, x):
        return self.fc2(F.relu(self.fc1(x)))


def tensor_json(t):
    t = np.asarray(t)
    return {"shape": list(t.shape), "values": [float(v) for v in t.ravel()]}


def write_json(path, record):
    with open(path, "w") as f:
        json.dump(record, f)
        f.write("\n")


def save(folder, name, network, x, opset=13, seed=0, dynamic=True, **options):
    """Exports the network and records what it gives; its double-precision copy guards against near-ties."""
    generator = torch.Generator().manual_seed(seed + 1000)
    for m in network.modules():
        if isinstance(m, (nn.BatchNorm1d, nn.BatchNorm2d)):
            batch_norm(m, generator)
    if isinstance(network, Mlp):
        network.bn1.running_var[1] = 1e-12  # below epsilon: only epsilon keeps the gain finite
    if isinstance(network, Conv1d):
        network.bn.weight.data *= 5  # so that the upper clip of ReLU6 bites
    network.eval()
    with torch.no_grad():
        before, y = network.before(x), network(x)
        exact = copy.deepcopy(network).double()
        for n, b in network.named_buffers():  # fake quantisation takes float32 scales only
            if n.endswith("scale"):
                dict(exact.named_buffers())[n].data = b.data
        gap = (exact(x.double()) - y).abs().max().item()
    assert gap < 2e-5, (name, gap)
    axes = {"input": {0: "batch"}, "output": {0: "batch"}} if dynamic else None
    path = os.path.join(folder, name + ".onnx")
    torch.onnx.export(network, x if dynamic else x[:1], path, opset_version=opset, dynamic_axes=axes,
                      input_names=["input"], output_names=["output"], **options)
    onnx.checker.check_model(onnx.load(path))
    record = {"inputs": tensor_json(x), "outputs": tensor_json(y)}
    if network.last is not None:
        record["before"] = tensor_json(before)
    write_json(os.path.join(folder, name + ".json"), record)


def qdq_int8(folder):
    """Integer weights stored as such, as static quantisers write them; torch can't export that in this version."""
    rng = np.random.default_rng(20)
    x = (np.floor(rng.random((5, 1, 8, 8)) * 256) / 128 - 0.5).astype(np.float32)
    f = np.float32
    sx, zx, sy, zy, so, zo = f(0.0078), 64, f(0.0101), 0, f(0.031), 128
    w1 = rng.integers(-127, 128, (4, 1, 3, 3)).astype(np.int8)
    s1 = (rng.random(4) * 0.003 + 0.002).astype(f)
    b1 = rng.integers(-9000, 9000, 4).astype(np.int32)
    w2 = rng.integers(-127, 128, (10, 36)).astype(np.int8)
    s2 = (rng.random(10) * 0.002 + 0.001).astype(f)
    b2 = rng.integers(-9000, 9000, 10).astype(np.int32)

    def run(t):
        def q(a, s, z):
            s = torch.tensor(s, dtype=t)
            return (torch.clamp(torch.round(a / s) + z, 0, 255) - z) * s

        def d(a, s):
            s = torch.tensor(s).to(t)
            return torch.tensor(a).to(t) * s.reshape([-1] + [1] * (a.ndim - 1))

        a = q(torch.tensor(x).to(t), sx, zx)
        a = F.conv2d(a, d(w1, s1), d(b1, sx * s1))
        a = F.max_pool2d(q(F.relu(a), sy, zy), 2)
        a = F.linear(a.flatten(1), d(w2, s2), d(b2, sy * s2))
        return q(a, so, zo)

    y = run(torch.float32)
    gap = (run(torch.float64) - y).abs().max().item()
    assert gap < 2e-5, ("torch-qdq-int8", gap)

    tensors = {"sx": sx, "zx": np.uint8(zx), "sy": sy, "zy": np.uint8(zy), "so": so, "zo": np.uint8(zo),
               "w1": w1, "s1": s1, "z1": np.zeros(4, np.int8), "b1": b1, "sb1": sx * s1, "zb1": np.zeros(4, np.int32),
               "w2": w2, "s2": s2, "z2": np.zeros(10, np.int8), "b2": b2, "sb2": sy * s2}
    n = helper.make_node
    nodes = [
        n("QuantizeLinear", ["input", "sx", "zx"], ["xq"]),
        n("DequantizeLinear", ["xq", "sx", "zx"], ["xd"]),
        n("DequantizeLinear", ["w1", "s1", "z1"], ["w1d"], axis=0),
        n("DequantizeLinear", ["b1", "sb1", "zb1"], ["b1d"], axis=0),
        n("Conv", ["xd", "w1d", "b1d"], ["c"], kernel_shape=[3, 3]),
        n("Relu", ["c"], ["r"]),
        n("QuantizeLinear", ["r", "sy", "zy"], ["rq"]),
        n("DequantizeLinear", ["rq", "sy", "zy"], ["rd"]),
        n("MaxPool", ["rd"], ["p"], kernel_shape=[2, 2], strides=[2, 2]),
        n("Flatten", ["p"], ["f"], axis=1),
        n("DequantizeLinear", ["w2", "s2", "z2"], ["w2d"], axis=0),
        n("DequantizeLinear", ["b2", "sb2"], ["b2d"], axis=0),  # the zero point is optional
        n("Gemm", ["f", "w2d", "b2d"], ["g"], transB=1),
        n("QuantizeLinear", ["g", "so", "zo"], ["gq"]),
        n("DequantizeLinear", ["gq", "so", "zo"], ["output"]),
    ]
    graph = helper.make_graph(
        nodes, "qdq", [helper.make_tensor_value_info("input", TensorProto.FLOAT, ["batch", 1, 8, 8])],
        [helper.make_tensor_value_info("output", TensorProto.FLOAT, ["batch", 10])],
        [numpy_helper.from_array(np.asarray(v), k) for k, v in tensors.items()])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=7)
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, os.path.join(folder, "torch-qdq-int8.onnx"))
    write_json(os.path.join(folder, "torch-qdq-int8.json"), {"inputs": tensor_json(x), "outputs": tensor_json(y)})


def small(folder):
    def new(seed, make, *shape):
        torch.manual_seed(seed)
        network = make()
        return network, torch.floor(torch.rand(*shape) * 256) / 256  # short to print, exact to add up

    image, deep, vector = (4, 1, 8, 8), (4, 3, 8, 8), (8, 16)
    save(folder, "torch-cnn", *new(1, lambda: Cnn(False), *image), seed=1)
    save(folder, "torch-cnn-adaptive", *new(2, lambda: Cnn(True), *image), seed=2)
    save(folder, "torch-cnn-unfolded", *new(1, lambda: Cnn(False), *image), seed=1, training=TrainingMode.PRESERVE)
    save(folder, "torch-cnn-relu-first", *new(3, lambda: ReluFirstCnn(False), *image), seed=3, dynamic=False)
    save(folder, "torch-cnn-9", *new(1, lambda: Cnn(False), *image), seed=1, opset=9)
    for opset in (9, 16):
        save(folder, f"torch-mlp-{opset}", *new(4, Mlp, *image), seed=4, opset=opset)
    # Opset 11 folds the binarisers of weights away where it may; 13 can't, for GreaterOrEqual.
    save(folder, "torch-binary-mlp", *new(5, BinaryMlp, *image), seed=5)
    save(folder, "torch-binary-mlp-11", *new(5, BinaryMlp, *image), seed=5, opset=11, do_constant_folding=False)
    save(folder, "torch-binary-mlp-scalar", *new(6, BinaryMlpScalar, *image), seed=6)
    save(folder, "torch-ternary-mlp", *new(7, lambda: TernaryMlp(False), *vector), seed=7)
    save(folder, "torch-ternary-mlp-where", *new(7, lambda: TernaryMlp(True), *vector), seed=7)
    save(folder, "torch-binary-cnn", *new(8, BinaryCnn, *deep), seed=8)
    save(folder, "torch-binary-cnn-11", *new(8, BinaryCnn, *deep), seed=8, opset=11)
    save(folder, "torch-residual-unfolded", *new(9, Residual, *deep), seed=9, training=TrainingMode.PRESERVE)
    save(folder, "torch-conv1d", *new(10, Conv1d, 4, 2, 32), seed=10)
    save(folder, "torch-conv1d-9", *new(10, Conv1d, 4, 2, 32), seed=10, opset=9)
    save(folder, "torch-padded", *new(13, Padded, *image), seed=13)
    save(folder, "torch-qdq", *new(11, FakeQuantised, *image), seed=11)
    save(folder, "torch-sigmoid", *new(12, Sigmoid, *vector), seed=12)
    qdq_int8(folder)


class LargeCnn(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(1, 16, 5, padding=2), nn.BatchNorm2d(16)
        self.conv2, self.bn2 = nn.Conv2d(16, 32, 5), nn.BatchNorm2d(32)
        self.fc1, self.fc2 = nn.Linear(800, 128), nn.Linear(128, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.bn1(self.conv1(x))), 2)
        x = F.max_pool2d(F.relu(self.bn2(self.conv2(x))), 2)
        return self.fc2(F.relu(self.fc1(torch.flatten(x, 1))))


class LargeBinaryCnn(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(1, 32, 3, bias=False), nn.BatchNorm2d(32)
        self.conv2, self.bn2 = nn.Conv2d(32, 32, 3, bias=False), nn.BatchNorm2d(32)
        self.fc1, self.bn3 = nn.Linear(800, 128, bias=False), nn.BatchNorm1d(128)
        self.fc2, self.bn4 = nn.Linear(128, 10, bias=False), nn.BatchNorm1d(10)

    def sign(self, x):
        b = binarise(x)
        if not self.training:
            return b
        h = x.clamp(-1, 1)
        return h + (b - h).detach()  # straight through within [-1, 1]

    def forward(self, x):
        x = F.max_pool2d(F.conv2d(2 * x - 1, self.sign(self.conv1.weight)), 2)
        x = self.sign(self.bn1(x))
        x = F.max_pool2d(F.conv2d(x, self.sign(self.conv2.weight)), 2)
        x = torch.flatten(self.sign(self.bn2(x)), 1)
        x = self.sign(self.bn3(F.linear(x, self.sign(self.fc1.weight))))
        return self.bn4(F.linear(x, self.sign(self.fc2.weight)))


def idx(folder, name):
    path = os.path.join(folder, name)
    with (open(path, "rb") if os.path.exists(path) else gzip.open(path + ".gz", "rb")) as f:
        data = f.read()
    shape = np.frombuffer(data, ">u4", data[3], 4)
    return torch.from_numpy(np.frombuffer(data, np.uint8, offset=4 + 4 * data[3]).reshape(shape.astype(int)).copy())


def train(network, images, labels, seconds, epochs, rate):
    """Adam with a rate that falls to nothing over the epochs; the seconds are a bound for a slow machine."""
    torch.manual_seed(0)
    optimiser = torch.optim.Adam(network.parameters(), lr=rate)
    batch, start = 128, time.time()
    total = epochs * (len(images) // batch)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, total)
    network.train()
    for _ in range(epochs):
        order = torch.randperm(len(images))
        for i in range(0, len(order) - batch + 1, batch):
            if time.time() - start > seconds:
                print("training stopped by the clock", flush=True)
                return
            j = order[i:i + batch]
            optimiser.zero_grad()
            F.cross_entropy(network(images[j].float().unsqueeze(1) / 255), labels[j].long()).backward()
            optimiser.step()
            schedule.step()
            for p in network.parameters():
                if isinstance(network, LargeBinaryCnn) and p.dim() > 1:
                    p.data.clamp_(-1, 1)


def large(folder, mnist):
    images, labels = idx(mnist, "train-images-idx3-ubyte"), idx(mnist, "train-labels-idx1-ubyte")
    tests, answers = idx(mnist, "t10k-images-idx3-ubyte"), idx(mnist, "t10k-labels-idx1-ubyte")
    x = tests.float().unsqueeze(1) / 255
    for name, make, epochs, rate in (("large-cnn", LargeCnn, 2, 2e-3), ("binary-cnn", LargeBinaryCnn, 4, 5e-3)):
        torch.manual_seed(1)
        network = make()
        train(network, images, labels, 110, epochs, rate)
        network.eval()
        with torch.no_grad():
            scores = torch.cat([network(b) for b in x.split(500)])
            exact = copy.deepcopy(network).double()
            other = torch.cat([exact(b.double()) for b in x.split(500)])
        predictions = scores.argmax(1)
        right = int((predictions == answers).sum())
        print(name, right, "right; argmax differs in double precision at", int((other.argmax(1) != predictions).sum()),
              "images; greatest gap", (other - scores).abs().max().item(),
              "; scores off by > 1e-3 at", int(((other - scores).abs().max(1).values > 1e-3).sum()), flush=True)
        torch.onnx.export(network, x[:1], os.path.join(folder, name + ".onnx"), opset_version=13,
                          dynamic_axes={"input": {0: "batch"}, "output": {0: "batch"}},
                          input_names=["input"], output_names=["output"])
        write_json(os.path.join(folder, name + ".json"),
                   {"right": right, "predictions": "".join(str(int(p)) for p in predictions)})
    torch.manual_seed(2)
    network = nn.Sequential(nn.Flatten(), nn.Linear(784, 2048), nn.ReLU(), nn.Linear(2048, 512), nn.ReLU(),
                            nn.Linear(512, 10)).eval()
    torch.onnx.export(network, x[:1], os.path.join(folder, "big.onnx"), opset_version=13,
                      dynamic_axes={"input": {0: "batch"}, "output": {0: "batch"}},
                      input_names=["input"], output_names=["output"])
    with torch.no_grad():
        write_json(os.path.join(folder, "big.json"), {"inputs": tensor_json(x[:4]), "outputs": tensor_json(network(x[:4]))})


if __name__ == "__main__":
    os.makedirs(sys.argv[1], exist_ok=True)
    small(sys.argv[1])
    if len(sys.argv) > 3:
        os.makedirs(sys.argv[2], exist_ok=True)
        large(sys.argv[2], sys.argv[3])
