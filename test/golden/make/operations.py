"""Functions of keras.ops in the configs of functional models, and their results: test/golden/operations.json.

Run from the repository root, in an environment with keras==3.15.1 and tensorflow:

    python test/golden/make/operations.py

Kinds of case:
  function  a model of one function on an input [2, 4, 6], lcg(seed 3, low, high) in float32: "name", which is unique, Keras's
            "config", the names of the "layers", and the "outputs"
  special   a function of infinities, NaN, and small and large numbers: "input" and "outputs"
  plain     a function without tensors: "args" as in Python, and "outputs"
  model     several functions and layers: masks that Keras writes as functions, a part of MobileNetV3, calls that fix mode or mask,
            arguments by name, records of inputs and outputs, models as layers; the k-th weight is lcg(shape, 40 + k, 0.2, 0.8)
"""

import json
import os
import re

from common import array, lcg, np, versions, write
import keras

L, ops = keras.layers, keras.ops
SHAPE = (4, 6)
W = lcg((6, 3), 5, -0.5, 0.5).astype(np.float32)
V = lcg((6,), 6, 0.5, 1.5).astype(np.float32)
S = slice

FUNCTIONS = {
    "Negative": ops.negative, "Absolute": ops.abs, "Sign": ops.sign, "Floor": ops.floor, "Exp": ops.exp,
    "Log": lambda x: ops.log(ops.abs(x)), "Sqrt": lambda x: ops.sqrt(ops.abs(x)), "Reciprocal": lambda x: ops.reciprocal(x + 3.0),
    "Rsqrt": lambda x: ops.rsqrt(ops.abs(x) + 0.5), "Square": ops.square, "Sin": ops.sin, "Cos": ops.cos, "Tanh": ops.tanh,
    "Erf": ops.erf, "Isnan": ops.isnan, "LogicalNot": lambda x: ops.logical_not(x > 0), "StopGradient": ops.stop_gradient,
    "Add": lambda x: x + 3.0, "Add from the left": lambda x: 2 + x, "Add an array": lambda x: x + V, "Subtract": lambda x: 1 - x,
    "Multiply": lambda x: ops.multiply(x, 1 / 6), "Divide": lambda x: ops.divide(x, 3), "TrueDivide by 3": lambda x: x / 3,
    "Power": lambda x: x**2, "Maximum": lambda x: ops.maximum(x, 0.1), "Minimum": lambda x: ops.minimum(0.1, x),
    "Equal": lambda x: ops.equal(x, x), "NotEqual": lambda x: ops.not_equal(x, 0), "Less": lambda x: x < 0.1,
    "LessEqual": lambda x: x <= 0.1, "Greater": lambda x: x > 0.1, "GreaterEqual": lambda x: x >= 0.1,
    "LogicalAnd": lambda x: ops.logical_and(x > -0.2, x < 0.2), "LogicalOr": lambda x: ops.logical_or(x < -0.2, x > 0.2),
    "Where": lambda x: ops.where(x > 0, x, 0.5), "Clip": lambda x: ops.clip(x, -0.1, 0.2), "Cast": lambda x: ops.cast(x * 5, "int32"),
    "Matmul": lambda x: ops.matmul(x, W), "Matmul of two": lambda x: ops.matmul(x, ops.transpose(x, (0, 2, 1))),
    "Mean": lambda x: ops.mean(x, axis=(1, 2), keepdims=True), "Sum": lambda x: ops.sum(x, axis=1), "Max": lambda x: ops.max(x, axis=-1),
    "Min": lambda x: ops.min(x, axis=-1), "Amax of small numbers": lambda x: ops.amax(x, axis=1), "Amin without keepdims": lambda x: ops.amin(x, axis=1),
    "Prod": lambda x: ops.prod(x, axis=(1, 2)), "All": lambda x: ops.all(x > -0.4, axis=1), "Any": lambda x: ops.any(x > 0.4, axis=1),
    "Var": lambda x: ops.var(x, axis=1), "Std of small numbers": lambda x: ops.std(x, axis=1), "Argmax": lambda x: ops.argmax(x, axis=-1),
    "Argmin with keepdims": lambda x: ops.argmin(x, axis=1, keepdims=True), "Softmax": ops.softmax, "LogSoftmax": ops.log_softmax,
    "Normalize": lambda x: ops.normalize(x, axis=1), "Reshape": lambda x: ops.reshape(x, (-1, 3, 8)),
    "Transpose": lambda x: ops.transpose(x, (0, 2, 1)), "BroadcastTo": lambda x: ops.broadcast_to(ops.mean(x, axis=(0, 1)), (2, 6)),
    "Concatenate": lambda x: ops.concatenate([x, -x], axis=1), "Stack": lambda x: ops.stack([x, -x], axis=-1),
    "Split": lambda x: ops.split(x, 2, axis=-1), "Split at": lambda x: ops.split(x, [1, 2], axis=1)[1],
    "ExpandDims": lambda x: ops.expand_dims(x, (1, -1)), "Squeeze": lambda x: ops.squeeze(ops.expand_dims(x, 1), 1),
    "Repeat": lambda x: ops.repeat(x, 2, axis=1), "Take": lambda x: ops.take(x, np.array([2, 0], "int32"), axis=1),
    "OneHot": lambda x: ops.one_hot(ops.argmax(x, axis=-1), 6), "Pad": lambda x: ops.pad(x, ((0, 0), (1, 2), (0, 1))),
    "Pad with a number": lambda x: ops.pad(x, ((0, 0), (1, 2), (0, 1)), constant_values=2.5),
    "FullLike": lambda x: ops.full_like(x, 2), "ZerosLike": ops.zeros_like, "OnesLike": ops.ones_like,
    "GetItem": lambda x: x[:, 1:3], "GetItem at": lambda x: x[:, -1], "GetItem with dots": lambda x: x[..., 0],
    "GetItem with a new axis": lambda x: x[:, None, ::2], "Slice": lambda x: ops.slice(x, (0, 1, 2), (2, 2, 3)),
    "Swapaxes of 1 and 2": lambda x: ops.swapaxes(x, 1, 2), "Moveaxis of 1 to 2": lambda x: ops.moveaxis(x, 1, 2), "Ravel of small numbers": ops.ravel,
    "Relu": ops.relu, "Relu6": ops.relu6, "Sigmoid": ops.sigmoid, "Softplus": ops.softplus, "Silu": ops.silu,
    "HardSigmoid": ops.hard_sigmoid, "HardSilu": ops.hard_silu, "Selu": ops.selu, "Softsign": ops.softsign,
    "LogSigmoid": ops.log_sigmoid, "HardTanh": ops.hard_tanh, "TanhShrink": ops.tanh_shrink, "SparsePlus": ops.sparse_plus,
    "SparseSigmoid": ops.sparse_sigmoid, "LeakyRelu": ops.leaky_relu, "Elu": ops.elu, "Celu": lambda x: ops.celu(x, 0.5),
    "Glu": ops.glu, "SoftShrink": lambda x: ops.soft_shrink(x, 0.1),
    "HardShrink": lambda x: ops.hard_shrink(x, 0.1), "Squareplus": ops.squareplus, "Gelu": ops.gelu,
    "Gelu, exact": lambda x: ops.gelu(x, approximate=False), "Threshold": lambda x: ops.threshold(x, 0.1, -1.0),
    "ReLU": lambda x: keras.activations.relu(x, max_value=0.3),
    "Conv": lambda x: ops.conv(x, W.reshape(1, 6, 3), strides=2, padding="same"),
    "DepthwiseConv": lambda x: ops.depthwise_conv(x, W.reshape(3, 6, 1)),
    "SeparableConv": lambda x: ops.separable_conv(x, W.reshape(3, 6, 1), W.reshape(1, 6, 3)),
    "MaxPool": lambda x: ops.max_pool(x, 2), "AveragePool": lambda x: ops.average_pool(x, 2, strides=1, padding="same"),
    "Moments": lambda x: ops.moments(x, axes=[1])[1],
}


