"""Golden data of keras.layers.BatchNormalization (Keras 3) in float64 on the TensorFlow backend.

Writes batch-normalization.json (three calls in a row of each of some hundred layers) and
batch-normalization-config.json (get_config() texts and error messages).

Run:       python test/golden/make/batch_normalization.py
Needs:     keras==3.15.1 tensorflow-cpu==2.21.0 numpy (the versions that made the committed files
           are in their "about"). Deterministic; about a minute on one core.

What a case of batch-normalization.json holds
  name             a sentence
  layerConfig      layer.get_config() of the unbuilt layer, dtype as the string "float64", and without
                   the initializers, regularizers and constraints (all of them Keras's defaults)
  inputShape       shape of all three inputs
  initialWeights   [{name, value}] in the order of layer.get_weights(); set before the first call
  stateNames       names of the non-trainable arrays recorded in each call's `state`, in weight order
  mask             array (bool, or float64/int32 numbers) or null; the same in all three calls
  training         true, false or null: the `training` argument
  lossWeightSeed   w = lcg(inputShape, lossWeightSeed, -1, 1); loss = sum(w * output)
  calls            three of {inputSeed, low, high, output, state, inputGradient, weightGradients},
                   input = lcg(inputShape, inputSeed, low, high) (rounded to float32, then widened);
                   `state` is the state after the call; `weightGradients` has gamma and beta where the
                   layer has them (also of a frozen layer: its variables are watched explicitly)
"""

import json
import re

import common
from common import array, lcg, versions, write

import keras
import numpy as np
import tensorflow as tf

SHAPES = {1: [4], 2: [6, 3], 3: [3, 4, 2], 4: [2, 3, 2, 3], 5: [2, 2, 3, 2, 2]}
RANGES = [(-2.0, 3.0), (-1.0, 1.5), (0.0, 4.0)]
INITIAL = {  # ranges of the initial weights
    "gamma": (0.5, 1.5),
    "beta": (-0.5, 0.5),
    "moving_mean": (-0.5, 0.5),
    "moving_variance": (0.5, 2.0),
    "moving_stddev": (0.7, 1.4),
    "renorm_mean": (-0.5, 0.5),
    "renorm_stddev": (0.6, 1.4),
}
CLIPPING = {"rmax": 1.1, "rmin": 0.9, "dmax": 0.1}
RENORMS = {
    "without renorm": {},
    "renorm without clipping": {"renorm": True},
    "renorm with clipping": {"renorm": True, "renorm_clipping": CLIPPING},
}

cases = []


def binary_mask(shape, seed):
    """A boolean mask with both values present (about two thirds kept)."""
    m = lcg(shape, seed, 0.0, 1.0) < 0.67
    flat = m.reshape(-1)
    flat[0] = True
    if flat.size > 1:
        flat[-1] = False
    return m


def float_mask(shape, seed):
    """Fractions and zeros: any non-zero number keeps its position."""
    return np.where(binary_mask(shape, seed), lcg(shape, seed + 1, 0.25, 2.0).astype(np.float64), 0.0)


def run_layer(layer, shape, seed, ranges, training, mask, initial=None):
    layer.build(tuple(shape))
    names = [v.name for v in layer.weights]
    start = []
    for k, v in enumerate(layer.weights):
        low, high = INITIAL[v.name]
        value = lcg(v.shape, seed + 1000 * (k + 1), low, high).astype(np.float64)
        if initial and v.name in initial:
            value = np.asarray(initial[v.name], np.float64).reshape(v.shape)
        start.append(value)
    layer.set_weights(start)
    weight_seed = seed + 500009
    w = tf.constant(lcg(shape, weight_seed).astype(np.float64))
    state_names = [n for n in names if n not in ("gamma", "beta")]
    by_name = {v.name: v for v in layer.weights}
    calls = []
    for k, (low, high) in enumerate(ranges):
        input_seed = seed + 104729 * (k + 1)
        x = tf.constant(lcg(shape, input_seed, low, high).astype(np.float64))
        params = {n: by_name[n].value for n in ("gamma", "beta") if n in by_name}
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(x)
            for p in params.values():
                tape.watch(p)
            kwargs = {} if mask is None else {"mask": tf.constant(mask)}
            y = layer(x, training=training, **kwargs)
            loss = tf.reduce_sum(w * y)
        assert y.dtype == tf.float64
        calls.append(
            {
                "inputSeed": input_seed,
                "low": low,
                "high": high,
                "output": array(y.numpy()),
                "state": [array(by_name[n].numpy()) for n in state_names],
                "inputGradient": array(tape.gradient(loss, x).numpy()),
                "weightGradients": {n: array(tape.gradient(loss, p).numpy()) for n, p in params.items()},
            }
        )
    return {
        "initialWeights": [{"name": n, "value": array(v)} for n, v in zip(names, start)],
        "stateNames": state_names,
        "lossWeightSeed": weight_seed,
        "calls": calls,
    }


