"""Opens the files that evenkeel wrote in Keras, writes them again for evenkeel to open, and compares predictions, weights, the optimizer's state, the values of the
losses and metrics, and the losses of the next three steps with evenkeel's.

    npm run check:keras            # needs Python with keras 3 and a backend; EVENKEEL_PYTHON names the interpreter

The folder is the first argument. manifest.json there, which scripts/check-keras-files.mjs writes, lists the files.
"""

import json
import os
import pathlib
import sys
import warnings

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")

import h5py
import keras
import numpy as np
import tensorflow as tf

folder = pathlib.Path(sys.argv[1])
failures = []


def one(arrays):
    return arrays[0] if len(arrays) == 1 else arrays


def array(entry):
    if entry["dtype"] == "string":
        return tf.constant(entry["data"], shape=entry["shape"])
    return np.asarray(entry["data"], entry["dtype"]).reshape(entry["shape"])


def check(name, what, actual, expected, tolerance):
    actual, expected = np.asarray(actual, "float64"), np.asarray(expected, "float64")
    if actual.shape != expected.shape:
        failures.append(f"{name}: {what}: shape {actual.shape}, expected {expected.shape}")
        return
    scale = np.sqrt(np.mean(np.square(expected))) if expected.size else 0.0
    worst = np.max(np.abs(actual - expected) - tolerance * (np.abs(expected) + scale)) if expected.size else 0.0
    if not worst <= 1e-12:
        failures.append(f"{name}: {what}: off by {np.max(np.abs(actual - expected))}")


def open_model(entry, path):
    if entry["weightsOf"] is None:
        model = keras.models.load_model(path, compile=True)
        if path.endswith(".h5") and entry["state"] is not None:
            restore_optimizer(model, path)
        return model
    model = keras.models.load_model(folder / entry["weightsOf"])
    for w in model.weights:
        w.assign(np.zeros(w.shape))
    model.load_weights(path)
    return model


def restore_optimizer(model, path):
    """Keras 3.15 makes the slots for no variables at all when it opens an .h5, and then leaves the file's out: done here as
    it means to."""
    config = model.optimizer.get_config()
    optimizer = model.optimizer.__class__.from_config(config)
    model.compile(optimizer, **{k: v for k, v in keras_compile_args(model).items() if k != "optimizer"})
    optimizer.build(model.trainable_variables)
    with h5py.File(path) as f:
        group = f["optimizer_weights"]
        names = list(group.attrs["weight_names"])
        if len(names) != len(optimizer.variables):
            failures.append(f"{path}: {len(names)} variables of the optimizer, expected {len(optimizer.variables)}")
        for name, variable in zip(names, optimizer.variables):
            variable.assign(np.asarray(group[name]))


def keras_compile_args(model):
    config = model.get_compile_config()
    return {k: keras.saving.deserialize_keras_object(v) if k != "optimizer" else None for k, v in config.items()}


def main():
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for entry in json.loads((folder / "manifest.json").read_text()):
            name = entry["file"]
            try:
                model = open_model(entry, str(folder / name))
            except Exception as error:
                failures.append(f"{name}: {error}")
                continue
            inputs = [array(x) for x in entry["inputs"]]
            outputs = model.predict(one(inputs), verbose=0)
            if entry.get("writesBack", entry["weightsOf"] is None):
                try:
                    model.save(str(folder / f"back-{name}"))
                except Exception as error:
                    failures.append(f"{name}: cannot be saved again: {error}")
            for actual, expected in zip(outputs if isinstance(outputs, list) else [outputs], entry["outputs"]):
                check(name, "predictions", actual, array(expected), 1e-5)
            for w, expected in zip(model.weights, entry["weights"]):
                if not entry.get("mergesWeights") and list(np.ravel(w.numpy())) != [np.float32(v) for v in expected]:
                    failures.append(f"{name}: {w.path} is not what was written")
            if len(model.weights) != len(entry["weights"]):
                failures.append(f"{name}: {len(model.weights)} weights, expected {len(entry['weights'])}")
            if entry["state"] is None:
                continue
            variables = [np.ravel(np.asarray(v)) for v in model.optimizer.variables]
            if [list(map(float, v)) for v in variables] != entry["state"]:
                failures.append(f"{name}: the state of the optimizer is another")
            targets = [array(x) for x in entry["targets"]]
            if entry["evaluation"] is not None:
                found = model.evaluate(one(inputs), one(targets), batch_size=6, verbose=0, return_dict=True)
                # Keras opens the metrics of an .h5 under the full names of their functions.
                if name.endswith(".keras") and sorted(found) != sorted(entry["evaluation"]):
                    failures.append(f"{name}: metrics {sorted(found)}, expected {sorted(entry['evaluation'])}")
                check(name, "losses and metrics", sorted(found.values()), sorted(entry["evaluation"].values()), 1e-5)
            if entry["losses"] is None:
                continue
            losses = []
            for _ in entry["losses"]:
                model.reset_metrics()
                losses.append(float(model.train_on_batch(one(inputs), one(targets), return_dict=True)["loss"]))
            check(name, "the next losses", losses, entry["losses"], 1e-4)
    for warning in caught:
        if "evenkeel" in str(warning.message) or "Skipping" in str(warning.message):
            failures.append(f"warning: {warning.message}")
    for failure in failures:
        print(failure)
    print(f"{len(failures)} failures")
    sys.exit(1 if failures else 0)


main()
