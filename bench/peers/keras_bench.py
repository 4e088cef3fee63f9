"""Keras's side of the benches: KERAS_BACKEND=… python bench/peers/keras_bench.py WORKLOAD… [--quick]

Prints a line of JSON for each workload. Everything is as users have it: compile chooses for itself whether to use XLA.
Needs keras and the backend; bench/run.mjs starts it.
"""

import time

import common  # first: it sets the number of threads
import keras
import keras_gradients
import keras_networks
import keras_shapes
import numpy as np

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
    if workload["call"] == "gradient":
        return keras_gradients.prepare(workload)
    if "file" in workload:
        return prepare_file(workload)
    model = keras_networks.make_model(workload)
    batch, rows = workload["batch"], workload["batch"] * workload.get("steps", 1)
    x = random.random((rows, *workload["row"]), np.float32)
    *sizes, classes = model.output_shape[1:]
    # A class for each prediction, or 0 and 1 in turn for predictions of one number.
    shape = (rows, *sizes, 1) if classes == 1 else (rows, *sizes)
    y = (np.arange(np.prod(shape), dtype=np.int32) % max(2, classes)).reshape(shape)
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
    x = random.random((batch, *workload["row"]), np.float32)

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


module = {"tensorflow": "tf"}.get(BACKEND, BACKEND)
common.run(prepare, {"keras": keras.__version__, BACKEND: globals()[module].__version__})
