"""Training steps of two whole networks under every optimizer: test/golden/training.json.

Run from the repository root, in an environment with keras==3.15.1 and tensorflow:

    python test/golden/make/training.py

Network "cnn": Input(28, 28, 1), Conv2D(32, (3, 3), relu), Conv2D(32, (3, 3), relu), BatchNormalization(),
MaxPooling2D(), Flatten(), Dense(10, softmax); 10 steps; the input of step s (s = 0, 1, ...) is
lcg([16, 28, 28, 1], seed=100 + s, low=0, high=1), its labels are (7 i + s) mod 10 for row i.

Network "mlp": Input(784), (Dense(100), BatchNormalization(), Activation(sigmoid)) x 3, Dense(10, softmax); 5 steps;
input lcg([60, 784], seed=200 + s, low=0, high=1), the same labels.

Initial weights, both networks: for the weight at place k of model.get_weights() (k counts every weight): a kernel is
lcg(shape, seed=1000 + k, low=-limit, high=limit) with limit = float32(sqrt(6 / (fan_in + fan_out))), fan_in and fan_out as Keras
counts them (receptive field x channels); the limits are stored as "limits" (null where the weight is not a kernel). gamma and
moving_variance are ones; bias, beta and moving_mean are zeros. lcg gives float32 numbers, so both precisions start alike.

Each loss is that of its step alone (metrics are reset before every step). The loss is sparse_categorical_crossentropy (on
probabilities, mean over the batch). No XLA (jit_compile=False).

In float32 only the first steps of "cnn" compare tightly with another implementation: relu and max-pooling have kinks, and one
element that rounds to the other side moves the later losses (float32 and float64 here agree to 2e-6 for four steps, then drift
apart, to 0.08 for plain SGD). In float64 all ten steps compare tightly. With TensorFlow, Keras computes this loss from the logits in
front of the softmax (no clipping of probabilities at epsilon).

The cases named "gradients" hold, instead of losses, the sum and the sum of squares of each trainable weight's gradient at the
first step.
"""

import math

from common import array, lcg, np, versions, write
import keras
import tensorflow as tf

layers, optimizers = keras.layers, keras.optimizers


def cnn():
    return keras.Sequential([
        keras.Input((28, 28, 1)),
        layers.Conv2D(32, (3, 3), activation="relu"),
        layers.Conv2D(32, (3, 3), activation="relu"),
        layers.BatchNormalization(),
        layers.MaxPooling2D(),
        layers.Flatten(),
        layers.Dense(10, activation="softmax"),
    ])


def mlp():
    stack = [keras.Input((784,))]
    for _ in range(3):
        stack += [layers.Dense(100), layers.BatchNormalization(), layers.Activation("sigmoid")]
    return keras.Sequential(stack + [layers.Dense(10, activation="softmax")])


NETWORKS = {"cnn": (cnn, (16, 28, 28, 1), 100, 10), "mlp": (mlp, (60, 784), 200, 5)}
CACHE = {}


def sequence(shape, seed, low, high):
    key = (tuple(shape), seed, low, high)
    if key not in CACHE:
        CACHE[key] = lcg(shape, seed, low, high)
    return CACHE[key]


def batch(network, step):
    _, shape, seed, _ = NETWORKS[network]
    return sequence(shape, seed + step, 0.0, 1.0), np.array([(7 * i + step) % 10 for i in range(shape[0])], np.int32)


def initialise(model):
    limits, values = [], []
    for k, weight in enumerate(model.weights):
        shape = tuple(weight.shape)
        if weight.name == "kernel":
            field = math.prod(shape[:-2])
            limit = float(np.float32(math.sqrt(6.0 / (field * shape[-2] + field * shape[-1]))))
            limits.append(limit)
            values.append(sequence(shape, 1000 + k, -limit, limit))
        else:
            limits.append(None)
            values.append(np.full(shape, 1.0 if weight.name in ("gamma", "moving_variance") else 0.0))
    model.set_weights(values)
    return limits


