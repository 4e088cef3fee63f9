"""Masks in models of symbolic tensors, which Keras writes into configs as functions and arguments: test/golden/masks.json.

Run from the repository root, in an environment with keras==3.15.1 and tensorflow:

    python test/golden/make/masks.py

The models stand below. The k-th of model.weights is lcg(shape, seed=4000 + k, low=0.2, high=0.8). Inputs are lcg([4, 3, 2], seed=i + 1)
for the i-th, but for these time steps, which are zeros: (row, step) with (row + 2 step + i) mod 3 = 0. "config" is the JSON of the
model, "output" what predict gives, "loss" that of one train_on_batch with targets of zeros, mse and SGD(0.1), and "after" the weights
after it.
"""

import json

from common import array, lcg, np, versions, write
import keras

L = keras.layers


def data(count):
    inputs = []
    for i in range(count):
        x = lcg((4, 3, 2), i + 1)
        for row in range(4):
            for step in range(3):
                if (row + 2 * step + i) % 3 == 0:
                    x[row, step] = 0.0
        inputs.append(x)
    return inputs


def single():
    x = keras.Input((3, 2), name="x")
    h = L.BatchNormalization(momentum=0.5, name="bn")(L.Masking(name="masking")(x))
    return keras.Model(x, L.GlobalAveragePooling1D(name="mean")(L.Dense(2, name="dense")(h)), name="single")


def inner():
    a, b = keras.Input((3, 2), name="a"), keras.Input((3, 2), name="b")
    mean, last = L.GlobalAveragePooling1D(name="mean"), L.Dense(2, name="last")
    return keras.Model([a, b], [mean(last(a)), L.BatchNormalization(momentum=0.5, name="bn")(L.Add(name="add")([a, b]))], name="inner")


def first():
    """A model of two inputs inside another: the first input has a mask."""
    p, q = keras.Input((3, 2), name="p"), keras.Input((3, 2), name="q")
    one, two = inner()([L.Masking(name="masking")(p), q])
    return keras.Model([p, q], [one, L.GlobalAveragePooling1D(name="pool")(two)], name="first")


def both():
    """Both inputs have one, the second by a value of its own."""
    p, q = keras.Input((3, 2), name="p"), keras.Input((3, 2), name="q")
    one, two = inner()([L.Masking(name="left")(p), L.Masking(mask_value=0.0, name="right")(q)])
    return keras.Model([p, q], [one, L.GlobalAveragePooling1D(name="pool")(two)], name="both")


cases = []
for make in (single, first, both):
    keras.backend.clear_session()
    m = make()
    m.set_weights([lcg(tuple(w.shape), 4000 + k, 0.2, 0.8) for k, w in enumerate(m.weights)])
    xs = data(len(m.inputs))
    given = xs[0] if len(xs) == 1 else xs
    output = m.predict(given, verbose=0)
    outputs = output if isinstance(output, list) else [output]
    config = json.loads(json.dumps(keras.saving.serialize_keras_object(m)))
    m.compile(optimizer=keras.optimizers.SGD(0.1), loss="mse", jit_compile=False)
    zeros = [np.zeros_like(v) for v in outputs]
    logs = m.train_on_batch(given, zeros[0] if len(zeros) == 1 else zeros, return_dict=True)
    cases.append({"name": m.name, "config": config, "output": [array(v) for v in outputs], "loss": float(logs["loss"]),
                  "paths": [w.path for w in m.weights], "after": [array(w.numpy()) for w in m.weights]})
write("masks", cases, versions())
