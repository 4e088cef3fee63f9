"""Golden data of the legacy (Keras 2, tf_keras) BatchNormalization: virtual batches, adjustment,
several axes, the fused kernel.

Writes batch-normalization-legacy.json.

Run:       python test/golden/make/batch_normalization_legacy.py
Needs:     tensorflow-cpu==2.21.0, keras==3.15.1 (for common.py) and tf_keras 2.21.0. The committed file was made with
           tf_keras taken from the source of keras-team/tf-keras at commit dd0a7237b9b24132dba3f491f3c84b0094ab796e
           (its folder tf_keras on PYTHONPATH, the three files of tf_keras/protobuf compiled by
           `python -m grpc_tools.protoc -I. --python_out=. tf_keras/protobuf/*.proto`);
           `pip install tf_keras==2.21.0` should give the same numbers. Deterministic; a few seconds.

What a case holds (kind virtual, adjustment, multi-axis, fused)
  kind, name       see above; a sentence
  dtype            float64, or float32 where the fused kernel runs (it has no float64)
  layerConfig      get_config() of the unbuilt layer without initializers, regularizers, constraints
                   (all of them Keras's defaults); legacy configs name neither fused nor adjustment
  fused            the `fused` argument: true, false or null (null: the layer decides at build)
  fusedInUse       whether the layer used the fused kernel
  adjustment       {scale, bias}: what the adjustment callable returns (constants), or null
  emulated         null, or a sentence: what the script did itself
  epsilonInUse     the epsilon that was added to the variance: layerConfig's, except in the cases named "raised to
                   1.001e-5". TensorFlow 2.21 has no such lower limit on the CPU; the Python wrapper of older
                   versions (`min_epsilon = 1.001e-5` in nn_impl.fused_batch_norm) had it. Both are here.
  inputShape, initialWeights, stateNames, training, lossWeightSeed, calls
                   as in batch-normalization.json. Weights have the shapes that the layer gave them
                   (full rank with several axes or virtual batches, one more with virtual batches)
  axisAfterBuild   layer.axis after build (a list; one higher with virtual batches)

What a case of kind fused-kernel holds: the operation FusedBatchNormV3 (NHWC, float32) called directly
  inputShape, inputSeed, low, high, scale, offset, mean, variance, epsilon, exponentialAvgFactor,
  training, lossWeightSeed; output, batchMean, batchVariance (with Bessel's correction in training),
  inputGradient, weightGradients
"""

import os
import warnings

os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")

import common  # noqa: F401  (sets the environment before TensorFlow loads)
from common import array, lcg, versions, write

import numpy as np
import tensorflow as tf
import tf_keras

RANGES = [(-2.0, 3.0), (-1.0, 1.5), (0.0, 4.0)]
INITIAL = {
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
    "renorm without clipping": {"renorm": True, "renorm_momentum": 0.8},
    "renorm with clipping": {"renorm": True, "renorm_clipping": CLIPPING, "renorm_momentum": 0.8},
}
EPSILON_FLOOR = 1.001e-5
EPSILON_FLOOR_NOTE = "epsilon raised to 1.001e-5 by this script, as older TensorFlow versions did before the kernel"
cases = []


def short(variable):
    return variable.name.split("/")[-1].split(":")[0]


def plain(value):
    """A value of a config without TensorFlow's tracking wrappers and numpy's scalars."""
    if isinstance(value, float):
        return float(value)
    if hasattr(value, "items"):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    return value


