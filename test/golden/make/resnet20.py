"""Five training steps of ResNet-20 on 32 images: test/golden/resnet20.json.

Run from the repository root, in an environment with keras==3.15.1 and tensorflow:

    python test/golden/make/resnet20.py

The model is that of bench/peers/keras_resnet20.py. The k-th of model.get_weights() is lcg(shape, seed=1000 + k, low=-limit, high=limit) for
kernels, limit = sqrt(6 / fan_in), which has the variance of he_normal; gamma and moving_variance are ones, the others zeros. Data: x =
lcg([32, 32, 32, 3], seed=100, low=0, high=1), labels 7 i mod 10. Loss: sparse categorical crossentropy, with the penalties of the
kernels. "losses" are those of five calls of train_on_batch in float64, "float32" the same in float32, which shows what rounding does;
"output" is what predict gives for the first four images after them, in float64, by the moving statistics. "shapes" are those of the
weights in order.
"""

import pathlib
import sys

from common import array, lcg, np, versions, write
import keras

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "bench" / "peers"))
from keras_resnet20 import resnet20

ROWS, STEPS = 32, 5
x = lcg((ROWS, 32, 32, 3), 100, 0, 1)
y = 7 * np.arange(ROWS) % 10


def initial(k, weight):
    shape = tuple(weight.shape)
    if weight.name == "kernel":
        limit = np.sqrt(6 / np.prod(shape[:-1]))
        return lcg(shape, 1000 + k, -limit, limit)
    return np.full(shape, 1.0 if weight.name in ("gamma", "moving_variance") else 0.0)


def train(dtype, cls, options):
    keras.backend.clear_session()
    keras.config.set_floatx(dtype)
    keras.config.set_dtype_policy(dtype)
    model = resnet20()
    model.set_weights([initial(k, weight) for k, weight in enumerate(model.weights)])
    model.compile(optimizer=getattr(keras.optimizers, cls)(**options), loss="sparse_categorical_crossentropy", jit_compile=False)
    images = x.astype(dtype)
    losses = [float(model.train_on_batch(images, y)) for _ in range(STEPS)]
    return model, losses, model.predict(images[:4], verbose=0)


def case(cls, **options):
    _, single, _ = train("float32", cls, options)
    model, losses, output = train("float64", cls, options)
    print(cls, losses, single)
    return {"optimizer": {"class_name": cls, "config": options}, "parameters": model.count_params(),
            "trainable": int(sum(np.prod(w.shape) for w in model.trainable_weights)),
            "shapes": [list(w.shape) for w in model.weights], "losses": losses, "float32": single, "output": array(output)}


cases = [case("SGD", learning_rate=0.01, momentum=0.9), case("Adam", learning_rate=0.001)]

if __name__ == "__main__":
    write("resnet20", cases, versions())