def add(name, shape, training, mask=None, ranges=RANGES, initial=None, trainable=True, **arguments):
    seed = 7919 * (len(cases) + 1)
    layer = keras.layers.BatchNormalization(dtype="float64", name="bn", trainable=trainable, **arguments)
    config = layer.get_config()
    # The float64 policy's wrapping object and the default initializers, regularizers and constraints
    # say nothing here (batch-normalization-config.json has them); the rest is as Keras gives it.
    config["dtype"] = "float64"
    for key in list(config):
        if key.endswith(("_initializer", "_regularizer", "_constraint")):
            del config[key]
    record = run_layer(layer, shape, seed, ranges, training, mask, initial)
    cases.append(
        {
            "name": name,
            "layerConfig": config,
            "inputShape": list(shape),
            "initialWeights": record["initialWeights"],
            "stateNames": record["stateNames"],
            "mask": None if mask is None else array(mask),
            "training": training,
            "lossWeightSeed": record["lossWeightSeed"],
            "calls": record["calls"],
        }
    )


def mode(training):
    return {True: "training", False: "inference", None: "training unspecified"}[training]


def make_cases():
    # Every axis of every rank.
    for rank in (2, 3, 4, 5):
        for axis in range(-rank, rank):
            for training in (True, False):
                add(f"rank {rank}, axis {axis}, {mode(training)}", SHAPES[rank], training, axis=axis)

    # center x scale x renorm x mask x training.
    for rank in (3, 4):
        for axis in (-1, 1):
            for center in (True, False):
                for scale in (True, False):
                    for training in (True, False):
                        for renorm, flags in RENORMS.items():
                            for masked in (False, True):
                                # Inference uses neither the mask nor renorm: a few such cases are enough.
                                if not training and (renorm, masked) not in (
                                    ("without renorm", True),
                                    ("renorm with clipping", False),
                                ):
                                    continue
                                mask = binary_mask(SHAPES[rank][:-1], 31 * len(cases) + 5) if masked else None
                                add(
                                    f"rank {rank}, axis {axis}, center {center}, scale {scale}, {renorm}, "
                                    f"{'mask' if masked else 'no mask'}, {mode(training)}",
                                    SHAPES[rank],
                                    training,
                                    mask,
                                    axis=axis,
                                    center=center,
                                    scale=scale,
                                    momentum=0.9,
                                    **flags,
                                    **({"renorm_momentum": 0.8} if flags else {}),
                                )

    # A frozen layer infers, whatever `training` says.
    for rank, axis in ((3, -1), (4, 1)):
        for training in (True, False):
            for renorm in ("without renorm", "renorm with clipping"):
                add(
                    f"frozen layer, rank {rank}, axis {axis}, {renorm}, {mode(training)}",
                    SHAPES[rank], training, axis=axis, trainable=False, **RENORMS[renorm],
                )
    add("frozen layer with a mask, training", SHAPES[3], True, binary_mask([3, 4], 77), trainable=False)
    add("training unspecified means inference", SHAPES[3], None)

    # momentum and epsilon.
    for momentum in (0.0, 0.5, 0.9, 0.99, 1.0):
        add(f"momentum {momentum}, rank 2, training", SHAPES[2], True, momentum=momentum)
        add(f"momentum {momentum}, rank 4, axis 1, training", SHAPES[4], True, momentum=momentum, axis=1)
    for momentum, renorm_momentum in ((0.0, 0.5), (0.5, 0.0), (0.9, 0.5), (0.5, 0.99), (0.9, 0.9)):
        add(
            f"renorm, momentum {momentum}, renorm_momentum {renorm_momentum}, training",
            SHAPES[2], True, momentum=momentum, renorm=True, renorm_momentum=renorm_momentum,
        )
    for epsilon in (1e-5, 0.1, 1e-12):
        for training in (True, False):
            add(f"epsilon {epsilon}, rank 2, {mode(training)}", SHAPES[2], training, epsilon=epsilon)
        add(f"epsilon {epsilon}, rank 4, axis -1, training", SHAPES[4], True, epsilon=epsilon)
        add(
            f"epsilon {epsilon}, renorm with clipping, training",
            SHAPES[3], True, epsilon=epsilon, momentum=0.5, renorm_momentum=0.5, **RENORMS["renorm with clipping"],
        )

    # Clipping by some of the keys only, and its limits.
    for clipping in (
        {"rmax": 1.1}, {"rmin": 0.95}, {"dmax": 0.1}, {"rmax": 1.05, "rmin": 1.05}, {"dmax": 0.0},
        {"rmax": 1.0, "rmin": 1.0, "dmax": 0.0}, {"rmax": 3.0, "rmin": 0.33, "dmax": 5.0},
    ):
        add(
            f"renorm clipping {json.dumps(clipping)}, training",
            SHAPES[2], True, momentum=0.9, renorm_momentum=0.8, renorm=True, renorm_clipping=clipping,
        )
    add(
        "renorm whose stored deviation is below sqrt(epsilon): the divisor is sqrt(epsilon)",
        SHAPES[2], True, initial={"renorm_stddev": [0.001, 0.02, 0.5]}, renorm=True, renorm_momentum=0.99,
        # A power of two: Keras on TensorFlow takes sqrt(epsilon rounded to float32) here, even in float64.
        momentum=0.9, epsilon=2.0**-10,
    )
    add(
        "renorm of nearly constant inputs with small stored deviation: the moving variance stays at least 0",
        SHAPES[2], True, initial={"moving_stddev": [0.001, 0.02, 0.5]}, renorm=True, momentum=0.0,
        ranges=[(1.0, 1.001), (2.0, 2.001), (1.0, 1.0)],
    )
    for rank, axis in ((2, 0), (3, 0), (4, 2), (5, -1), (5, 1), (5, 2), (5, 0)):
        add(
            f"renorm with clipping, rank {rank}, axis {axis}, training",
            SHAPES[rank], True, axis=axis, momentum=0.5, renorm_momentum=0.9, **RENORMS["renorm with clipping"],
        )

    # Masks: shapes that broadcast, numbers instead of booleans, extreme masks.
    mask_shapes = {
        2: [[6]],
        3: [[3, 4], [3, 1], [1, 4]],
        4: [[2, 3, 2], [2, 3, 1], [2, 1, 2], [1, 3, 2], [1, 1, 2]],
        5: [[2, 2, 3, 2], [2, 2, 1, 1], [1, 2, 3, 1]],
    }
    for rank, shapes in mask_shapes.items():
        for mask_shape in shapes:
            for axis in {2: (-1,), 3: (-1, 1), 4: (-1, 1), 5: (-1, 2)}[rank]:
                mask = binary_mask(mask_shape, 13 * len(cases) + 3)
                add(
                    f"mask of shape {mask_shape} for rank {rank}, axis {axis}, training",
                    SHAPES[rank], True, mask, axis=axis, momentum=0.9,
                )
    for rank, axis in ((2, 0), (3, 0), (4, 0), (4, 2), (5, 3)):
        add(
            f"full mask shape, rank {rank}, axis {axis}, training",
            SHAPES[rank], True, binary_mask(SHAPES[rank][:-1], 13 * len(cases) + 3), axis=axis, momentum=0.9,
        )
    for rank, axis in ((2, -1), (3, -1), (3, 1), (4, -1), (4, 1)):
        shape = SHAPES[rank][:-1]
        add(
            f"mask of fractions counts as boolean, rank {rank}, axis {axis}, training",
            SHAPES[rank], True, float_mask(shape, 13 * len(cases) + 3), axis=axis, momentum=0.9,
        )
    add("mask of integers 0, 1 and -2 counts as boolean", SHAPES[3], True,
        np.array([[1, 0, -2, 1], [0, 0, 1, -2], [1, 1, 0, 0]], np.int32), momentum=0.9)
    add("mask of fractions with renorm without clipping", SHAPES[4], True, float_mask([2, 3, 1], 99),
        momentum=0.9, renorm=True, renorm_momentum=0.8)
    for flags_name in RENORMS:
        flags = RENORMS[flags_name]
        add(f"mask that drops everything, {flags_name}, training", SHAPES[3], True, np.zeros([3, 4], bool),
            momentum=0.5, **flags)
        add(f"mask that keeps everything, {flags_name}, training", SHAPES[3], True, np.ones([3, 4], bool),
            momentum=0.5, **flags)
    one = np.zeros([3, 4], bool)
    one[1, 2] = True
    add("mask that keeps one position", SHAPES[3], True, one, momentum=0.5)
    column = np.ones([3, 4], bool)
    column[:, 1] = False
    column[0, 3] = False
    add("mask that drops one channel of axis 1 entirely", SHAPES[3], True, column, momentum=0.5, axis=1)
    add("mask that drops one channel of axis 1 entirely, renorm with clipping", SHAPES[3], True, column,
        momentum=0.5, axis=1, **RENORMS["renorm with clipping"])

    # Degenerate shapes and values.
    for training in (True, False):
        add(f"one element per channel (batch of one row), {mode(training)}", [1, 3], training, momentum=0.9)
    add("one element per channel, renorm without clipping", [1, 3], True, momentum=0.9, renorm=True)
    add("one channel, training", [3, 4, 1], True, momentum=0.9)
    add("one channel with a mask, training", [3, 4, 1], True, binary_mask([3, 4], 51), momentum=0.9)
    add("rank 1, training", SHAPES[1], True, momentum=0.9)
    add("rank 1, inference", SHAPES[1], False)
    add("constant inputs, training", SHAPES[2], True, momentum=0.9, ranges=[(2.0, 2.0), (-1.0, -1.0), (0.0, 0.0)])
    add("mean far from zero, training", SHAPES[4], True, momentum=0.9,
        ranges=[(1000.0, 1001.0), (-5000.0, -4999.0), (100.0, 100.125)])
    add("a larger batch, training", [5, 4, 4, 4], True, momentum=0.9)
    add("a larger batch, channels first with a mask, renorm with clipping", [4, 5, 4, 3], True,
        binary_mask([4, 5, 4], 17), axis=1, momentum=0.9, renorm_momentum=0.8, **RENORMS["renorm with clipping"])