def add(kind, name, shape, training, dtype="float64", adjustment=None, fused=False, emulate=False, floor=False,
        ranges=RANGES, initial=None, **arguments):
    """Three calls of one layer.

    With `emulate` the layer is channels-last and sees a transposed view. With `floor` the fused kernel gets
    epsilon raised to 1.001e-5, as the Python wrapper of older TensorFlow versions did.
    """
    seed = 7919 * (len(cases) + 1) + 3
    rank = len(shape)
    if dtype == "float64":
        # Given Python floats, tf_keras rounds 1 - momentum to float32 even in a float64 layer, and takes renorm's
        # sqrt(epsilon) in float32 and then fails; numpy's float64 keeps both exact.
        for key, usual in (("epsilon", 1e-3), ("momentum", 0.99), ("renorm_momentum", 0.99)):
            if key in arguments or key == "epsilon":
                arguments[key] = np.float64(arguments.get(key, usual))
    callable_ = None
    if adjustment:
        constants = tuple(tf.constant(a, dtype) for a in adjustment)
        callable_ = lambda _shape: constants  # noqa: E731

    def make(**more):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return tf_keras.layers.BatchNormalization(
                dtype=dtype, name="bn", fused=fused, adjustment=callable_, **{**arguments, **more})

    layer = make()
    config = {
        k: plain(v) for k, v in layer.get_config().items()
        if not k.endswith(("_initializer", "_regularizer", "_constraint"))
    }
    to_last = [0, *range(2, rank), 1]
    to_first = [0, rank - 1, *range(1, rank - 1)]
    if emulate:
        layer = make(axis=rank - 1)
        layer.build([shape[i] for i in to_last])
    else:
        layer.build(list(shape))
    if floor:
        layer.epsilon = max(layer.epsilon, EPSILON_FLOOR)
    names = [short(v) for v in layer.weights]
    start = []
    for k, v in enumerate(layer.weights):
        low, high = INITIAL[names[k]]
        value = lcg(v.shape, seed + 1000 * (k + 1), low, high).astype(dtype)
        if initial and names[k] in initial:
            value = np.asarray(initial[names[k]], dtype).reshape(v.shape)
        start.append(value)
    layer.set_weights(start)
    by_name = dict(zip(names, layer.weights))
    state_names = [n for n in names if n not in ("gamma", "beta")]
    weight_seed = seed + 500009
    w = tf.constant(lcg(shape, weight_seed).astype(dtype))
    calls = []
    for k, (low, high) in enumerate(ranges):
        input_seed = seed + 104729 * (k + 1)
        x = tf.constant(lcg(shape, input_seed, low, high).astype(dtype))
        params = {n: by_name[n] for n in ("gamma", "beta") if n in by_name}
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(x)
            for p in params.values():
                tape.watch(p)
            if emulate:
                y = tf.transpose(layer(tf.transpose(x, to_last), training=training), to_first)
            else:
                y = layer(x, training=training)
            loss = tf.reduce_sum(w * y)
        assert y.dtype.name == dtype and list(y.shape) == list(shape)
        calls.append({
            "inputSeed": input_seed,
            "low": low,
            "high": high,
            "output": array(y.numpy()),
            "state": [array(by_name[n].numpy()) for n in state_names],
            "inputGradient": array(tape.gradient(loss, x).numpy()),
            "weightGradients": {n: array(tape.gradient(loss, p).numpy()) for n, p in params.items()},
        })
    cases.append({
        "kind": kind,
        "name": name,
        "dtype": dtype,
        "layerConfig": config,
        "fused": fused,
        "fusedInUse": bool(layer.fused),
        "adjustment": None if not adjustment else dict(zip(("scale", "bias"), (array(a, dtype) for a in adjustment))),
        "emulated": "a channels-last layer between two transpositions (no channels-first kernel on this CPU)"
        if emulate else EPSILON_FLOOR_NOTE if floor else None,
        "epsilonInUse": float(layer.epsilon),
        "inputShape": list(shape),
        "initialWeights": [{"name": n, "value": array(v)} for n, v in zip(names, start)],
        "stateNames": state_names,
        "axisAfterBuild": [1] if emulate else list(layer.axis),
        "mask": None,
        "training": training,
        "lossWeightSeed": weight_seed,
        "calls": calls,
    })


def mode(training):
    return "training" if training else "inference"