def checksum(weight, value):
    v = np.asarray(value, np.float64)
    return {"path": weight.path.split("/", 1)[-1] if weight.path.startswith("sequential") else weight.path, "shape": list(v.shape),
            "sum": float(v.sum()), "sumOfSquares": float((v * v).sum())}


def fresh(network, dtype):
    keras.backend.clear_session()
    keras.config.set_floatx(dtype)
    keras.config.set_dtype_policy(dtype)
    model = NETWORKS[network][0]()
    return model, initialise(model)


def describe(model):
    return {
        "weights": [checksum(w, w.numpy()) for w in model.weights],
        "batchNormalization": [
            {"gamma": array(l.gamma.numpy()), "beta": array(l.beta.numpy()), "movingMean": array(l.moving_mean.numpy()),
             "movingVariance": array(l.moving_variance.numpy())}
            for l in model.layers if isinstance(l, layers.BatchNormalization)
        ],
        "denseBias": array(model.layers[-1].bias.numpy()),
    }


def train(name, network, dtype, make):
    model, limits = fresh(network, dtype)
    model.compile(optimizer=make(), loss="sparse_categorical_crossentropy", jit_compile=False)
    losses = []
    for step in range(NETWORKS[network][3]):
        model.reset_metrics()
        x, y = batch(network, step)
        losses.append(float(model.train_on_batch(x.astype(dtype), y)))
    optimizer = keras.saving.serialize_keras_object(model.optimizer)
    print(f"{name:28} {network} {dtype} {losses[0]:.4f} {losses[1]:.4f} ... {losses[-1]:.4f}", flush=True)
    return {"name": name, "network": network, "dtype": dtype,
            "optimizer": {"class_name": optimizer["class_name"], "config": model.optimizer.get_config()},
            "limits": limits, "losses": losses, **describe(model)}


def gradients(network, dtype):
    model, limits = fresh(network, dtype)
    x, y = batch(network, 0)
    loss = keras.losses.SparseCategoricalCrossentropy()
    with tf.GradientTape() as tape:
        p = model(tf.constant(x.astype(dtype)), training=True)
        value = loss(y, p)
    found = tape.gradient(value, [w.value for w in model.trainable_weights])
    return {"name": "gradients", "network": network, "dtype": dtype, "limits": limits, "losses": [float(value)],
            "gradients": [checksum(w, g.numpy()) for w, g in zip(model.trainable_weights, found)]}


OPTIMIZERS = {
    "SGD": lambda: optimizers.SGD(0.01),
    "SGD momentum": lambda: optimizers.SGD(0.01, momentum=0.9),
    "SGD nesterov": lambda: optimizers.SGD(0.01, momentum=0.9, nesterov=True),
    "RMSprop": lambda: optimizers.RMSprop(0.001),
    "RMSprop momentum centered": lambda: optimizers.RMSprop(0.001, momentum=0.9, centered=True),
    "Adam": lambda: optimizers.Adam(),
    "Adam amsgrad": lambda: optimizers.Adam(amsgrad=True),
    "AdamW": lambda: optimizers.AdamW(),
    "Adam weight_decay": lambda: optimizers.Adam(weight_decay=0.01),
    "SGD clipnorm": lambda: optimizers.SGD(0.01, momentum=0.9, clipnorm=0.1),
    "SGD clipvalue": lambda: optimizers.SGD(0.01, momentum=0.9, clipvalue=0.01),
    "SGD global_clipnorm": lambda: optimizers.SGD(0.01, momentum=0.9, global_clipnorm=0.5),
    "Adam clipnorm": lambda: optimizers.Adam(clipnorm=0.1),
    "Adam clipvalue": lambda: optimizers.Adam(clipvalue=0.01),
    "Adam global_clipnorm": lambda: optimizers.Adam(global_clipnorm=0.5),
}

if __name__ == "__main__":
    cases = []
    for dtype in ("float64", "float32"):
        cases += [gradients("cnn", dtype), gradients("mlp", dtype)]
        cases += [train(name, "cnn", dtype, make) for name, make in OPTIMIZERS.items()]
        cases += [train(name, "mlp", dtype, OPTIMIZERS[name]) for name in ("Adam", "SGD momentum")]
    write("training", cases, versions())
