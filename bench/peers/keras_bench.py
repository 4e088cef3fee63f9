"""Keras's side of the benches: KERAS_BACKEND=… python bench/peers/keras_bench.py WORKLOAD… [--quick]

Prints a line of JSON for each workload. Everything is as users have it: compile chooses for itself whether to use XLA.
Needs keras and the backend; bench/run.mjs starts it.
"""

import time

import common  # first: it sets the number of threads
import keras
import keras_shapes
import numpy as np
from keras_resnet20 import resnet20

L = keras.layers
BACKEND = keras.backend.backend()

if BACKEND == "tensorflow":
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(common.THREADS)
    tf.config.threading.set_inter_op_parallelism_threads(common.THREADS)
elif BACKEND == "jax":
    import jax
else:
    import torch

    torch.set_num_threads(common.THREADS)

random = np.random.default_rng(1)


def article():
    return [
        keras.Input((28, 28, 1)),
        L.Conv2D(32, 3, activation="relu"),
        L.Conv2D(32, 3, activation="relu"),
        L.BatchNormalization(),
        L.MaxPooling2D(),
        L.Flatten(),
        L.Dense(10, activation="softmax"),
    ]


def dense():
    hidden = [layer for _ in range(3) for layer in (L.Dense(100), L.BatchNormalization(), L.Activation("sigmoid"))]
    return [keras.Input((784,)), *hidden, L.Dense(10, activation="softmax")]


def make_network(name):
    """The model, and how it is trained."""
    if name == "resnet20":
        return resnet20(), "adam"
    return (keras.Sequential(article()), "adam") if name == "article" else (keras.Sequential(dense()), "sgd")


class Clock(keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.seconds = []

    def on_epoch_begin(self, epoch, logs=None):
        self.started = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        self.seconds.append(time.perf_counter() - self.started)


def prepare(workload):
    if workload["network"] == "shapes":
        return keras_shapes.prepare(workload)
    if workload["network"] == "batch-normalization":
        return prepare_gradient(workload["shape"])
    if "file" in workload:
        return prepare_file(workload)
    model, optimizer = make_network(workload["network"])
    model.compile(optimizer=optimizer, loss="sparse_categorical_crossentropy")
    batch, rows = workload["batch"], workload["batch"] * workload.get("steps", 1)
    x = random.random((rows, *model.input_shape[1:]), np.float32)
    y = np.arange(rows, dtype=np.int32) % 10
    if workload["call"] == "step":
        return lambda: float(np.ravel(model.train_on_batch(x, y))[0])
    if workload["call"] == "predict":
        return lambda: ignore(model.predict(x, batch_size=batch, verbose=0))
    if workload["call"] == "predictOnBatch":
        return lambda: ignore(model.predict_on_batch(x))
    if workload["call"] == "call":
        return prepare_model_call(model, keras.ops.convert_to_tensor(x))

    def fit(epochs):
        clock = Clock()
        history = model.fit(x, y, batch_size=batch, epochs=epochs, verbose=0, callbacks=[clock])
        return clock.seconds, history.history["loss"][-1]

    return fit


def prepare_file(workload):
    """A call of a network that comes from a file."""

    def load():
        return keras.models.load_model(common.NETWORKS / workload["file"], compile=False)

    if workload["call"] == "load":
        return lambda: ignore(load())
    batch = workload["batch"]
    x = random.random((batch, 224, 224, 3), np.float32)

    def predict(model):
        return ignore(model.predict(x, batch_size=batch, verbose=0))

    if workload["call"] == "open":
        return lambda: predict(load())
    model = load()
    return lambda: predict(model)


def ignore(_):
    return None


def prepare_model_call(model, x):
    """model(x, training=False), compiled where the backend compiles."""
    if BACKEND == "tensorflow":
        function = tf.function(lambda x: model(x, training=False))
        return lambda: ignore(function(x).numpy())
    if BACKEND == "jax":
        function = jax.jit(lambda weights, state, x: model.stateless_call(weights, state, x, training=False)[0])
        weights = [variable.value for variable in model.trainable_variables]
        state = [variable.value for variable in model.non_trainable_variables]
        return lambda: ignore(function(weights, state, x).block_until_ready())

    def call():
        with torch.inference_mode():
            model(x, training=False)

    return call


def prepare_gradient(shape):
    layer = L.BatchNormalization()
    layer.build(shape)
    x, dy = (keras.ops.convert_to_tensor(random.uniform(-1, 1, shape).astype(np.float32)) for _ in range(2))
    if BACKEND == "tensorflow":
        return tensorflow_gradient(layer, x, dy)
    if BACKEND == "jax":
        return jax_gradient(layer, x, dy)
    return torch_gradient(layer, x, dy)


def tensorflow_gradient(layer, x, dy):
    @tf.function(jit_compile=True)  # as compile chooses
    def step(x, dy):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = layer(x, training=True)
        return tape.gradient(y, [x, layer.gamma.value, layer.beta.value], output_gradients=dy)

    return lambda: ignore([gradient.numpy() for gradient in step(x, dy)])


def jax_gradient(layer, x, dy):
    @jax.jit
    def step(x, dy, weights, state):
        def loss(x, weights):
            y, new_state = layer.stateless_call(weights, state, x, training=True)
            return jax.numpy.sum(y * dy), new_state

        return jax.value_and_grad(loss, (0, 1), has_aux=True)(x, weights)

    weights = [variable.value for variable in layer.trainable_variables]
    state = [variable.value for variable in layer.non_trainable_variables]

    def call():
        nonlocal state
        (_, state), gradients = step(x, dy, weights, state)
        jax.block_until_ready(gradients)

    return call


def torch_gradient(layer, x, dy):
    x.requires_grad_()
    leaves = [x, layer.gamma.value, layer.beta.value]
    return lambda: ignore(torch.autograd.grad(layer(x, training=True), leaves, dy))


module = {"tensorflow": "tf"}.get(BACKEND, BACKEND)
common.run(prepare, {"keras": keras.__version__, BACKEND: globals()[module].__version__})
