"""Hand-built QONNX networks, each with inputs and the outputs of a small numpy executor of their graphs.

usage: qonnx_networks.py FOLDER
"""
import json
import os
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

BREVITAS, GENERAL, FINN = "onnx.brevitas", "qonnx.custom_op.general", "finn.custom_op.general"
F32 = np.float32


class Executor:
    """Runs a graph node by node; in double precision it tells how near the float run is to a tie."""

    def __init__(self, model, dtype):
        self.graph, self.dtype = model.graph, dtype

    def cast(self, a):
        return a.astype(self.dtype) if a.dtype.kind == "f" else a

    def run(self, x):
        values = {t.name: self.cast(numpy_helper.to_array(t)) for t in self.graph.initializer}
        values[self.graph.input[0].name] = self.cast(x)
        for node in self.graph.node:
            attributes = {a.name: helper.get_attribute_value(a) for a in node.attribute}
            y = getattr(self, node.op_type)(*[values[i] for i in node.input], **attributes)
            if isinstance(y, np.ndarray) and y.dtype.kind == "f" or isinstance(y, np.floating):
                y = np.asarray(y)
                assert y.dtype == self.dtype, (node.op_type, y.dtype)
            values[node.output[0]] = y
        last = self.graph.node[-1]
        return values[last.input[0]], values[last.output[0]]

    def Constant(self, value):
        return self.cast(numpy_helper.to_array(value))

    def Shape(self, x):
        return np.array(x.shape, np.int64)

    def Gather(self, x, i, axis=0):
        return np.take(x, i, axis=axis)

    def Unsqueeze(self, x, axes):
        return np.expand_dims(x, tuple(axes))

    def Concat(self, *xs, axis):
        return np.concatenate(xs, axis)

    def Reshape(self, x, shape):
        return x.reshape([x.shape[i] if n == 0 else n for i, n in enumerate(shape)])

    def Flatten(self, x, axis=1):
        return x.reshape(int(np.prod(x.shape[:axis])), -1)

    def Transpose(self, x, perm):
        return x.transpose(perm)

    def Add(self, a, b):
        return a + b

    def Sub(self, a, b):
        return a - b

    def Mul(self, a, b):
        return a * b

    def Div(self, a, b):
        return a / b

    def Pow(self, a, b):
        return np.power(a, b)

    def Relu(self, x):
        return np.maximum(x, 0)

    def MatMul(self, a, b):
        return a @ b

    def Gemm(self, a, b, c, transB=0):
        return a @ (b.T if transB else b) + c

    def BatchNormalization(self, x, gain, bias, mean, var, epsilon=1e-5, momentum=0.9):
        shape = [1, -1] + [1] * (x.ndim - 2)
        factor = gain / np.sqrt(var + self.dtype(epsilon))
        return (x - mean.reshape(shape)) * factor.reshape(shape) + bias.reshape(shape)

    def windows(self, x, kernel, strides):
        w = np.lib.stride_tricks.sliding_window_view(x, tuple(kernel), axis=(2, 3))
        return w[:, :, ::strides[0], ::strides[1]]

    def Conv(self, x, w, kernel_shape, pads, strides):
        x = np.pad(x, ((0, 0), (0, 0), (pads[0], pads[2]), (pads[1], pads[3])))
        return np.einsum("nchwij,ocij->nohw", self.windows(x, kernel_shape, strides), w)

    def MaxPool(self, x, kernel_shape, strides):
        return self.windows(x, kernel_shape, strides).max(axis=(4, 5))

    def GlobalAveragePool(self, x):
        return x.mean(axis=(2, 3), keepdims=True)

    def Softmax(self, x, axis):
        e = np.exp(x - x.max(axis=axis, keepdims=True))
        return e / e.sum(axis=axis, keepdims=True)

    def ArgMax(self, x, axis, keepdims):
        return x.argmax(axis=axis)

    def BipolarQuant(self, x, scale):
        return np.where(x >= 0, scale, -scale)

    def Quant(self, x, scale, zero, bits, signed, narrow, rounding_mode):
        assert rounding_mode == b"ROUND"
        top = 2 ** int(bits)
        if signed:
            low, high = -(top // 2) + narrow, top // 2 - 1
        else:
            low, high = 0, top - 1 - narrow
        q = np.clip(np.rint(x / scale + zero), low, high)  # rint goes to even from a half
        return (q - zero) * scale

    IntQuant = Quant


class Builder:
    """Collects nodes, each with one output named by a counter as exporters do."""

    def __init__(self, domain, constants=False):
        self.domain, self.constants = domain, constants
        self.nodes, self.initializers = [], []

    def name(self):
        return str(len(self.nodes) + len(self.initializers) + 1)

    def tensor(self, value, name=None):
        """An initializer when it has a name or the exporter writes no Constant nodes."""
        value = np.asarray(value)
        if name is None and self.constants:
            return self.node("Constant", value=numpy_helper.from_array(value))
        name = name or "param" + self.name()
        self.initializers.append(numpy_helper.from_array(value, name))
        return name

    def scalar(self, value):
        return self.tensor(np.array(value, F32))

    def node(self, op, *inputs, domain="", **attributes):
        name = self.name()
        self.nodes.append(helper.make_node(op, list(inputs), [name], name=f"{op}_{name}", domain=domain, **attributes))
        return name

    def bipolar(self, x, scale=1.0):
        return self.node("BipolarQuant", x, self.scalar(scale), domain=self.domain)

    def quant(self, x, scale, bits, signed, narrow, zero=0.0, op="Quant"):
        return self.node(op, x, self.tensor(np.asarray(scale, F32)), self.scalar(zero), self.scalar(bits),
                         domain=self.domain, signed=signed, narrow=narrow, rounding_mode="ROUND")

    def batch_norm(self, x, rng, n, name, spread=1.0, var=None, **attributes):
        gain = rng.uniform(0.5, 1.5, n)
        gain[::3] *= -1  # a negative gain turns a threshold around
        var = rng.uniform(0.3, 2, n) * spread ** 2 if var is None else var
        parts = {"weight": gain, "bias": rng.normal(0, 0.4, n), "running_mean": rng.normal(0, 0.4, n) * spread,
                 "running_var": var}
        names = [self.tensor(np.asarray(v, F32), f"{name}.{k}") for k, v in parts.items()]
        return self.node("BatchNormalization", x, *names, epsilon=float(F32(1e-5)), **attributes)

    def save(self, folder, name, opset, x, output_shape, batch, ir_version, output_type=TensorProto.FLOAT):
        self.nodes[-1].output[0] = "output"
        shape = [batch] + list(x.shape[1:])
        graph = helper.make_graph(
            self.nodes, name, [helper.make_tensor_value_info("input", TensorProto.FLOAT, shape)],
            [helper.make_tensor_value_info("output", output_type, [batch] + output_shape)], self.initializers)
        opsets = [helper.make_opsetid("", opset), helper.make_opsetid(self.domain, 1)]
        model = helper.make_model(graph, opset_imports=opsets, ir_version=ir_version, producer_name="fixture")
        try:
            onnx.checker.check_model(model)
        except onnx.checker.ValidationError as e:
            print(name, "fails the checker:", str(e).split("\n")[0])
        onnx.save(model, os.path.join(folder, name + ".onnx"))
        before, y = Executor(model, np.float32).run(x)
        exact_before, exact = Executor(model, np.float64).run(x)
        gap = np.abs(exact - y).max()
        assert gap < 2e-5, (name, gap)
        record = {"inputs": tensor_json(x), "outputs": tensor_json(y)}
        if self.nodes[-1].op_type in ("Softmax", "LogSoftmax", "Sigmoid", "ArgMax"):
            gap = np.abs(exact_before - before).max()
            assert gap < 2e-5, (name, gap)
            record["before"] = tensor_json(before)
        with open(os.path.join(folder, name + ".json"), "w") as f:
            json.dump(record, f)
            f.write("\n")


def tensor_json(a):
    return {"shape": list(a.shape), "values": [float(v) for v in a.ravel()]}


def brevitas(folder, name, bits, batch, seed):
    """A fully connected network as Brevitas exports it; one bit is BipolarQuant."""
    rng = np.random.default_rng(seed)
    b = Builder(BREVITAS, constants=True)

    def quantiser(x):
        return b.bipolar(x) if bits == 1 else b.quant(x, 1.0, bits, 1, 1)

    shape = b.node("Shape", "input")
    first = b.node("Gather", shape, b.tensor(np.array(0, np.int64)), axis=0)
    first = b.node("Unsqueeze", first, axes=[0])
    rest = b.node("Unsqueeze", b.tensor(np.array(-1, np.int64)), axes=[0])
    x = b.node("Reshape", "input", b.node("Concat", first, rest, axis=0))
    x = b.node("Sub", b.node("Mul", x, b.scalar(2.0)), b.scalar(1.0))
    x = quantiser(x)
    widths = [64, 16, 16, 10]
    for i in range(3):
        w = rng.normal(0, 0.8, (widths[i + 1], widths[i])).astype(F32)
        w[0, :4] = [0.0, -0.0, 0.5, -1.5]  # a zero's sign and a half's rounding
        w = quantiser(b.tensor(w, f"features.{3 * i + 2}.weight"))
        x = b.node("MatMul", x, b.node("Transpose", w, perm=[1, 0]))
        if i < 2:
            x = b.batch_norm(x, rng, widths[i + 1], f"features.{3 * i + 3}", spread=widths[i] ** 0.5 * 0.7, momentum=0.9)
            x = quantiser(x)
    # the normalisation of the last tensor as a whole, by one mean and one variance
    x = b.node("Sub", x, b.scalar(-0.37))
    deviation = b.node("Pow", b.node("Add", b.scalar(13.7), b.scalar(1e-5)), b.scalar(0.5))
    x = b.node("Div", x, deviation)
    x = b.node("Mul", x, b.scalar(1.13))
    b.node("Add", x, b.scalar(-0.21))
    images = (rng.integers(0, 257, (6, 1, 8, 8)) / 256).astype(F32)
    images[:, 0, 0, :5] = [0.5, 0.25, 0.75, 0, 1]  # 0, -0.5, 0.5, -1 and 1 at the first quantiser
    b.save(folder, name, 9, images, [10], batch, 4)


def unsw(folder):
    rng = np.random.default_rng(33)
    b = Builder(GENERAL)
    widths, scales = [24, 16, 16, 1], [27.8, 8.91, 0.774]
    x = b.node("Add", "input", b.tensor(rng.integers(0, 3, 24).astype(F32)))
    x = b.node("Div", x, b.tensor(rng.uniform(0.5, 2, 24).astype(F32)))
    for i in range(3):
        w = b.tensor((rng.normal(0, 0.8, (widths[i + 1], widths[i])) * scales[i]).astype(F32), f"fc{i}.weight")
        w = b.quant(w, scales[i], 2, 1, 1)
        bias = rng.normal(0, 1, widths[i + 1]) * scales[i] - (i == 2) * 2.5  # so that both outputs occur
        bias = b.tensor(bias.astype(F32), f"fc{i}.bias")
        x = b.node("Gemm", x, w, bias, transB=1)
        if i < 2:
            var = (rng.uniform(0.3, 2, 16) * scales[i] ** 2 * 16).astype(F32)
            if i == 0:
                var[4] = 5.6e-45  # a subnormal: only epsilon keeps the gain finite
            x = b.batch_norm(x, rng, 16, f"bn{i}", spread=scales[i], var=var)
            x = b.quant(b.node("Relu", x), [0.55, 0.41][i], 2, 0, 0)
    b.bipolar(x)
    b.save(folder, "qonnx-unsw", 14, rng.integers(0, 3, (8, 24)).astype(F32), [1], "batch", 7)


def kws(folder):
    rng = np.random.default_rng(34)
    b = Builder(GENERAL)
    x = b.node("Flatten", b.quant("input", 0.125, 5, 1, 0), axis=1)
    widths = [60, 16, 16, 12]
    for i in range(3):
        scale = rng.uniform(0.05, 0.2, (widths[i + 1], 1)).astype(F32)
        w = (rng.normal(0, 1.6, (widths[i + 1], widths[i])) * scale).astype(F32)
        w = b.quant(b.tensor(w, f"layer{i}.weight"), scale, 3, 1, 1)
        x = b.node("MatMul", x, b.node("Transpose", w, perm=[1, 0]))
        if i < 2:
            x = b.batch_norm(x, rng, widths[i + 1], f"norm{i}", spread=1.4)
            x = b.quant(b.node("Relu", x), [0.21, 0.33][i], 3, 0, 0)
    # sixteenths: half of them lie between two levels of the first quantiser, some beyond its ends
    b.save(folder, "qonnx-kws", 11, (rng.integers(-40, 41, (5, 1, 10, 6)) / 16).astype(F32), [12], "batch", 6)


def jet(folder):
    rng = np.random.default_rng(35)
    b = Builder(FINN)
    x, widths = "input", [16, 12, 8, 5]
    for i in range(3):
        w = b.tensor(rng.normal(0, 0.35, (widths[i], widths[i + 1])).astype(F32), f"fc{i}/kernel:0")
        x = b.node("MatMul", x, b.quant(w, 2.0 ** -5, 6, 1, 0))
        bias = b.tensor(rng.normal(0, 0.3, widths[i + 1]).astype(F32), f"fc{i}/bias:0")
        x = b.node("Add", x, b.quant(bias, 2.0 ** -5, 6, 1, 0))
        if i < 2:
            x = b.quant(b.node("Relu", x), 2.0 ** -4, 6, 0, 0)
    b.node("Softmax", x, axis=1)
    b.save(folder, "qonnx-jet", 13, (rng.integers(-256, 257, (8, 16)) / 128).astype(F32), [5], "batch", 7)


def conv(folder):
    rng = np.random.default_rng(36)
    b = Builder(GENERAL)
    x = b.quant("input", 1 / 15, 4, 0, 0, op="IntQuant")
    w = b.bipolar(b.tensor(rng.normal(0, 1, (6, 1, 3, 3)).astype(F32), "conv1.weight"), 0.37)
    x = b.node("Conv", x, w, kernel_shape=[3, 3], pads=[1, 1, 1, 1], strides=[1, 1])
    x = b.batch_norm(x, rng, 6, "bn1", spread=0.6)
    x = b.bipolar(b.node("MaxPool", x, kernel_shape=[2, 2], strides=[2, 2]))
    w = b.tensor(rng.normal(0, 0.4, (8, 6, 3, 3)).astype(F32), "conv2.weight")
    x = b.node("Conv", x, b.quant(w, 0.45, 2, 1, 1, op="IntQuant"),
               kernel_shape=[3, 3], pads=[0, 0, 0, 0], strides=[1, 1])
    x = b.node("Flatten", b.node("GlobalAveragePool", x), axis=1)
    x = b.node("Gemm", x, b.tensor(rng.normal(0, 0.5, (10, 8)).astype(F32), "fc.weight"),
               b.tensor(rng.normal(0, 0.2, 10).astype(F32), "fc.bias"), transB=1)
    b.node("ArgMax", x, axis=1, keepdims=0)
    images = (rng.integers(0, 257, (6, 1, 8, 8)) / 256).astype(F32)
    b.save(folder, "qonnx-conv", 13, images, [], "batch", 7, output_type=TensorProto.INT64)


def channels_last(folder):
    """As Keras's networks come: channels last at the input and where the image is flattened."""
    rng = np.random.default_rng(37)
    b = Builder(GENERAL)
    x = b.node("Transpose", "input", perm=[0, 3, 1, 2])
    w = b.tensor(rng.normal(0, 0.5, (4, 3, 3, 3)).astype(F32), "conv/kernel")
    x = b.node("Conv", x, w, kernel_shape=[3, 3], pads=[1, 1, 1, 1], strides=[1, 1])
    x = b.node("MaxPool", b.node("Relu", x), kernel_shape=[2, 2], strides=[2, 2])
    x = b.quant(x, 0.3, 3, 0, 0)
    x = b.node("Transpose", x, perm=[0, 2, 3, 1])
    x = b.node("Reshape", x, b.tensor(np.array([-1, 48], np.int64), "shape"))
    w = b.quant(b.tensor(rng.normal(0, 0.4, (48, 10)).astype(F32), "dense/kernel"), 0.25, 3, 1, 1)
    x = b.node("Add", b.node("MatMul", x, w), b.tensor(rng.normal(0, 0.3, 10).astype(F32), "dense/bias"))
    b.node("Softmax", x, axis=1)
    images = (rng.integers(0, 257, (5, 6, 8, 3)) / 256).astype(F32)
    b.save(folder, "keras-cnn", 13, images, [10], "batch", 7)


if __name__ == "__main__":
    os.makedirs(sys.argv[1], exist_ok=True)
    brevitas(sys.argv[1], "qonnx-w1a1", 1, "batch_size", 31)
    brevitas(sys.argv[1], "qonnx-w2a2", 2, 1, 32)  # a fixed batch of one, as a plain export gives
    unsw(sys.argv[1])
    kws(sys.argv[1])
    jet(sys.argv[1])
    conv(sys.argv[1])
    channels_last(sys.argv[1])