U = lcg((6,), 6, -1.5, 1.5).astype(np.float32)

# name: (function, low, high)
RANGED = {
    "Log1p": (ops.log1p, -0.9, 2.0), "Expm1": (ops.expm1, -3.0, 3.0), "Log2": (ops.log2, 0.1, 9.0), "Log10": (ops.log10, 0.1, 9.0),
    "Logaddexp": (lambda x: ops.logaddexp(x, U), -3.0, 3.0), "Logsumexp": (lambda x: ops.logsumexp(x, axis=1), -30.0, 30.0),
    "Logsumexp of all": (lambda x: ops.logsumexp(x, axis=(1, 2), keepdims=True), -30.0, 30.0),
    "Ceil": (ops.ceil, -3.0, 3.0), "Trunc": (ops.trunc, -3.0, 3.0), "Round": (ops.round, -3.0, 3.0),
    "Round to decimals": (lambda x: ops.round(x, 1), -3.0, 3.0), "Tan": (ops.tan, -1.4, 1.4), "Sinh": (ops.sinh, -3.0, 3.0),
    "Cosh": (ops.cosh, -3.0, 3.0), "Arcsinh": (ops.arcsinh, -3.0, 3.0), "Arccosh": (ops.arccosh, 1.0, 4.0), "Arctanh": (ops.arctanh, -0.9, 0.9),
    "Isfinite": (lambda x: ops.isfinite(1 / ops.floor(x)), -2.0, 2.0), "Isinf": (lambda x: ops.isinf(1 / ops.floor(x)), -2.0, 2.0),
    "LogicalXor": (lambda x: ops.logical_xor(x > -0.2, x < 0.2), -0.7, 0.7),
    "NanToNum": (lambda x: ops.nan_to_num(ops.log(ops.floor(x)), nan=7.0, posinf=8.0, neginf=-9.0), -2.0, 2.0),
    "NanToNum by default": (lambda x: ops.nan_to_num(ops.log(ops.floor(x))), -2.0, 2.0),
    "DivideNoNan": (lambda x: ops.divide_no_nan(x, ops.floor(x)), -2.0, 2.0),
    "Swapaxes": (lambda x: ops.swapaxes(x, 1, -1), -1.0, 1.0), "Moveaxis": (lambda x: ops.moveaxis(x, 1, -1), -1.0, 1.0),
    "Ravel": (ops.ravel, -1.0, 1.0), "Tile": (lambda x: ops.tile(x, (1, 2, 3)), -1.0, 1.0), "Flip": (lambda x: ops.flip(x, 2), -1.0, 1.0),
    "Roll": (lambda x: ops.roll(x, 2, axis=1), -1.0, 1.0), "Unstack": (lambda x: ops.unstack(x, axis=1), -1.0, 1.0),
    "Tril": (lambda x: ops.tril(x, -1), -1.0, 1.0), "Triu": (lambda x: ops.triu(x, 1), -1.0, 1.0),
    "Std": (lambda x: ops.std(x, axis=1), -1.0, 1.0), "Ptp": (lambda x: ops.ptp(x, axis=1), -1.0, 1.0),
    "CountNonzero": (lambda x: ops.count_nonzero(ops.floor(x), axis=2), -1.0, 2.0),
    "Argmin": (lambda x: ops.argmin(x, axis=1), -1.0, 1.0), "Amax": (lambda x: ops.amax(x, axis=1), -1.0, 1.0),
    "Amin": (lambda x: ops.amin(x, axis=1, keepdims=True), -1.0, 1.0), "Absolute by its full name": (ops.absolute, -1.0, 1.0),
    "TrueDivide": (lambda x: ops.true_divide(x, U), -1.0, 1.0),
}