def make_virtual():
    def case(what, shape, training=True, **arguments):
        add("virtual", f"virtual batches, {what}, {mode(training)}", shape, training, momentum=0.9, **arguments)

    for size in (1, 2, 3, 6):
        case(f"size {size} of batch 6, rank 2", [6, 3], virtual_batch_size=size)
    for training in (True, False):
        case("size 2, rank 4, axis -1", [4, 3, 2, 3], training, virtual_batch_size=2)
        case("size 2, rank 4, axis 1", [4, 3, 2, 2], training, virtual_batch_size=2, axis=1)
        case("size 2, rank 5, axis -1", [4, 2, 1, 2, 3], training, virtual_batch_size=2)
        case("size 3, rank 5, axis 1", [6, 2, 1, 2, 2], training, virtual_batch_size=3, axis=1)
        case("size 2, rank 5, axes [1, 4]", [4, 2, 3, 1, 2], training, virtual_batch_size=2, axis=[1, 4])
    case("size 2 of batch 5 (no need to divide)", [5, 3], False, virtual_batch_size=2)
    case("size 2, rank 3, axis -1", [6, 2, 3], virtual_batch_size=2)
    case("size 2, rank 3, axis -2", [6, 2, 3], virtual_batch_size=2, axis=-2)
    case("size 2, rank 4, axes [-1, 1]", [4, 2, 2, 3], virtual_batch_size=2, axis=[-1, 1])
    for center, scale in ((False, True), (True, False), (False, False)):
        case(f"size 3, center {center}, scale {scale}", [6, 3], virtual_batch_size=3, center=center, scale=scale)
    for renorm in list(RENORMS)[1:]:
        case(f"size 3, rank 2, {renorm}", [6, 3], virtual_batch_size=3, **RENORMS[renorm])
        case(f"size 2, rank 4, axis 1, {renorm}", [4, 3, 2, 2], virtual_batch_size=2, axis=1, **RENORMS[renorm])
        case(f"size 2, rank 5, axes [1, 4], {renorm}", [4, 2, 2, 1, 3], virtual_batch_size=2, axis=[1, 4],
             **RENORMS[renorm])
        case(f"size 3, center False, scale False, {renorm}", [6, 3], virtual_batch_size=3, center=False, scale=False,
             **RENORMS[renorm])
    case("size 3, renorm with clipping", [6, 3], False, virtual_batch_size=3, **RENORMS["renorm with clipping"])
    add("virtual", "virtual batches, size 3, momentum 0, epsilon 1e-5, training", [6, 3], True, virtual_batch_size=3,
        momentum=0.0, epsilon=1e-5)


def make_adjustment():
    def constants(shape, seed):
        return lcg(shape, seed, 0.75, 1.25).astype(np.float64), lcg(shape, seed + 1, -0.25, 0.25).astype(np.float64)

    def case(what, shape, constant_shape, training=True, **arguments):
        add("adjustment", f"adjustment {what}, {mode(training)}", shape, training, momentum=0.9,
            adjustment=constants(constant_shape, 41 * len(cases) + 7), **arguments)

    for training in (True, False):
        case("per channel of rank 2", [6, 3], [3], training)
        case("per channel of rank 4, axis 1", [2, 3, 2, 2], [1, 3, 1, 1], training, axis=1)
    case("per sample of rank 2", [6, 3], [6, 1])
    case("per element of rank 2", [6, 3], [6, 3])
    case("per sample and channel of rank 4", [2, 3, 2, 3], [2, 1, 1, 3])
    case("per sample of rank 4, axis 1", [2, 3, 2, 2], [2, 1, 1, 1], axis=1)
    case("per element of rank 3", [3, 4, 2], [3, 4, 2])
    case("of one number", [6, 3], [])
    for center, scale in ((False, True), (True, False), (False, False)):
        case(f"per channel, center {center}, scale {scale}", [6, 3], [3], center=center, scale=scale)
    for renorm in list(RENORMS)[1:]:
        case(f"per channel of rank 2, {renorm}", [6, 3], [3], **RENORMS[renorm])
        case(f"per sample of rank 4, axis 1, {renorm}", [2, 3, 2, 2], [2, 1, 1, 1], axis=1, **RENORMS[renorm])
        case(f"per channel, center False, scale False, {renorm}", [6, 3], [3], center=False, scale=False,
             **RENORMS[renorm])
    case("with axes [1, 2] of rank 3", [3, 4, 2], [1, 4, 2], axis=[1, 2])


