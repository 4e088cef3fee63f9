"""Keras's JSON for objects of each kind: keras.saving.serialize_keras_object."""

import keras

from common import versions, write

KINDS = [
    ("layer", lambda: keras.layers.Dense(2, activation="relu", name="d")),
    ("wrapper", lambda: keras.layers.TimeDistributed(keras.layers.Dense(2, name="d"), name="t")),
    ("optimizer", lambda: keras.optimizers.SGD(0.5, momentum=0.25)),
    ("schedule", lambda: keras.optimizers.schedules.ExponentialDecay(0.5, 10, 0.25)),
    ("loss", lambda: keras.losses.BinaryCrossentropy(from_logits=True)),
    ("metric", lambda: keras.metrics.TopKCategoricalAccuracy(k=3, name="top")),
    ("initializer", lambda: keras.initializers.RandomNormal(0.0, 0.5, seed=3)),
    ("regularizer", lambda: keras.regularizers.L1L2(0.5, 0.25)),
    ("constraint", lambda: keras.constraints.MaxNorm(2, axis=1)),
    ("policy", lambda: keras.DTypePolicy("mixed_float16")),
    ("function", lambda: keras.activations.relu),
    ("tensor", lambda: keras.ops.convert_to_tensor([[1.0, 2.0]])),
    ("structure", lambda: {"a": [1, 1.5, "b", None, True], "c": keras.losses.MeanSquaredError()}),
]

if __name__ == "__main__":
    cases = [{"kind": kind, "json": keras.saving.serialize_keras_object(make())} for kind, make in KINDS]
    write("keras-objects", cases, versions())
