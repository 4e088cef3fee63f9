"""What every golden-data script shares: array encoding, seeded inputs, the record of versions.

Golden files are JSON: {"about": {...versions...}, "cases": [...]}. An array is
{"shape": [...], "dtype": "float64", "data": "<base64 of the little-endian bytes>"}.

`lcg` is the pseudo-random sequence that test/support/lcg.ts repeats bit for bit, so that large
inputs and initial weights need not be stored.
"""

import base64
import json
import os
import pathlib

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")

import numpy as np

GOLDEN = pathlib.Path(__file__).resolve().parent.parent


def array(value, dtype=None):
    """Encode an array (or anything numpy can convert) for a golden file."""
    a = np.asarray(value, dtype=dtype)
    if a.dtype == np.bool_:
        a = a.astype(np.uint8)
        name = "bool"
    else:
        name = a.dtype.name
    a = np.ascontiguousarray(a).astype(a.dtype.newbyteorder("<"))
    return {
        "shape": list(np.shape(value)),
        "dtype": name,
        "data": base64.b64encode(a.tobytes()).decode("ascii"),
    }


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


def write(name, script, cases, **about):
    """Write test/golden/<name>.json, one case a line so that a change shows as a small diff."""
    head = json.dumps({"script": script, **about})
    body = ",\n".join(json.dumps(c) for c in cases)
    (GOLDEN / f"{name}.json").write_text('{"about": ' + head + ', "cases": [\n' + body + "\n]}\n")
    print(f"{name}: {len(cases)} cases, {(GOLDEN / f'{name}.json').stat().st_size // 1024} KiB")