def make_multi_axis():
    def case(what, shape, axis, training=True, **arguments):
        add("multi-axis", f"axes {axis} of rank {len(shape)}{what}, {mode(training)}", shape, training, axis=axis,
            **{"momentum": 0.9, **arguments})

    todo = [([3, 4, 2], [1, 2]), ([3, 4, 2], [0, 2]), ([2, 3, 2, 3], [1, 3]), ([2, 3, 2, 3], [1, 2, 3]),
            ([2, 2, 3, 2, 2], [1, 2, 3]), ([2, 3, 2, 3], [3, 1]), ([3, 4, 2], [-1, -2]), ([2, 2, 3, 2, 2], [1, 4])]
    for shape, axis in todo:
        for training in (True, False):
            case("", shape, axis, training)
    case("", [3, 4, 2], [-1])
    case("", [3, 4, 2], [1])
    case("", [2, 3, 2, 3], [1])
    case("", [6, 3], [0, 1])
    for center, scale in ((False, True), (True, False), (False, False)):
        case(f", center {center}, scale {scale}", [3, 4, 2], [0, 2], center=center, scale=scale)
        case(f", center {center}, scale {scale}", [2, 3, 2, 3], [3, 1], center=center, scale=scale)
    for renorm in list(RENORMS)[1:]:
        case(f", {renorm}", [3, 4, 2], [0, 2], **RENORMS[renorm])
        case(f", {renorm}", [2, 3, 2, 3], [1, 3], **RENORMS[renorm])
        case(f", {renorm}", [2, 2, 3, 2, 2], [1, 2, 3], **RENORMS[renorm])
        case(f", center False, scale False, {renorm}", [3, 4, 2], [-1, -2], center=False, scale=False,
             **RENORMS[renorm])
    case(", renorm with clipping", [2, 3, 2, 3], [1, 3], False, **RENORMS["renorm with clipping"])
    case(", momentum 0, epsilon 1e-5", [3, 4, 2], [0, 2], momentum=0.0, epsilon=1e-5)


def channels_first_runs(rank):
    layer = tf_keras.layers.BatchNormalization(axis=1, fused=True)
    x = tf.constant(lcg([2, 3, *[2] * (rank - 2)], 5))
    try:
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = layer(x, training=True)
        tape.gradient(y, x)
        layer(x, training=False)
        return True
    except Exception as error:  # whatever this CPU lacks
        print(f"no channels-first kernel of rank {rank}: {type(error).__name__}")
        return False


def make_fused():
    runs = {rank: channels_first_runs(rank) for rank in (4, 5)}

    def case(what, shape, training=True, axis=-1, fused=True, **arguments):
        add("fused", f"fused, rank {len(shape)}, axis {axis}{what}, {mode(training)}", shape, training, "float32",
            axis=axis, fused=fused, emulate=axis == 1 and not runs[len(shape)], **{"momentum": 0.9, **arguments})

    r4, r5 = [2, 3, 2, 3], [2, 2, 3, 2, 2]
    for training in (True, False):
        case("", r4, training)
        case("", r4, training, axis=3)
        case("", r4, training, axis=1)
        case("", r5, training, axis=4)
        case("", r5, training, axis=1)
        case(", fused left unset (so it is on)", r4, training, fused=None)
        for epsilon in (1e-5, 1e-6, 1e-12):
            for floor in (False, True):
                case(f", epsilon {epsilon}{' raised to 1.001e-5' if floor else ''}", [2, 2, 2, 2], training,
                     epsilon=epsilon, floor=floor, ranges=[(-0.01, 0.01), (0.0, 0.005), (-0.002, 0.001)],
                     initial={"moving_variance": [1e-6, 1e-4]})
        for center, scale in ((False, True), (True, False), (False, False)):
            case(f", center {center}, scale {scale}", r4, training, center=center, scale=scale)
    case(", center False, scale False", r4, axis=1, center=False, scale=False)
    case(", center False, scale False", r5, axis=1, center=False, scale=False)
    for floor in (False, True):
        case(f", epsilon 1e-6{' raised to 1.001e-5' if floor else ''}", r4, axis=1, epsilon=1e-6, floor=floor,
             ranges=[(-0.01, 0.01), (0.0, 0.005), (-0.002, 0.001)])
    for axis in (-1, 1):
        case(", momentum 0", r4, axis=axis, momentum=0.0)
        case(", momentum 0.5", r4, axis=axis, momentum=0.5)
        case(", momentum 0.99", r4, axis=axis, momentum=0.99)
    case(", one element per channel", [1, 1, 1, 3])
    case(", one element per channel, momentum 0", [1, 1, 1, 3], momentum=0.0)
    case(", one element per channel", [1, 3, 1, 1], axis=1)
    case(", one element per channel", [1, 1, 1, 1, 3], axis=4)
    case(", two elements per channel", [2, 1, 1, 3])
    case(", a larger batch", [6, 5, 4, 3])
    case(" with fused off for comparison: no Bessel's correction", r4, fused=False)


