"""Layers of Keras alone: a call in training, with the gradients of the input and the weights."""

import keras
import numpy as np

L = keras.layers
BACKEND = keras.backend.backend()
random = np.random.default_rng(1)

if BACKEND == "tensorflow":
    import tensorflow as tf
elif BACKEND == "jax":
    import jax
else:
    import torch

LAYERS = {
    "batch-normalization": L.BatchNormalization,
    "layer-normalization": L.LayerNormalization,
    "rms-normalization": L.RMSNormalization,
    "group-normalization": L.GroupNormalization,
}


def prepare(workload):
    shape = workload["shape"]
    layer = LAYERS[workload["network"]]()
    layer.build((None, *shape[1:]))
    x, dy = (keras.ops.convert_to_tensor(random.uniform(-1, 1, shape).astype(np.float32)) for _ in range(2))
    make = {"tensorflow": tensorflow_gradient, "jax": jax_gradient, "torch": torch_gradient}[BACKEND]
    return make(layer, x, dy)


def tensorflow_gradient(layer, x, dy):
    weights = [variable.value for variable in layer.trainable_variables]

    @tf.function(jit_compile=True)  # as compile chooses
    def step(x, dy):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = layer(x, training=True)
        return tape.gradient(y, [x, *weights], output_gradients=dy)

    # One program computes them all; reading the last one, which is small, waits for it.
    def call():
        step(x, dy)[-1].numpy()

    return call


def jax_gradient(layer, x, dy):
    options = {"training": True} if isinstance(layer, L.BatchNormalization) else {}

    @jax.jit
    def step(x, dy, weights, state):
        def loss(x, weights):
            y, new_state = layer.stateless_call(weights, state, x, **options)
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
    leaves = [x, *(variable.value for variable in layer.trainable_variables)]

    def call():
        torch.autograd.grad(layer(x, training=True), leaves, dy)

    return call
