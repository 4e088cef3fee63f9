"""The event files of Keras's TensorBoard callback: test/golden/tensorboard-callback.json.

Run from the repository root, in an environment with keras==3.15.1 and tensorflow:

    python test/golden/make/tensorboard_callback.py

A case has "model" (JSON), "weights", the data "x", "y", "xv", "yv" and the "options" of the callback. The model is compiled with
SGD(0.01), the loss mse and the metric mae, and trained for 3 epochs in batches of 4 without shuffling, then evaluated on the
validation data with another callback in a folder of its own. "events" are those of the training and "evaluated" those of the
evaluation, each with the "run", the "step", the "tag", and the name and the content of the "plugin"; "value" is an array, the JSON of
the model, or, for images, a list of arrays of pixels. Steps per second have no value.
"""

import glob
import os
import tempfile

from common import array, lcg, np, versions, write
import keras
import tensorflow as tf
from tensorflow.python.summary.summary_iterator import summary_iterator

L = keras.layers


def read(folder):
    events = []
    for run in ("train", "validation"):
        for path in sorted(glob.glob(os.path.join(folder, run, "*tfevents*"))):
            for event in summary_iterator(path):
                for value in event.summary.value:
                    plugin = value.metadata.plugin_data
                    head = {"run": run, "step": event.step, "tag": value.tag,
                            "plugin": plugin.plugin_name, "content": plugin.content.decode()}
                    data = tf.make_ndarray(value.tensor)
                    if "steps_per_second" in value.tag:
                        events.append(head)
                    elif plugin.plugin_name == "images":
                        width, height, *images = data.tolist()
                        pixels = [tf.io.decode_png(image).numpy() for image in images]
                        assert all(p.shape[:2] == (int(height), int(width)) for p in pixels)
                        events.append({**head, "value": [array(p) for p in pixels]})
                    elif data.dtype == object:
                        events.append({**head, "value": data.item().decode()})
                    else:
                        events.append({**head, "value": array(data)})
    return events


def case(name, make, shape, options, integers=False):
    keras.backend.clear_session()
    model = make()
    model.set_weights([
        lcg(tuple(w.shape), 100 + k, 0.1 if "variance" in w.path else -0.8, 1.2).astype(w.dtype) for k, w in enumerate(model.weights)
    ])
    model.compile(keras.optimizers.SGD(0.01), "mse", metrics=["mae"])
    data = {"x": lcg((10, *shape), 1), "y": lcg((10, 1), 2), "xv": lcg((6, *shape), 3), "yv": lcg((6, 1), 4)}
    if integers:
        data = {k: np.floor(v * 4 + 4).astype(np.int32) if k[0] == "x" else v for k, v in data.items()}
    result = {"name": name, "model": model.to_json(), "weights": [array(w) for w in model.get_weights()],
              **{k: array(v) for k, v in data.items()}, "options": options}
    folder, other = tempfile.mkdtemp(), tempfile.mkdtemp()
    model.fit(data["x"], data["y"], batch_size=4, epochs=3, shuffle=False, verbose=0, validation_data=(data["xv"], data["yv"]),
              callbacks=[keras.callbacks.TensorBoard(folder, **options)])
    model.evaluate(data["xv"], data["yv"], verbose=0, callbacks=[keras.callbacks.TensorBoard(other, **options)])
    return {**result, "events": read(folder), "evaluated": read(other)}


def dense():
    return keras.Sequential([
        keras.Input((6,)), L.Dense(3, activation="tanh", name="d"), L.BatchNormalization(name="bn"), L.Dense(1, name="out"),
    ], name="net")


def conv():
    x = inputs = keras.Input((5, 4, 1), name="x")
    x = L.Conv2D(4, 3, name="gray")(x)
    x = L.Conv2D(3, 2, name="color")(x)
    x = L.GlobalAveragePooling2D(name="pool")(x)
    return keras.Model(inputs, L.Dense(1, name="out")(x), name="images")


def embedding():
    inner = keras.Sequential([keras.Input((3, 2)), L.Flatten(name="flat"), L.Dense(1, name="inside")], name="inner")
    return keras.Sequential([keras.Input((3,)), L.Embedding(9, 2, name="table"), inner], name="outer")


cases = [
    case("defaults", dense, (6,), {}),
    case("everything", dense, (6,), {
        "histogram_freq": 1, "write_images": True, "write_steps_per_second": True, "update_freq": "batch",
    }),
    case("intervals", dense, (6,), {"histogram_freq": 2, "write_graph": False, "update_freq": 2}),
    case("images", conv, (5, 4, 1), {"histogram_freq": 3, "write_images": True}),
    case("nested", embedding, (3,), {"histogram_freq": 2, "write_images": True}, integers=True),
]
write("tensorboard-callback", cases, versions())