def make_kernel():
    def case(what, shape, training=True, epsilon=1e-3, factor=1.0):
        seed = 7919 * (len(cases) + 1) + 3
        rank = len(shape)
        c = shape[-1]
        x = tf.constant(lcg(shape, seed, -2.0, 3.0))
        scale = tf.constant(lcg([c], seed + 1000, 0.5, 1.5))
        offset = tf.constant(lcg([c], seed + 2000, -0.5, 0.5))
        mean = tf.constant(lcg([c], seed + 3000, -0.5, 0.5))
        variance = tf.constant(lcg([c], seed + 4000, 0.5, 2.0))
        w = tf.constant(lcg(shape, seed + 500009))
        with tf.GradientTape(persistent=True) as tape:
            for t in (x, scale, offset):
                tape.watch(t)
            y, m, v, *_ = tf.raw_ops.FusedBatchNormV3(
                x=x, scale=scale, offset=offset, mean=mean, variance=variance, epsilon=epsilon,
                exponential_avg_factor=factor, data_format="NHWC" if rank == 4 else "NDHWC", is_training=training)
            loss = tf.reduce_sum(w * y)
        cases.append({
            "kind": "fused-kernel",
            "name": f"FusedBatchNormV3 itself, {what}, {mode(training)}",
            "dtype": "float32",
            "inputShape": list(shape),
            "inputSeed": seed, "low": -2.0, "high": 3.0,
            "scale": array(scale), "offset": array(offset), "mean": array(mean), "variance": array(variance),
            "epsilon": epsilon,
            "exponentialAvgFactor": factor,
            "training": training,
            "lossWeightSeed": seed + 500009,
            "output": array(y),
            "batchMean": array(m),
            "batchVariance": array(v),
            "inputGradient": array(tape.gradient(loss, x)),
            "weightGradients": {"gamma": array(tape.gradient(loss, scale)), "beta": array(tape.gradient(loss, offset))},
        })

    for shape in ([2, 2, 1, 2], [2, 3, 2, 3], [4, 4, 4, 2], [2, 2, 3, 2, 2]):
        case(f"shape {shape}, factor 1 (the batch's own statistics)", shape)
    case("factor 0.1 (moving statistics)", [2, 3, 2, 3], factor=0.1)
    case("factor 0.5, epsilon 1e-5", [2, 3, 2, 3], factor=0.5, epsilon=1e-5)
    case("one element per channel", [1, 1, 1, 3])
    case("one element per channel, factor 0.1", [1, 1, 1, 3], factor=0.1)
    case("two elements per channel", [1, 2, 1, 3])
    case("epsilon 1e-12 (the operation itself has no lower limit)", [2, 3, 2, 3], epsilon=1e-12)
    case("shape [2, 3, 2, 3]", [2, 3, 2, 3], training=False)


# ---- Self-checks: numbers derived independently in float64 numpy --------------------------------


def gen(shape, k=7, m=11, off=5):
    i = np.arange(int(np.prod(shape)))
    return (((i * k) % m) - off + 0.25 * (i % 3)).reshape(shape).astype(np.float64)


def near(what, actual, expected, tolerance=3e-6):
    a = np.asarray(actual, np.float64).reshape(-1)[: len(expected)]
    e = np.asarray(expected, np.float64)
    worst = np.max(np.abs(a - e) / (1 + np.abs(e)))
    assert worst < tolerance, (what, worst, a, e)


def fixed(x, gamma=None, beta=None, dtype="float64", **arguments):
    layer = tf_keras.layers.BatchNormalization(dtype=dtype, **arguments)
    layer.build(list(x.shape))
    if gamma is not None:
        layer.gamma.assign(np.reshape(gamma, layer.gamma.shape))
        layer.beta.assign(np.reshape(beta, layer.beta.shape))
    return layer


