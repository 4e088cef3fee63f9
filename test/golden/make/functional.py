"""A functional model of two inputs and two outputs, with a shared Dense and a shared BatchNormalization: test/golden/functional.json.

Run from the repository root, in an environment with keras==3.15.1 and tensorflow:

    python test/golden/make/functional.py

The model "net": Inputs a [4] and b [4]; "shared", Dense(3, relu), is called on a, then on b; "bn", BatchNormalization(momentum=0.9),
on the first of these, then on the second; "add" adds the first of bn's outputs to the second of shared's; "seq", a Sequential of
"inner", Dense(2), is called on the sum; outputs "one", Dense(1) of seq's, and "two", Dense(2, softmax) of bn's second output.

The case of kind "training": all float64; the k-th of model.get_weights() is lcg(shape, seed=2000 + k, low=-0.5, high=0.5) for kernels;
biases, beta and moving_mean zeros; gamma and moving_variance ones. Data, 6 rows: a = lcg([6, 4], seed=11), b = lcg([6, 4], seed=12),
targets of one lcg([6, 1], seed=13), of two i mod 2. SGD(0.1), losses mse and sparse_categorical_crossentropy, loss weights 1 and 0.5,
metrics mae for one and accuracy for two. "steps" are three results of train_on_batch, "output" what predict gives after them.
"config" is the JSON of the model in float32, "summary" its summaries, "layers" and "paths" the names of layers and weights.
"diamond" is another model, whose layers are met in an order that is not that of their calls: see diamond() below.
"""

import json
import os
import re

from common import array, lcg, np, versions, write
import keras

L = keras.layers


def net():
    keras.backend.clear_session()
    a, b = keras.Input((4,), name="a"), keras.Input((4,), name="b")
    shared, bn = L.Dense(3, activation="relu", name="shared"), L.BatchNormalization(momentum=0.9, name="bn")
    x, y = shared(a), shared(b)
    n = bn(x)
    z = L.Add(name="add")([n, y])
    s = keras.Sequential([keras.Input((3,)), L.Dense(2, name="inner")], name="seq")(z)
    return keras.Model([a, b], [L.Dense(1, name="one")(s), L.Dense(2, activation="softmax", name="two")(bn(y))], name="net")


def diamond():
    keras.backend.clear_session()
    p, unused = keras.Input((2,), name="p"), keras.Input((5,), name="unused")
    late = L.Dense(2, name="late")
    early = L.Dense(2, name="early")(p)
    far = L.Dense(2, name="far")(L.Dense(2, name="farther")(p))
    both = L.Add(name="both")([far, early])
    twice = late(late(both))
    return keras.Model({"q": p, "u": unused}, {"z": twice, "y": L.Dense(1, name="last")(early)}, name="diamond")


def text(m, columns, **options):
    os.environ["COLUMNS"] = str(columns)
    lines = []
    m.summary(print_fn=lambda s, **_: lines.append(s), **options)
    return {"columns": columns, "options": options, "text": re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(lines))}


def describe(kind, m):
    return {"kind": kind, "layers": [l.name for l in m.layers], "paths": [w.path for w in m.weights],
            "config": json.loads(json.dumps(keras.saving.serialize_keras_object(m))),
            "summary": [text(m, 120), text(m, 90), text(m, 140, show_trainable=True)]}


cases = [describe("net", net()), describe("diamond", diamond())]

keras.config.set_floatx("float64")
keras.config.set_dtype_policy("float64")
m = net()
m.set_weights([
    lcg(tuple(w.shape), 2000 + k, -0.5, 0.5) if w.name == "kernel" else np.full(tuple(w.shape), 1.0 if w.name in ("gamma", "moving_variance") else 0.0)
    for k, w in enumerate(m.weights)
])
m.compile(optimizer=keras.optimizers.SGD(0.1), loss=["mse", "sparse_categorical_crossentropy"], loss_weights=[1.0, 0.5],
          metrics=[["mae"], ["accuracy"]], jit_compile=False)
x = [lcg((6, 4), 11).astype(np.float64), lcg((6, 4), 12).astype(np.float64)]
y = [lcg((6, 1), 13).astype(np.float64), np.arange(6) % 2]
steps = []
for _ in range(3):
    m.reset_metrics()
    steps.append({k: float(v) for k, v in m.train_on_batch(x, y, return_dict=True).items()})
cases.append({"kind": "training", "steps": steps, "finalWeights": [array(w) for w in m.get_weights()],
              "output": [array(v) for v in m.predict(x, verbose=0)]})
write("functional", cases, versions())
