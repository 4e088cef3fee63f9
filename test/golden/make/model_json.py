"""JSON of architectures, with weights beside it: test/golden/model-json/ and test/golden/model-json.json.

Run from the repository root, in an environment with keras==3.15.1 and tensorflow:

    python test/golden/make/model_json.py

The strings are those of Keras's `model.to_json()`. That of tf.keras 2.12 is made of the attribute `model_config` of a file that
tf.keras wrote (test/golden/files/tf-keras-2.12.h5), to which `to_json` of tf.keras adds `keras_version` and `backend`.
"""

import json
import shutil

from common import GOLDEN, array, lcg, np, versions, write
import h5py
import keras

L = keras.layers
FOLDER = GOLDEN / "model-json"
cases = []


def add(name, model, x, weights):
    (FOLDER / f"{name}.json").write_text(model.to_json() + "\n")
    model.set_weights([lcg(w.shape, i + 1, 0.1, 0.9) for i, w in enumerate(model.get_weights())])
    model.save_weights(FOLDER / f"{name}.{weights}")
    cases.append({
        "json": f"{name}.json", "weights": f"{name}.{weights}", "input": array(x), "output": array(model(x)),
        "compiled": model.compiled,
    })


def residual():
    x = inputs = keras.Input((4,), name="x")
    branch = keras.Sequential([keras.Input((4,)), L.Dense(3, activation="relu"), L.BatchNormalization()], name="branch")
    x = L.Add(name="sum")([branch(x), L.Dense(3, kernel_regularizer=keras.regularizers.L2(0.01), name="shortcut")(x)])
    return keras.Model(inputs, L.Dense(2, activation="softmax", name="head")(x), name="residual")


def stack():
    model = keras.Sequential([
        keras.Input((5, 4, 2)), L.Conv2D(3, 3, padding="same", use_bias=False), L.BatchNormalization(epsilon=1e-3),
        L.ReLU(), L.GlobalAveragePooling2D(), L.Dropout(0.5), L.Dense(2),
    ], name="stack")
    model.compile(keras.optimizers.SGD(0.1, momentum=0.9), "mse", metrics=["mae"])
    return model


shutil.rmtree(FOLDER, ignore_errors=True)
FOLDER.mkdir()
keras.utils.clear_session()
add("residual", residual(), lcg((2, 4), 40), "weights.h5")
add("stack", stack(), lcg((2, 5, 4, 2), 41), "weights.h5")

file = GOLDEN / "files" / "tf-keras-2.12.h5"
with h5py.File(file) as h5:
    config = {**json.loads(h5.attrs["model_config"]), "keras_version": h5.attrs["keras_version"], "backend": h5.attrs["backend"]}
(FOLDER / "tf-keras-2.12.json").write_text(json.dumps(config) + "\n")
model = keras.models.load_model(file, compile=False)
x = lcg((2, *model.input_shape[1:]), 42)
cases.append({
    "json": "tf-keras-2.12.json", "weights": "../files/tf-keras-2.12.h5", "input": array(x), "output": array(model(x)),
    "compiled": False,
})

write("model-json", cases, versions(h5py=h5py.__version__))