def check_known_numbers():
    x = gen([6, 2])
    layer = fixed(x, [1, 2], [0, 0.1], momentum=0.8, virtual_batch_size=3)
    near("G10 y", layer(x, training=True), [-0.9696291, 1.194925, -0.8554103, 2.549408, 1.376248, -2.705746, 1.402873,
        0.1, -0.4066187, 1.810821, -0.5474626, -2.349408])
    near("G10 mean", layer.moving_mean, [-0.1833333, 0.1166667])
    near("G10 var", layer.moving_variance, [2.102778, 2.897222])
    near("G10 inference", layer(x, training=False), [-3.32083, 2.606241, -0.9077702, 5.836943, 0.9882055, -2.974062,
        2.884181, 0.2566401, -2.286662, 3.487342, -0.3906859, -5.323663])
    x = gen([2, 2, 1, 2]).astype(np.float32)
    layer = fixed(x, dtype="float32", momentum=0.9, fused=True)
    near("G11 y", layer(x, training=True), [-1.406544, 0.3643658, -0.3563244, 1.366372, 0.468848, -1.366372, 1.29402,
        -0.3643658])
    near("G11 mean", layer.moving_mean, [-0.03125, 0.125])
    near("G11 var", layer.moving_variance, [2.380729, 1.904167])
    layer = fixed(x, dtype="float32", momentum=0.9, fused=False)
    layer(x, training=True)
    near("G11 var, not fused", layer.moving_variance, [2.010547, 1.653125])
    x43, g, b = gen([4, 3]), [1, 2, 0.5], [0, 0.1, -0.2]
    constants = tf.constant([1.1, 0.9, 1.0], tf.float64), tf.constant([0.05, -0.05, 0.2], tf.float64)
    near("G12 y", fixed(x43, g, b, adjustment=lambda _: constants)(x43, training=True), [-1.824588, 2.413988, 0.5705522,
        0.9525792, 0.8046627, 0.1235174, 0.6748625, -0.8046627, -0.3235174, 0.3971459, -2.413988, -0.7705522])
    near("G12 renorm", fixed(x43, g, b, adjustment=lambda _: constants, renorm=True, renorm_clipping={"rmax": 1.5,
        "rmin": 0.5, "dmax": 0.4}, epsilon=np.float64(1e-3))(0.3 * x43, training=True), [-1.7375, 1.607146, 0.03392935, 1.5625, 0.8057152,
        -0.1886902, 1.2325, 0.00428478, -0.4113098, 0.9025, -0.7971457, -0.6339293])
    x = gen([2, 2, 3])
    layer = fixed(x, axis=[1, 2])
    assert list(layer.gamma.shape) == [1, 2, 3]
    near("G13 y", layer(x, training=True), [-0.9999753, 0.9995004, 0.9995004, 0.9995004, 0.9995004, 0.9995004, 0.9999753,
        -0.9995004, -0.9995004, -0.9995004, -0.9995004, -0.9995004])
    layer = fixed(x, axis=[0, 2])
    assert list(layer.gamma.shape) == [2, 1, 3]
    near("G13 y 2", layer(x, training=True), [-0.99998, 0.998006, 0.998006, 0.99998, -0.998006, -0.998006, 0.998006,
        0.998006, 0.998006, -0.998006, -0.998006, -0.998006])
    print("known numbers agree")


if __name__ == "__main__":
    check_known_numbers()
    make_virtual()
    make_adjustment()
    make_multi_axis()
    make_fused()
    make_kernel()
    names = [c["name"] for c in cases]
    assert len(set(names)) == len(names), "two cases have one name"
    about = versions(tf_keras=tf_keras.__version__,
                     tf_keras_source="keras-team/tf-keras dd0a7237b9b24132dba3f491f3c84b0094ab796e",
                     TF_ENABLE_ONEDNN_OPTS=os.environ["TF_ENABLE_ONEDNN_OPTS"])
    about["backend"] = "tf_keras (Keras 2); `keras` is only what common.py imports"
    write(
        "batch-normalization-legacy", cases, about,
        note="Legacy BatchNormalization run with tf_keras; input of a call: lcg(inputShape, inputSeed, low, high) in the "
        "case's dtype; loss = sum(w * output) with w = lcg(inputShape, lossWeightSeed, -1, 1). kind fused-kernel: "
        "the operation FusedBatchNormV3 called directly.",
    )
