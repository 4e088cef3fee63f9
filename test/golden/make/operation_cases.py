"""Shared by the scripts that record calls of keras.ops on arrays, computed by Keras on NumPy: {numpy,linalg,…}_operations.py.

Every case is a call: the name of the function as in JavaScript, its positional "args" and its "options". Arrays among them are
tagged {"lcg": [shape, seed, low, high, dtype]}, or are written out. "outputs" are Keras's results. "gradient" says that the first one
is differentiable there, which the test checks in float64. "node" is the operation that Keras records when the arrays are symbolic:
its class, module and config.
"""

import os

os.environ["KERAS_BACKEND"] = "numpy"

import re

from common import array, lcg, np, versions, write
import keras

ops = keras.ops
INF, NAN = float("inf"), float("nan")
CASES = []


class A:
    """An array argument: seeded, or of given values."""

    def __init__(self, shape=None, seed=1, low=-2.0, high=2.0, dtype="float32", values=None):
        if values is None:
            made = lcg(tuple(shape), seed, low, high)
            self.value = (np.floor(made) if dtype in ("int32", "uint8") else made > 0 if dtype == "bool" else made).astype(dtype)
            self.json = {"lcg": [list(shape), seed, low, high, dtype]}
        else:
            self.value = np.array(values, dtype)
            self.json = array(self.value)


def V(values, dtype="float32"):
    return A(values=values, dtype=dtype)


def I(shape, seed=1, low=-5, high=6):
    return A(shape, seed, low, high, "int32")


def camel(name):
    return re.sub(r"_+([a-z0-9])", lambda m: m.group(1).upper(), name)


def each(tree, f):
    if isinstance(tree, A):
        return f(tree)
    if isinstance(tree, (list, tuple)):
        return type(tree)(each(e, f) for e in tree)
    if isinstance(tree, dict):
        return {k: each(e, f) for k, e in tree.items()}
    return tree


def arrays(tree):
    found = []
    each(tree, found.append)
    return found


def flat(out):
    return [o for e in out for o in flat(e)] if isinstance(out, (list, tuple)) else [out]


def text(tree):
    if isinstance(tree, float) and not np.isfinite(tree):
        return "NaN" if np.isnan(tree) else "Infinity" if tree > 0 else "-Infinity"
    if isinstance(tree, (list, tuple)):
        return [text(e) for e in tree]
    return {k: text(e) for k, e in tree.items()} if isinstance(tree, dict) else tree


def case(name, *args, grad=True, node=True, spread=None, note=None, result=None, **kwargs):
    """A call of keras.ops.<name>; `spread` names the argument whose entries are separate arguments in Python; `result` is the dtype of the
    other backends where NumPy's has another one."""
    f = getattr(ops, name)
    call = (lambda a, k: f(*a[0], **k)) if spread else (lambda a, k: f(*a, **k))
    try:
        outputs = flat(call(each(args, lambda a: a.value), each(kwargs, lambda a: a.value)))
    except Exception as error:  # Keras on NumPy lacks some.
        print(f"{name} is left out: {type(error).__name__}: {error}"[:150])
        return
    entry = {"op": camel(name), "args": text(each(list(args), lambda a: a.json)),
             "options": text({camel(k): each(v, lambda a: a.json) for k, v in kwargs.items()})}
    if note:
        entry["note"] = note
    entry["outputs"] = [array(np.asarray(o, result)) for o in outputs]
    given = arrays(args) + arrays(kwargs)
    floats = [i for i, a in enumerate(given) if a.value.dtype.kind == "f"]
    if grad and floats and np.asarray(outputs[0]).dtype.kind == "f":
        entry["gradient"] = True
    if node and given:
        keras.backend.clear_session()
        symbols = {}

        def symbol(a):
            symbols[id(a)] = keras.Input(batch_shape=a.value.shape, dtype=str(a.value.dtype), name=f"x{len(symbols)}")
            return symbols[id(a)]

        try:
            out = flat(call(each(args, symbol), each(kwargs, symbol)))
            config = keras.Model(list(symbols.values()), out).get_config()
        except Exception as error:  # Some of Keras's symbolic calls fail.
            print(f"{name} without a node: {type(error).__name__}: {error}"[:150])
            config = {"layers": []}
        last = [l for l in config["layers"] if l["class_name"] != "InputLayer"]
        if len(last) == 1:
            entry["node"] = {k: last[0][k] for k in ("module", "class_name")}
            entry["node"]["config"] = {k: v for k, v in last[0]["config"].items() if k != "name"}
    CASES.append(entry)


def save(name):
    """Writes test/golden/<name>.json.gz."""
    write(name, CASES, versions(), zipped=True)