# What needs no tensors: the arguments, as they are in Python, and the result. With TensorFlow, keras.ops.eye makes other
# shapes than it was asked for where k is not 0: NumPy's are taken.
PLAIN = [("Zeros", ops.zeros, [[2, 3]]), ("Ones", ops.ones, [[2, 3]]), ("Eye", ops.eye, [3]), ("Eye", np.eye, [2, 4, 1]),
         ("Eye", np.eye, [4, 2, -1]), ("Arange", ops.arange, [5]), ("Arange", ops.arange, [2, 11, 3]), ("Arange", ops.arange, [5, 0, -2]),
         ("Arange", ops.arange, [0.5, 2.0, 0.25]), ("Linspace", ops.linspace, [0.0, 1.0, 5]), ("Linspace", ops.linspace, [-1.0, 2.0, 4, False])]


def masked():
    i = keras.Input((4, 3), name="i")
    x = L.Dense(2, name="dense")(L.Masking(name="masking")(i))
    return keras.Model(i, [L.GlobalAveragePooling1D(name="mean")(x), L.BatchNormalization(name="bn")(x)], name="masked")


def embedded():
    i = keras.Input((4,), name="i", dtype="int32")
    x = L.Embedding(5, 3, mask_zero=True, name="embedding")(i)
    inner = keras.Sequential([keras.Input((4, 3)), L.GlobalAveragePooling1D(name="mean")], name="inner")
    return keras.Model(i, inner(L.Add(name="sum")([x, x])), name="embedded")


