"""Calls of Keras whose sizes change each time, for the benches of memory over shapes."""

import keras
import numpy as np

L = keras.layers
random = np.random.default_rng(1)


def rows(*shape):
    return random.random(shape, np.float32)


def labels(count):
    return np.arange(count, dtype=np.int32) % 10


def compiled(model):
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy")
    return model


def dense(width):
    layers = [L.Dense(width, activation="relu"), L.BatchNormalization(), L.Dense(10, activation="softmax")]
    return keras.Sequential([keras.Input((784,)), *layers])


def image():
    layers = [L.Conv2D(16, 3, activation="relu"), L.BatchNormalization(), L.MaxPooling2D()]
    head = [L.Conv2D(32, 3, activation="relu"), L.GlobalAveragePooling2D(), L.Dense(10, activation="softmax")]
    return keras.Sequential([keras.Input((None, None, 3)), *layers, *head])


def sequence():
    layers = [L.Conv1D(32, 3, activation="relu", padding="same"), L.BatchNormalization()]
    head = [L.GlobalAveragePooling1D(), L.Dense(10, activation="softmax")]
    return keras.Sequential([keras.Input((None, 16)), *layers, *head])


def batches():
    model = dense(512)
    return lambda i: model.predict_on_batch(rows(i + 1, 784))


def images():
    model = image()
    return lambda i: model.predict_on_batch(rows(1, 24 + i % 40, 24 + i // 40, 3))


def lengths():
    model = compiled(sequence())
    return lambda i: model.train_on_batch(rows(16, i + 10, 16), labels(16))


def steps():
    model = compiled(dense(512))
    return lambda i: model.train_on_batch(rows(i + 1, 784), labels(i + 1))


def layer():
    made = L.Dense(256, activation="relu")
    return lambda i: made(rows(i + 1, 128))


def models():
    return lambda i: compiled(dense(256 + i)).train_on_batch(rows(16, 784), labels(16))


CASES = {each.__name__: each for each in (batches, images, lengths, steps, layer, models)}


def prepare(workload):
    """A call with the same size up to the first mark, then with another size each time."""
    run, warmup, count = CASES[workload["call"]](), workload["marks"][0], 0

    def call():
        nonlocal count
        run(max(0, count - warmup + 1))
        count += 1

    return call
