"""What Keras writes for more functions of keras.ops in functional models, and what they compute: test/golden/operations2.json.

Run from the repository root, in an environment with keras==3.15.1 and tensorflow:

    python test/golden/make/operations2.py

Each case is a model of one such function of an input [2, 4, 6], lcg(seed 3, low, high) in float32: the config of Keras, and
the outputs. "special" cases are of infinities, NaN and small numbers; "plain" ones of functions that take no tensors.
"""

import json

from common import array, lcg, np, versions, write
import keras

ops = keras.ops
SHAPE = (4, 6)
V = lcg((6,), 6, -1.5, 1.5).astype(np.float32)

# name: (function, low, high)
FUNCTIONS = {
    "Log1p": (ops.log1p, -0.9, 2.0), "Expm1": (ops.expm1, -3.0, 3.0), "Log2": (ops.log2, 0.1, 9.0), "Log10": (ops.log10, 0.1, 9.0),
    "Logaddexp": (lambda x: ops.logaddexp(x, V), -3.0, 3.0), "Logsumexp": (lambda x: ops.logsumexp(x, axis=1), -30.0, 30.0),
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
    "Amin": (lambda x: ops.amin(x, axis=1, keepdims=True), -1.0, 1.0), "Absolute": (ops.absolute, -1.0, 1.0),
    "TrueDivide": (lambda x: ops.true_divide(x, V), -1.0, 1.0),
}

# What needs no tensors: the arguments, as they are in Python, and the result. With TensorFlow, keras.ops.eye makes other
# shapes than it was asked for where k is not 0: NumPy's are taken.
PLAIN = [("Zeros", ops.zeros, [[2, 3]]), ("Ones", ops.ones, [[2, 3]]), ("Eye", ops.eye, [3]), ("Eye", np.eye, [2, 4, 1]),
         ("Eye", np.eye, [4, 2, -1]), ("Arange", ops.arange, [5]), ("Arange", ops.arange, [2, 11, 3]), ("Arange", ops.arange, [5, 0, -2]),
         ("Arange", ops.arange, [0.5, 2.0, 0.25]), ("Linspace", ops.linspace, [0.0, 1.0, 5]), ("Linspace", ops.linspace, [-1.0, 2.0, 4, False])]

cases = []
for name, (f, low, high) in FUNCTIONS.items():
    keras.backend.clear_session()
    i = keras.Input(SHAPE, name="i")
    m = keras.Model(i, f(i), name="model")
    x = lcg((2, *SHAPE), 3, low, high).astype(np.float32)
    out = m.predict(x, verbose=0)
    out = out if isinstance(out, (list, tuple)) else [out]
    cases.append({"kind": "function", "name": name, "low": low, "high": high, "config": json.loads(json.dumps(m.get_config())),
                  "outputs": [array(o) for o in out]})
SPECIAL = [float("inf"), float("-inf"), float("nan"), 1e-6, -1e-6, 0.0, 0.5, 1.5, -2.5, 88.0, -1.0, 3e38]
for name, f in {"Log1p": ops.log1p, "Expm1": ops.expm1, "Round": ops.round, "Ceil": ops.ceil, "Trunc": ops.trunc, "Sinh": ops.sinh,
                "Arcsinh": ops.arcsinh, "Isfinite": ops.isfinite, "Isinf": ops.isinf}.items():
    x = np.array(SPECIAL, np.float32)
    cases.append({"kind": "special", "name": name, "input": array(x), "outputs": [array(keras.ops.convert_to_numpy(f(x)))]})
for name, f, given in PLAIN:
    cases.append({"kind": "plain", "name": name, "args": given, "outputs": [array(keras.ops.convert_to_numpy(f(*given)), "float32" if f is np.eye else None)]})

write("operations2", cases, versions())
