"""Writes a network of keras.applications with random weights, inputs for it, and what Keras predicts; or opens what evenkeel
wrote of it. scripts/check-applications.mjs calls this:

    make-applications.py make FOLDER NAME     NAME.keras, NAME.h5, NAME.weights.h5, NAME.json,
                                              NAME.x.f32, NAME.y.f32, and NAME.y64.f32, taken in float64;
                                              and NAME.published.h5, weights as Keras publishes them
    make-applications.py open FOLDER NAME     holds NAME.written.keras against NAME.y.f32 and the weights of NAME.keras

Kernels are Keras's own random ones. Scales and offsets are drawn so that a mistake in any of them shows; the moving
statistics are those of other images, so that activations neither vanish nor explode. The networks end before the softmax, which would hide errors.
"""

import json
import os
import pathlib
import sys

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
os.environ.setdefault("ABSL_MIN_LOG_LEVEL", "3")

import h5py
import keras
import numpy as np
from keras.layers import BatchNormalization
from keras.src.legacy.saving import legacy_h5_format

BATCH = 2
SEED = 20
TOLERANCE = 1e-4


def draw(model, rng):
    """Random offsets and scales; kernels stay, but where nothing normalizes they need the gain of relu."""
    normalizes = any(isinstance(layer, (BatchNormalization, keras.layers.LayerNormalization)) for layer in model.layers)
    for weight in model.weights:
        name, shape = weight.path.split("/")[-1], weight.shape
        if "kernel" in name:
            weight.assign(weight if normalizes else weight * np.sqrt(2))
        elif name == "beta":
            # Half of the units of relu at work is where networks enlarge what float32 rounds off, Keras's too.
            weight.assign(rng.normal(0.5, 0.2, shape))
        elif name in ("bias", "mean"):
            weight.assign(rng.normal(0, 0.1, shape))
        elif name != "count":
            # gamma, variances, and the scales of LayerScale, which have no name of their own.
            weight.assign(rng.uniform(0.5, 1.5, shape))
    for layer in model.layers:
        if isinstance(layer, keras.layers.Normalization):
            layer.finalize_state()


def take_statistics(model, rng):
    """Moving statistics that the network has on other images, as training leaves them."""
    norms = [layer for layer in model.layers if isinstance(layer, BatchNormalization)]
    drops = [layer for layer in model.layers if isinstance(layer, keras.layers.Dropout)]
    kept = [layer.momentum for layer in norms], [layer.rate for layer in drops]
    for layer in norms:
        layer.momentum = 0.0
    for layer in drops:
        layer.rate = 0.0
    model(images(model, rng, 8), training=True)
    for layer, momentum in zip(norms, kept[0]):
        layer.momentum = momentum
    for layer, rate in zip(drops, kept[1]):
        layer.rate = rate


def network(name):
    keras.utils.set_random_seed(SEED)
    model = getattr(keras.applications, name)(weights=None, classifier_activation=None)
    rng = np.random.default_rng(SEED)
    draw(model, rng)
    take_statistics(model, rng)
    return model


def images(model, rng, count):
    """Coloured squares under noise: pixels for networks that scale them themselves, else what preprocess_input gives."""
    shape = [size or 224 for size in model.input_shape[1:3]]
    coarse = rng.uniform(0, 1, (count, 8, 8, 3))
    for axis, size in enumerate(shape, 1):
        coarse = np.take(coarse, np.arange(size) * 8 // size, axis)
    numbers = 0.8 * coarse + 0.2 * rng.uniform(0, 1, coarse.shape)
    scales = any(isinstance(layer, (keras.layers.Rescaling, keras.layers.Normalization)) for layer in model.layers)
    return (numbers * 255 if scales else numbers * 2 - 1).astype("float32")


def in_double(value):
    """A config with float64 wherever it says float32."""
    if isinstance(value, dict):
        return {key: in_double(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [in_double(entry) for entry in value]
    return "float64" if value == "float32" else value


def predict_double(model, x):
    config = in_double(json.loads(model.to_json()))
    keras.config.set_floatx("float64")
    double = keras.models.model_from_json(json.dumps(config))
    double.set_weights(model.get_weights())
    for layer in double.layers:
        if isinstance(layer, keras.layers.Normalization):
            layer.finalize_state()
    y = double.predict(x.astype("float64"), verbose=0)
    assert y.dtype == "float64"
    return y.astype("float32")


def make(folder, name):
    model = network(name)
    x = images(model, np.random.default_rng(SEED + 1), BATCH)
    y = model.predict(x, verbose=0)
    assert np.isfinite(y).all()
    # What does not depend on the image would hide what is done to it.
    assert np.std(y[0] - y[1]) > 0.01 * np.std(y), "the two images give the same"
    x.tofile(folder / f"{name}.x.f32")
    y.tofile(folder / f"{name}.y.f32")
    for ending in ("keras", "h5"):
        model.save(folder / f"{name}.{ending}")
    model.save_weights(folder / f"{name}.weights.h5")
    with h5py.File(folder / f"{name}.published.h5", "w") as file:
        legacy_h5_format.save_weights_to_hdf5_group(file, model)
    about = {"x": list(x.shape), "y": list(y.shape), "parameters": model.count_params(), "keras": keras.__version__}
    (folder / f"{name}.json").write_text(json.dumps(about))
    predict_double(model, x).tofile(folder / f"{name}.y64.f32")


def open_written(folder, name):
    about = json.loads((folder / f"{name}.json").read_text())
    model = keras.models.load_model(folder / f"{name}.written.keras")
    before = keras.models.load_model(folder / f"{name}.keras")
    for ours, theirs in zip(model.weights, before.weights, strict=True):
        assert np.array_equal(ours, theirs), f"{ours.path} is not what was written"
    x = np.fromfile(folder / f"{name}.x.f32", "float32").reshape(about["x"])
    y = np.fromfile(folder / f"{name}.y.f32", "float32").reshape(about["y"])
    error = np.max(np.abs(model.predict(x, verbose=0) - y)) / np.std(y)
    assert error < TOLERANCE, f"off by {error} of a deviation"
    assert json.loads(model.to_json()) == json.loads(before.to_json()), "the config is another"


what, folder, name = sys.argv[1:]
{"make": make, "open": open_written}[what](pathlib.Path(folder), name)