def squeeze_excite():
    i = keras.Input((4, 4, 6), name="i")
    x = L.GlobalAveragePooling2D(keepdims=True, name="pool")(i)
    x = L.Conv2D(6, 1, name="conv")(x)
    x = L.ReLU(6.0)(x + 3.0) * (1.0 / 6.0)
    return keras.Model(i, L.Multiply(name="scaled")([i, x]), name="squeeze_excite")


def fixed():
    i, k = keras.Input((4, 3), name="i"), keras.Input((4,), dtype="bool", name="k")
    bn = L.BatchNormalization(name="bn")
    x = bn(i, mask=k, training=False)
    y = L.Dense(2, name="dense")(inputs=x)
    pair = keras.Model({"a": (a := keras.Input((4, 2), name="a")), "b": (b := keras.Input((4, 2), name="b"))},
                       {"sum": a + b, "product": ops.multiply(a, b)}, name="pair")
    out = pair({"a": y, "b": ops.relu(y)}, training=False)
    return keras.Model({"i": i, "k": k}, {"out": out["sum"], "other": [out["product"], bn(x, training=False)]}, name="fixed")


cases = []
for name, (f, low, high) in {**{name: (f, -0.7, 0.7) for name, f in FUNCTIONS.items()}, **RANGED}.items():
    keras.backend.clear_session()
    i = keras.Input(SHAPE, name="i")
    m = keras.Model(i, f(i), name="model")
    x = lcg((2, *SHAPE), 3, low, high).astype(np.float32)
    out = m.predict(x, verbose=0)
    out = out if isinstance(out, (list, tuple)) else [out]
    cases.append({"kind": "function", "name": name, "low": low, "high": high, "config": json.loads(json.dumps(m.get_config())),
                  "layers": [l.name for l in m.layers], "outputs": [array(o) for o in out]})
SPECIAL = [float("inf"), float("-inf"), float("nan"), 1e-6, -1e-6, 0.0, 0.5, 1.5, -2.5, 88.0, -1.0, 3e38]
for name, f in {"Log1p": ops.log1p, "Expm1": ops.expm1, "Round": ops.round, "Ceil": ops.ceil, "Trunc": ops.trunc, "Sinh": ops.sinh,
                "Arcsinh": ops.arcsinh, "Isfinite": ops.isfinite, "Isinf": ops.isinf}.items():
    x = np.array(SPECIAL, np.float32)
    cases.append({"kind": "special", "name": name, "input": array(x), "outputs": [array(keras.ops.convert_to_numpy(f(x)))]})
for name, f, given in PLAIN:
    cases.append({"kind": "plain", "name": name, "args": given, "outputs": [array(keras.ops.convert_to_numpy(f(*given)), "float32" if f is np.eye else None)]})

for make in (masked, embedded, squeeze_excite, fixed):
    keras.backend.clear_session()
    m = make()
    m.set_weights([lcg(tuple(w.shape), 40 + k, 0.2, 0.8) for k, w in enumerate(m.weights)])
    feeds = {}
    for k, t in enumerate(m.inputs):
        shape = (3, *t.shape[1:])
        data = lcg(shape, 70 + k, -1.0, 1.0).astype(np.float32)
        if t.dtype == "int32":
            data = np.floor((data + 1) * 2.4).astype(np.int32)
        elif t.dtype == "bool":
            data = data > 0
        elif len(shape) == 3:
            data[:, 2:] = 0
        feeds[t.name] = data
    given = feeds if len(feeds) > 1 else next(iter(feeds.values()))
    lines = []
    os.environ["COLUMNS"] = "120"
    m.summary(line_length=100, print_fn=lambda s, **_: lines.append(s))
    out = keras.tree.flatten(m.predict(given, verbose=0))
    cases.append({"kind": "model", "name": m.name, "config": json.loads(json.dumps(m.get_config())), "layers": [l.name for l in m.layers],
                  "paths": [w.path for w in m.weights], "feeds": {k: array(v) for k, v in feeds.items()},
                  "summary": re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(lines)).rstrip("\n"), "outputs": [array(o) for o in out]})

write("operations", cases, versions())
