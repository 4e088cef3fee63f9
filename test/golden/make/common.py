"""Shared by the golden-data scripts: array encoding, seeded inputs, versions, writing. test/golden/README.md has the schema."""

import base64
import gzip
import json
import math
import os
import pathlib
import sys

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")

import numpy as np

GOLDEN = pathlib.Path(__file__).resolve().parent.parent
READABLE = 12


def readable(value):
    """A number as JSON: the shortest that is read back exactly in the array's dtype."""
    if value.dtype.kind != "f":
        return int(value)
    if not np.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    short = float(str(value))
    assert value.dtype.type(short).tobytes() == value.tobytes()
    return short


def array(value, dtype=None):
    """A tagged array: {"$array": {"dtype", "shape", "values" or "base64"}}; `value` is anything that numpy can convert."""
    a = np.asarray(value, dtype=dtype)
    name = "bool" if a.dtype == np.bool_ else a.dtype.name
    if name == "bool":
        a = a.astype(np.uint8)
    head = {"dtype": name, "shape": list(np.shape(value))}
    if a.size <= READABLE:
        return {"$array": {**head, "values": [readable(v) for v in a.ravel()]}}
    a = np.ascontiguousarray(a).astype(a.dtype.newbyteorder("<"))
    return {"$array": {**head, "base64": base64.b64encode(a.tobytes()).decode("ascii")}}


def lcg(shape, seed, low=-1.0, high=1.0):
    """Uniform float32-representable numbers in [low, high): x' = 1664525 x + 1013904223 mod 2^32, value = (x' >> 8) / 2^24."""
    count = int(np.prod(shape)) if len(shape) else 1
    x = np.uint32(seed)
    out = np.empty(count, np.float64)
    with np.errstate(over="ignore"):
        for i in range(count):
            x = np.uint32(x * np.uint32(1664525) + np.uint32(1013904223))
            out[i] = float(x >> np.uint32(8)) / 16777216.0
    out = low + (high - low) * out
    return out.astype(np.float32).reshape(shape)


def versions(**more):
    import keras
    import tensorflow as tf

    return {
        "keras": keras.__version__,
        "backend": keras.backend.backend(),
        "tensorflow": tf.__version__,
        "numpy": np.__version__,
        **more,
    }


def write(name, cases, versions, zipped=False, **about):
    """Write test/golden/<name>.json (or .json.gz), one case a line to keep changes readable."""
    script = "test/golden/make/" + pathlib.Path(sys.argv[0]).name
    head = json.dumps({"script": script, "versions": versions, **about})
    body = ",\n".join(json.dumps(c) for c in cases)
    text = '{"about": ' + head + ', "cases": [\n' + body + "\n]}\n"
    path = GOLDEN / (f"{name}.json.gz" if zipped else f"{name}.json")
    path.write_bytes(gzip.compress(text.encode(), mtime=0) if zipped else text.encode())
    print(f"{name}: {len(cases)} cases, {path.stat().st_size // 1024} KiB")