# ---- Self-checks -------------------------------------------------------------------------------


def gen(shape, k=7, m=11, off=5):
    i = np.arange(int(np.prod(shape)))
    return (((i * k) % m) - off + 0.25 * (i % 3)).reshape(shape).astype(np.float64)


def fixed(shape, gamma=None, beta=None, **arguments):
    layer = keras.layers.BatchNormalization(dtype="float64", **arguments)
    layer.build(tuple(shape))
    if gamma is not None:
        layer.gamma.assign(gamma)
        layer.beta.assign(beta)
    return layer


def gradients(layer, x, **kwargs):
    x = tf.constant(x)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        loss = tf.reduce_sum(tf.constant(gen(x.shape, 5, 13, 6)) * layer(x, **kwargs))
    return tape.gradient(loss, x).numpy(), tape.gradient(loss, layer.gamma.value).numpy(), \
        tape.gradient(loss, layer.beta.value).numpy()


def near(what, actual, expected, tolerance=3e-6):
    a = np.asarray(actual, np.float64).reshape(-1)[: len(expected)]
    e = np.asarray(expected, np.float64)
    worst = np.max(np.abs(a - e) / (1 + np.abs(e)))
    assert worst < tolerance, (what, worst, a, e)


def check_known_numbers():
    """Numbers seen earlier from Keras 3.15.1 in float32 on JAX: this float64 run must agree with them."""
    g, b = [1, 2, 0.5], [0, 0.1, -0.2]
    x43 = gen([4, 3])
    layer = fixed([4, 3], g, b, momentum=0.9)
    near("G1 y", layer(x43, training=True), [-1.7041707, 2.7822087, 0.47055215, 0.82052666, 0.9940696, 0.02351737,
        0.5680569, -0.7940695, -0.42351747, 0.31558716, -2.5822086, -0.8705522])
    near("G1 mean", layer.moving_mean, [0.175, 0.075, -0.3])
    near("G1 var", layer.moving_variance, [2.46875, 1.025, 1.025])
    layer(2 * x43 + 1, training=True)
    near("G1 mean 2", layer.moving_mean, [0.6075, 0.3175, -0.77])
    near("G1 var 2", layer.moving_variance, [8.496875, 1.4225, 1.4225])
    near("G1 inference", layer(x43, training=False), [-1.923597, 3.339446, -0.5059244, 1.5068034, 1.663148,
        -0.92499894, 1.1637634, -0.01315013, -1.3440735, 0.82072335, -1.6894482, -1.7631481])
    dx, dg, db = gradients(fixed([4, 3], g, b, momentum=0.9), x43, training=True)
    near("G1 dx", dx, [-0.1328127, -0.0042882, -0.5794301, -0.5532014, -0.0014291, 1.7440076, 0.0442709, 0.0014296,
        -1.7440075, 0.6417432, 0.0042882, 0.5794298])
    near("G1 dgamma", dg, [5.8068037, -8.940696, 14.305114])
    near("G1 dbeta", db, [-12, 9, 4])
    dx, dg, db = gradients(fixed([4, 3], g, b, momentum=0.9), x43, training=False)
    near("G1 inference dx", dx, [-5.997002, -1.4992505, 2.2488759, -3.9980013, 2.498751, 3.2483761, -1.9990007,
        6.4967523, -2.2488759, 0, 10.494754, -1.2493755])
    near("G1 inference dgamma", dg, [1.9990007, -3.2483761, 3.9980013])

    layer = fixed([2, 3, 2, 2], axis=1, momentum=0.9)
    near("G2 y", layer(gen([2, 3, 2, 2]), training=True), [-1.784134, 0.39438748, -0.732434, 1.2207233, 0.39276826,
        -0.91645926, 1.3528684, 0.04364092])
    near("G2 mean", layer.moving_mean, [0.09375, 0.0125, -0.06875])
    near("G2 var", layer.moving_variance, [2.007422, 1.7203125, 1.9042969])

    mask = np.array([[1, 1, 0], [1, 0, 0]], bool)
    layer = fixed([2, 3, 2], momentum=0.5)
    near("G3 y", layer(gen([2, 3, 2]), training=True, mask=mask), [-1.124762, -0.12837124, -0.17996196, 1.2837123,
        0.562381, -2.5674245, 1.3047241, -1.155341, -0.7198478, 0.25674236, 0.02249523, -3.5943942])
    near("G3 mean", layer.moving_mean, [-0.41666666, 1.25])
    near("G3 var", layer.moving_variance, [7.361111, 2.3958335])
    dx, dg, db = gradients(fixed([2, 3, 2]), gen([2, 3, 2]), training=True, mask=mask)
    near("G3 dx", dx, [-0.7367966, -1.175465, 1.469377, 1.142629, 0.3374286, 3.337652, -1.272466, -2.021104,
        -1.214743, 0, 1.4172, -1.283712])
    near("G3 dgamma", dg, [7.389687, -16.4957])
    near("G3 dbeta", db, [-1.5, 2.5])

    def renorm():
        return fixed([4, 3], g, b, momentum=0.9, renorm=True, renorm_momentum=0.8,
                     renorm_clipping={"rmax": 1.5, "rmin": 0.5, "dmax": 0.4})

    layer = renorm()
    near("G4 y", layer(0.3 * x43, training=True), [-1.625, 1.8857174, -0.06607071, 1.375, 0.99523914, -0.28869024,
        1.075, 0.10476092, -0.51130986, 0.775, -0.78571737, -0.7339294])
    near("G4 moving_stddev", layer.moving_stddev, [1.0188644, 0.9336897, 0.9336897])
    near("G4 renorm_stddev", layer.renorm_stddev, [1.0377289, 0.86737955, 0.86737955])
    near("G4 y 2", layer(0.5 * x43 + 0.2, training=True), [-2.1560116, 2.6293468, 0.03233665, 1.6306723, 1.4764488,
        -0.25588778, 1.2520039, 0.323551, -0.5441122, 0.8733355, -0.8293468, -0.83233666])
    near("G4 moving_mean", layer.moving_mean, [0.15475, 0.07775, -0.211])
    near("G4 moving_variance", layer.moving_variance, [1.242315, 0.8023748, 0.8023748])
    near("G4 renorm_mean", layer.renorm_mean, [0.299, 0.151, -0.404])
    near("G4 renorm_stddev 2", layer.renorm_stddev, [1.2263081, 0.8058858, 0.8058858])
    near("G4 inference", layer(0.3 * x43, training=False), [-1.4840269, 1.4326836, -0.33332413])
    dx, dg, db = gradients(renorm(), 0.3 * x43, training=True)
    near("G4 dx", dx, [-0.52764773, -0.07845688, -0.9333019, -2.190392, -0.02615261, 2.904515, 0.17588234,
        0.02615261, -2.904515, 2.542157, 0.07845688, 0.933302])
    near("G4 dgamma", dg, [2.1, -2.4273913, 5.523826])
    near("G4 dbeta", db, [-12, 9, 4])
    print("known numbers agree")


def decode(a):
    import base64

    dtype = np.uint8 if a["dtype"] == "bool" else np.dtype(a["dtype"]).newbyteorder("<")
    value = np.frombuffer(base64.b64decode(a["data"]), dtype).reshape(a["shape"])
    return value.astype(bool) if a["dtype"] == "bool" else value


def check_against_formulas():
    """Every case once more by the plain formulas in numpy; returns the largest relative difference."""
    worst = {}
    for case in cases:
        c = case["layerConfig"]
        shape = case["inputShape"]
        axis = c["axis"] % len(shape)
        red = tuple(i for i in range(len(shape)) if i != axis)
        view = [shape[i] if i == axis else 1 for i in range(len(shape))]
        W = {w["name"]: decode(w["value"]).astype(np.float64) for w in case["initialWeights"]}
        wl = lcg(shape, case["lossWeightSeed"]).astype(np.float64)
        eps, mom = c["epsilon"], c["momentum"]
        for k, call in enumerate(case["calls"]):
            x = lcg(shape, call["inputSeed"], call["low"], call["high"]).astype(np.float64)
            gamma = W.get("gamma", np.ones(shape[axis])).reshape(view)
            beta = W.get("beta", np.zeros(shape[axis])).reshape(view)
            train = bool(case["training"]) and c["trainable"]
            if train:
                if case["mask"] is None:
                    m, n = np.ones(shape), np.full(view, float(np.prod(shape) // shape[axis]))
                else:
                    m = np.broadcast_to((decode(case["mask"]) != 0)[..., None], shape).astype(np.float64)
                    n = m.sum(red, keepdims=True) + 1e-7
                mu = (m * x).sum(red, keepdims=True) / n
                var = (m * (x - mu) ** 2).sum(red, keepdims=True) / n
            else:
                mu, var = W["moving_mean"].reshape(view), W["moving_variance"].reshape(view)
            s = np.sqrt(var + eps)
            r, d = np.ones(view), np.zeros(view)
            if train and c["renorm"]:
                clip = c["renorm_clipping"] or {}
                rs = np.maximum(W["renorm_stddev"], np.sqrt(eps)).reshape(view)
                r, d = s / rs, (mu - W["renorm_mean"].reshape(view)) / rs
                if "rmin" in clip:
                    r = np.maximum(r, clip["rmin"])
                if "rmax" in clip:
                    r = np.minimum(r, clip["rmax"])
                if "dmax" in clip:
                    d = np.clip(d, -clip["dmax"], clip["dmax"])
            xhat = (x - mu) / s
            y = (xhat * r + d) * gamma + beta
            g = wl * gamma * r
            dx = g / s
            if train:
                dvar = (g * (x - mu)).sum(red, keepdims=True) * -0.5 / s**3
                dmu = -(g / s).sum(red, keepdims=True) - 2 * dvar / n * (m * (x - mu)).sum(red, keepdims=True)
                dx = dx + m * (dvar * 2 * (x - mu) / n + dmu / n)
                ema = lambda a, v, q: a * q + v.reshape(-1) * (1 - q)
                W["moving_mean"] = ema(W["moving_mean"], mu, mom)
                if c["renorm"]:
                    W["renorm_mean"] = ema(W["renorm_mean"], mu, c["renorm_momentum"])
                    W["renorm_stddev"] = ema(W["renorm_stddev"], s, c["renorm_momentum"])
                    W["moving_stddev"] = ema(W["moving_stddev"], s, mom)
                    W["moving_variance"] = np.maximum(W["moving_stddev"] ** 2 - eps, 0)
                else:
                    W["moving_variance"] = ema(W["moving_variance"], var, mom)
            expect = {"output": y, "inputGradient": dx}
            actual = {"output": call["output"], "inputGradient": call["inputGradient"]}
            for n_, a in zip(case["stateNames"], call["state"]):
                expect[n_], actual[n_] = W[n_], a
            for n_, a in call["weightGradients"].items():
                expect[n_] = (wl * (xhat * r + d) if n_ == "gamma" else wl).sum(red)
                actual[n_] = a
            for n_ in expect:
                a = decode(actual[n_])
                scale_ = max(1.0, np.max(np.abs(expect[n_])))
                error = float(np.max(np.abs(a.reshape(-1) - expect[n_].reshape(-1))) / scale_)
                if error > worst.get(n_, (0, ""))[0]:
                    worst[n_] = (error, f"{case['name']} call {k}")
    for n_, v in worst.items():
        print("  largest difference from the formulas,", n_, v)


# ---- Configs and errors ------------------------------------------------------------------------

CONFIGS = [
    ("default arguments", "BatchNormalization()", None),
    ("default arguments, built on 4 channels", "BatchNormalization(name='bn')", (None, 4)),
    ("built on channels first", "BatchNormalization(axis=1, name='bn')", (None, 3, 8, 8)),
    ("every argument not the default",
     "BatchNormalization(axis=1, momentum=0.9, epsilon=1e-5, center=False, scale=False, "
     "beta_initializer=keras.initializers.Constant(0.5), gamma_initializer=keras.initializers.RandomUniform(0.5, 1.5, seed=3), "
     "moving_mean_initializer='ones', moving_variance_initializer=keras.initializers.Constant(2.0), "
     "beta_regularizer=keras.regularizers.L1(0.02), gamma_regularizer=keras.regularizers.L1L2(0.01, 0.03), "
     "beta_constraint=keras.constraints.MaxNorm(1.5, axis=0), gamma_constraint=keras.constraints.NonNeg(), "
     "renorm=True, renorm_clipping={'rmax': 3.0, 'rmin': 0.33, 'dmax': 5.0}, renorm_momentum=0.8, "
     "synchronized=True, trainable=False, dtype='mixed_float16', name='everything')", None),
    ("initializers given as strings",
     "BatchNormalization(beta_initializer='random_normal', gamma_initializer='glorot_uniform', "
     "moving_mean_initializer='zeros', moving_variance_initializer='ones', name='bn')", None),
    ("initializers given as objects",
     "BatchNormalization(beta_initializer=keras.initializers.RandomNormal(0.1, 0.2, seed=7), "
     "gamma_initializer=keras.initializers.TruncatedNormal(1.0, 0.02, seed=1), "
     "moving_mean_initializer=keras.initializers.Zeros(), moving_variance_initializer=keras.initializers.Ones(), name='bn')", None),
    ("regularizers given as strings",
     "BatchNormalization(beta_regularizer='l1', gamma_regularizer='l2', name='bn')", None),
    ("regularizer l1l2 given as a string", "BatchNormalization(gamma_regularizer='l1l2', name='bn')", None),
    ("regularizers given as objects",
     "BatchNormalization(beta_regularizer=keras.regularizers.L2(0.5), gamma_regularizer=keras.regularizers.L1L2(l1=0.25, l2=0.125), name='bn')", None),
    ("constraints given as strings",
     "BatchNormalization(beta_constraint='non_neg', gamma_constraint='max_norm', name='bn')", None),
    ("constraints given as objects",
     "BatchNormalization(beta_constraint=keras.constraints.UnitNorm(axis=0), "
     "gamma_constraint=keras.constraints.MinMaxNorm(min_value=0.5, max_value=2.0, rate=0.75, axis=0), name='bn')", None),
    ("renorm without clipping", "BatchNormalization(renorm=True, name='bn')", None),
    ("renorm with clipping by one key", "BatchNormalization(renorm=True, renorm_clipping={'dmax': 0.5}, renorm_momentum=0.9, name='bn')", None),
    ("renorm off keeps an unchecked clipping", "BatchNormalization(renorm_clipping={'nonsense': 1}, name='bn')", None),
    ("renorm, built", "BatchNormalization(renorm=True, renorm_clipping={'rmax': 2.0}, name='bn')", (None, 5)),
    ("axis given as a float is cut to an integer", "BatchNormalization(axis=1.7, name='bn')", None),
    ("momentum and epsilon given as integers become floats", "BatchNormalization(momentum=1, epsilon=0, name='bn')", None),
    ("renorm_momentum given as an integer stays one", "BatchNormalization(renorm=True, renorm_momentum=1, name='bn')", None),
    ("momentum outside [0, 1] and negative epsilon are taken", "BatchNormalization(momentum=1.5, epsilon=-0.5, name='bn')", None),
    ("not trainable", "BatchNormalization(trainable=False, name='bn')", None),
    ("dtype float64", "BatchNormalization(dtype='float64', name='bn')", None),
    ("dtype bfloat16 policy", "BatchNormalization(dtype='mixed_bfloat16', name='bn')", None),
    ("with an activity regularizer", "BatchNormalization(activity_regularizer='l2', name='bn')", None),
]

X = "np.ones((2, 3, 4), 'float32')"
ERRORS = [
    ("mask with as many dimensions as the input", f"BatchNormalization(name='bn')({X}, training=True, mask=np.ones((2, 3, 4), bool))"),
    ("mask with too few dimensions", f"BatchNormalization(name='bn')({X}, training=True, mask=np.ones((2,), bool))"),
    ("mask of wrong rank in inference", f"BatchNormalization(name='bn')({X}, training=False, mask=np.ones((2,), bool))"),
    ("mask of right rank that does not broadcast", f"BatchNormalization(name='bn')({X}, training=True, mask=np.ones((2, 2), bool))"),
    ("renorm clipping with an unknown key", "BatchNormalization(renorm=True, renorm_clipping={'rmax': 2.0, 'nonsense': 1}, name='bn')"),
    ("renorm clipping with rmax below rmin", "BatchNormalization(renorm=True, renorm_clipping={'rmax': 0.5, 'rmin': 0.9}, name='bn')"),
    ("renorm clipping with negative dmax", "BatchNormalization(renorm=True, renorm_clipping={'dmax': -1.0}, name='bn')"),
    ("renorm clipping with rmax equal to rmin is fine", "BatchNormalization(renorm=True, renorm_clipping={'rmax': 1.0, 'rmin': 1.0}, name='bn')"),
    ("axis given as a list", "BatchNormalization(axis=[1, 2], name='bn')"),
    ("axis given as a tuple", "BatchNormalization(axis=(1,), name='bn')"),
    ("axis given as None", "BatchNormalization(axis=None, name='bn')"),
    ("fused is not an argument", "BatchNormalization(fused=True, name='bn')"),
    ("virtual_batch_size is not an argument", "BatchNormalization(virtual_batch_size=2, name='bn')"),
    ("adjustment is not an argument", "BatchNormalization(adjustment=None, name='bn')"),
    ("trainable that is not a boolean", "BatchNormalization(trainable=1, name='bn')"),
    ("unknown initializer", "BatchNormalization(beta_initializer='nonsense', name='bn')"),
    ("unknown regularizer", "BatchNormalization(beta_regularizer='nonsense', name='bn')"),
    ("regularizer l1_l2 given as a string is not known", "BatchNormalization(gamma_regularizer='l1_l2', name='bn')"),
    ("unknown constraint", "BatchNormalization(gamma_constraint='nonsense', name='bn')"),
    ("axis past the end at build", "BatchNormalization(axis=3, name='bn').build((None, 3, 4))"),
    ("axis before the start at build", "BatchNormalization(axis=-4, name='bn').build((None, 3, 4))"),
    ("unknown channel dimension at build", "BatchNormalization(name='bn').build((None, 3, None))"),
    ("axis past the end in compute_output_shape", "BatchNormalization(axis=3, name='bn').compute_output_shape((None, 3, 4))"),
    ("later input with another rank", f"(lambda l: (l({X}), l(np.ones((2, 4), 'float32'))))(BatchNormalization(name='bn'))"),
    ("later input with another channel count", f"(lambda l: (l({X}), l(np.ones((2, 3, 5), 'float32'))))(BatchNormalization(name='bn'))"),
    ("later input with another channel count on axis 1", f"(lambda l: (l({X}), l(np.ones((2, 5, 4), 'float32'))))(BatchNormalization(axis=1, name='bn'))"),
    ("set_weights with 4 arrays on a renorm layer", "(lambda l: (l.build((2, 3)), l.set_weights([np.zeros(3)] * 4)))(BatchNormalization(renorm=True, name='bn'))"),
    ("set_weights with a wrong shape", "(lambda l: (l.build((2, 3)), l.set_weights([np.zeros(3), np.zeros(2), np.zeros(3), np.zeros(3)])))(BatchNormalization(name='bn'))"),
    ("one channel with a mask, axis 1", "BatchNormalization(axis=1, name='bn')(np.ones((2, 1, 3), 'float32'), training=True, mask=np.ones((2, 1), bool))"),
    ("empty batch gives NaN moving statistics", "(lambda l: (l(np.ones((0, 2), 'float32'), training=True), [w.tolist() for w in l.get_weights()])[1])(BatchNormalization(name='bn'))"),
]


def make_configs():
    scope = {"keras": keras, "np": np, "BatchNormalization": keras.layers.BatchNormalization}
    records = []
    for name, python, shape in CONFIGS:
        keras.utils.clear_session()
        layer = eval(python, scope)
        if shape:
            layer.build(shape)
        record = {
            "kind": "config",
            "name": name,
            "python": python,
            "builtOn": list(shape) if shape else None,
            "configText": json.dumps(layer.get_config()),
            "serializedText": json.dumps(keras.saving.serialize_keras_object(layer)),
        }
        if shape:
            record["weights"] = [{"name": v.name, "path": v.path, "shape": list(v.shape),
                                  "trainable": v.trainable, "value": array(v.numpy())} for v in layer.weights]
        records.append(record)
    for name, python in ERRORS:
        keras.utils.clear_session()
        try:
            value, error = eval(python, scope), None
        except Exception as e:  # recorded, whatever it is
            error = e
        records.append({
            "kind": "error",
            "name": name,
            "python": python,
            "errorType": None if error is None else type(error).__name__,
            "message": repr(value)[:300] if error is None else re.sub("\x1b\\[[0-9;]*m", "", str(error)),
        })
    return records


if __name__ == "__main__":
    check_known_numbers()
    make_cases()
    assert len({c["name"] for c in cases}) == len(cases), "two cases have one name"
    check_against_formulas()
    note = (
        "Keras BatchNormalization in float64; each case calls one layer three times in a row. "
        "Input of a call: lcg(inputShape, inputSeed, low, high); loss = sum(w * output) with "
        "w = lcg(inputShape, lossWeightSeed, -1, 1). state: arrays named by stateNames, after the call."
    )
    write("batch-normalization", cases, versions(), note=note)
    write(
        "batch-normalization-config", make_configs(), versions(),
        note="kind config: get_config() and serialize_keras_object() as JSON texts in Keras's key order. "
        "kind error: what Keras raised for `python` (errorType null: nothing; message then shows the value).",
    )
