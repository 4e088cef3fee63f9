"""The normalization layers besides BatchNormalization, and their ops, in float64: test/golden/normalization-family.json.

Run from the repository root, in an environment with keras==3.15.1 and tensorflow-cpu==2.21.0 (about a minute on one core):

    python test/golden/make/normalization_family.py

Numbers that need no storing are seeded: lcg(shape, seed, low, high) of common.py, rounded to float32 and widened.

kind "layer": one layer called once.
  layer, config      the class, and get_config() of the unbuilt layer, without name, dtype, initializers, regularizers, constraints
  inputShape, input  the shape and {seed, low, high} of the input
  weights            [{name, shape, seed, low, high}] in the order of layer.get_weights()
  dySeed             the loss is sum(lcg(output shape, dySeed) * output)
  output, inputGradient, weightGradients (in the order of layer.trainable_weights)
kind "weight-normalization": Keras 3 has no such layer; the formula, written with TensorFlow, around Dense or Conv2D.
kind "spectral": three calls of a SpectralNormalization in a row: training, training, inference. Each has output, inputGradient,
  weightGradients (in the order of trainable_weights; those of the kernel are of the kernel that the call leaves), and state: all
  weights after the call.
kind "spectral-fit": train_on_batch with SGD, three times: the weights after it, and the loss of each step.
kind "adapt": a Normalization adapted to data (one array, or batches one after the other), its mean and variance, and its output.
kind "given": a Normalization with a mean and a variance.
kind "op": a function of keras.ops, its output and the gradient of its input.
kind "config": get_config() and serialize_keras_object() as texts, and names and shapes of the weights.
"""

import json

from common import array, lcg, np, versions, write
import keras
import tensorflow as tf

keras.config.set_floatx("float64")
keras.config.set_dtype_policy("float64")
keras.config.set_epsilon(1e-7)
L = keras.layers
cases = []
COUNTER = [0]
RANGES = {"gamma": (0.5, 1.5), "scale": (0.5, 1.5), "beta": (-0.5, 0.5), "kernel": (-1.0, 1.0), "bias": (-0.5, 0.5),
          "vector_u": (0.1, 1.0), "g": (0.5, 1.5)}


def seed():
    COUNTER[0] += 1
    return 7919 * COUNTER[0]


def wide(shape, s, low=-1.0, high=1.0):
    return lcg(tuple(shape), s, low, high).astype(np.float64)


def short(config):
    out = {k: v for k, v in config.items() if k not in ("name", "dtype", "trainable")}
    return {k: v for k, v in out.items() if not k.endswith(("_initializer", "_regularizer", "_constraint"))}


def set_weights(layer):
    records, values = [], []
    for v in layer.weights:
        low, high = RANGES[v.name]
        s = seed()
        records.append({"name": v.name, "shape": list(v.shape), "seed": s, "low": low, "high": high})
        values.append(wide(v.shape, s, low, high))
    layer.set_weights(values)
    return records


def run(layer, x, dy_seed, **kwargs):
    with tf.GradientTape() as tape:
        xt = tf.constant(x)
        tape.watch(xt)
        y = layer(xt, **kwargs)
        loss = tf.reduce_sum(y * tf.constant(wide(y.shape, dy_seed)))
    sources = [xt] + [w.value for w in layer.trainable_weights]
    grads = tape.gradient(loss, sources)
    assert y.dtype == tf.float64 and all(g is not None for g in grads)
    return {"output": array(y.numpy()), "inputGradient": array(grads[0].numpy()),
            "weightGradients": [array(g.numpy()) for g in grads[1:]]}


def layer_case(cls, shape, low=-2.0, high=3.0, **options):
    layer = getattr(L, cls)(name="n", **options)
    config = short(layer.get_config())
    given = {"seed": seed(), "low": low, "high": high}
    layer.build(tuple(shape))
    weights = set_weights(layer)
    dy = seed()
    cases.append({"kind": "layer", "layer": cls, "config": config, "inputShape": list(shape), "input": given,
                  "weights": weights, "dySeed": dy, **run(layer, wide(shape, **{"s": given["seed"], "low": low, "high": high}), dy)})


SHAPES = {2: [4, 6], 3: [3, 2, 4], 4: [2, 3, 2, 4], 5: [2, 2, 3, 2, 2]}
AXES = {2: [-1, [0, 1]], 3: [-1, 1, [1, 2], [-1, -2]], 4: [-1, 1, [1, 2, 3], [3, 1]], 5: [-1, 2, [2, 3, 4], [-1, -3]]}


def make_layers():
    for rank, axes in AXES.items():
        for axis in axes:
            for center in (True, False):
                for scale in (True, False):
                    layer_case("LayerNormalization", SHAPES[rank], axis=axis, center=center, scale=scale)
            layer_case("LayerNormalization", SHAPES[rank], axis=axis, rms_scaling=True)
    layer_case("LayerNormalization", [3, 5], epsilon=1e-12)
    layer_case("LayerNormalization", [3, 5], epsilon=0.5)
    layer_case("LayerNormalization", [3, 5], rms_scaling=True, scale=False, epsilon=1e-6)
    layer_case("LayerNormalization", [3, 5], low=1000.0, high=1001.0)
    layer_case("LayerNormalization", [3, 1])

    groups = [([3, 6], -1, (1, 2, 3, 6, -1)), ([2, 3, 4], -1, (1, 2, 4, -1)), ([2, 4, 3], 1, (1, 2, -1)),
              ([2, 2, 3, 6], -1, (1, 2, 3, 6)), ([2, 6, 3, 2], 1, (2, 3, -1)), ([2, 3, 4, 2], -2, (1, 2, 4)),
              ([2, 2, 2, 3, 4], -1, (2, 4)), ([2, 4, 2, 3, 2], 1, (1, 2)), ([2, 2, 4, 3, 2], -3, (2, -1))]
    for shape, axis, numbers in groups:
        for n in numbers:
            layer_case("GroupNormalization", shape, groups=n, axis=axis)
    for center in (True, False):
        for scale in (True, False):
            layer_case("GroupNormalization", [2, 3, 2, 4], groups=2, center=center, scale=scale, epsilon=1e-5)
    layer_case("GroupNormalization", [2, 3, 2, 4], groups=2, low=1000.0, high=1001.0)

    for rank in SHAPES:
        layer_case("RMSNormalization", SHAPES[rank])
        layer_case("RMSNormalization", SHAPES[rank], axis=[-2, -1] if rank > 2 else [0, 1], epsilon=1e-3)
    layer_case("RMSNormalization", [2, 3, 2, 4], axis=[3, 2, 1])

    for rank, axes in AXES.items():
        for axis in axes:
            layer_case("UnitNormalization", SHAPES[rank], axis=axis)


def state(layer):
    return [array(w.numpy()) for w in layer.weights]


WRAPPED = {"Dense": ({"units": 3}, [4, 5]), "Dense without a bias": ({"units": 4, "use_bias": False}, [2, 3, 2]),
           "Conv2D": ({"filters": 3, "kernel_size": [2, 2]}, [2, 4, 3, 2])}


def make_spectral():
    for name, (options, shape) in WRAPPED.items():
        for iterations in (1, 2, 5):
            cls = name.split()[0]
            layer = L.SpectralNormalization(getattr(L, cls)(**options), power_iterations=iterations)
            layer.build(tuple(shape))
            weights = set_weights(layer)
            calls = []
            for training in (True, True, False):
                given = {"seed": seed(), "low": -1.0, "high": 1.0}
                dy = seed()
                x = wide(shape, given["seed"])
                calls.append({"training": training, "input": given, "dySeed": dy,
                              **run(layer, x, dy, training=training), "state": state(layer)})
            cases.append({"kind": "spectral", "layer": cls, "options": options, "powerIterations": iterations,
                          "inputShape": shape, "weights": weights, "calls": calls})
    # A kernel of zeros stays, and u with it.
    layer = L.SpectralNormalization(L.Dense(2, kernel_initializer="zeros"))
    layer.build((2, 3))
    u = layer.vector_u.numpy()
    layer(np.ones((2, 3)), training=True)
    assert not layer.kernel.numpy().any() and (layer.vector_u.numpy() == u).all()


def make_spectral_fit():
    for l2 in (0.0, 0.1):
        inner = L.Dense(3, kernel_regularizer=keras.regularizers.L2(l2) if l2 else None)
        layer = L.SpectralNormalization(inner, power_iterations=2)
        model = keras.Sequential([keras.Input((4,), dtype="float64"), layer])
        weights = set_weights(layer)
        model.compile(optimizer=keras.optimizers.SGD(0.1), loss="mse", run_eagerly=True)
        xs, ys = seed(), seed()
        x, y = wide([5, 4], xs), wide([5, 3], ys)
        steps = []
        for _ in range(3):
            model.reset_metrics()
            steps.append({"loss": float(model.train_on_batch(x, y)), "state": state(layer)})
        cases.append({"kind": "spectral-fit", "l2": l2, "weights": weights, "xSeed": xs, "ySeed": ys, "steps": steps})


def make_weight_normalization():
    for name, (options, shape) in WRAPPED.items():
        cls = name.split()[0]
        inner = getattr(L, cls)(**options)
        inner.build(tuple(shape))
        v = inner.kernel
        named = [("kernel", list(v.shape)), ("g", [v.shape[-1]])] + ([("bias", [v.shape[-1]])] if inner.use_bias else [])
        records = [{"name": n, "shape": s, "seed": seed(), "low": RANGES[n][0], "high": RANGES[n][1]} for n, s in named]
        values = {r["name"]: tf.constant(wide(r["shape"], r["seed"], r["low"], r["high"])) for r in records}
        given = {"seed": seed(), "low": -1.0, "high": 1.0}
        dy = seed()
        x = tf.constant(wide(shape, given["seed"]))
        with tf.GradientTape() as tape:
            tape.watch([x, *values.values()])
            norm = tf.sqrt(tf.reduce_sum(values["kernel"] ** 2, axis=list(range(len(v.shape) - 1)), keepdims=True))
            kernel = values["g"] * values["kernel"] / norm
            y = tf.tensordot(x, kernel, 1) if cls == "Dense" else tf.nn.conv2d(x, kernel, 1, "VALID")
            if "bias" in values:
                y = y + values["bias"]
            loss = tf.reduce_sum(y * tf.constant(wide(y.shape, dy)))
        grads = tape.gradient(loss, [x, *values.values()])
        cases.append({"kind": "weight-normalization", "layer": cls, "options": options, "inputShape": shape,
                      "weights": records, "input": given, "dySeed": dy, "output": array(y.numpy()),
                      "inputGradient": array(grads[0].numpy()), "weightGradients": [array(g.numpy()) for g in grads[1:]]})


def make_normalization():
    data = [([6, 3], -1), ([6, 3], 0), ([6, 3], None), ([6, 3], [0, 1]), ([4, 3, 5], [1, 2]), ([4, 3, 5], 1),
            ([4, 3, 5], [2, 0]), ([3, 2, 4, 2], -1), ([3, 2, 4, 2], [-2]), ([3, 2, 2, 3, 2], [1, -1]), ([7], None), ([7], 0)]
    for shape, axis in data:
        for invert in (False, True):
            layer = L.Normalization(axis=axis, invert=invert)
            s = seed()
            layer.adapt(wide(shape, s, -3.0, 5.0))
            x = seed()
            cases.append({"kind": "adapt", "config": short(layer.get_config()), "batches": [{"shape": shape, "seed": s}],
                          "low": -3.0, "high": 5.0, "mean": array(layer.adapt_mean.numpy()),
                          "variance": array(layer.adapt_variance.numpy()), "inputShape": shape, "inputSeed": x,
                          "output": array(layer(wide(shape, x)).numpy())})
    streams = [([[2, 3], [3, 3], [1, 3]], -1), ([[2, 3], [5, 3]], None), ([[1, 2], [1, 2]], [0, 1]),
               ([[2, 3, 4], [1, 3, 4], [3, 3, 4]], [1, 2]), ([[2, 3, 4], [1, 2, 4], [3, 1, 4]], -1)]
    for shapes, axis in streams:
        layer = L.Normalization(axis=axis)
        batches = [{"shape": b, "seed": seed()} for b in shapes]
        layer.adapt([tf.constant(wide(b["shape"], b["seed"], -3.0, 5.0)) for b in batches])
        x = seed()
        cases.append({"kind": "adapt", "config": short(layer.get_config()), "batches": batches, "low": -3.0, "high": 5.0,
                      "mean": array(layer.adapt_mean.numpy()), "variance": array(layer.adapt_variance.numpy()),
                      "inputShape": shapes[0], "inputSeed": x, "output": array(layer(wide(shapes[0], x)).numpy())})
    given = [([4, 3], -1, 3.0, 2.0), ([4, 3], -1, [1.0, 2.0, 3.0], [1.0, 4.0, 0.0]), ([2, 3, 5], [1, 2], [1.0, 2.0, 3.0, 4.0, 5.0], [1.0] * 5),
             ([2, 3, 2], [1, 2], [[1.0], [2.0], [3.0]], [[4.0], [5.0], [6.0]]), ([2, 3, 2], [1, 2], 0.5, 0.25), ([2, 3], None, 1.0, 9.0)]
    for shape, axis, mean, variance in given:
        for invert in (False, True):
            layer = L.Normalization(axis=axis, mean=mean, variance=variance, invert=invert)
            x = seed()
            cases.append({"kind": "given", "config": short(layer.get_config()), "inputShape": shape, "inputSeed": x,
                          "output": array(layer(wide(shape, x)).numpy())})


def op_case(name, shape, coefficients=None, **options):
    record = {"kind": "op", "op": name, "inputShape": shape, "inputSeed": seed(), "options": options, "coefficients": {}}
    x = tf.constant(wide(shape, record["inputSeed"], -2.0, 3.0))
    extra = {}
    for key, size in (coefficients or {}).items():
        record["coefficients"][key] = {"shape": size, "seed": seed()}
        extra[key] = tf.constant(wide(size, record["coefficients"][key]["seed"], 0.5, 1.5))
    record["dySeed"] = seed()
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = getattr(keras.ops, name)(x, **extra, **options)
        loss = tf.reduce_sum(y * tf.constant(wide(y.shape, record["dySeed"])))
    cases.append({**record, "output": array(y.numpy()), "inputGradient": array(tape.gradient(loss, x).numpy())})


def make_ops():
    op_case("layer_normalization", [3, 4])
    op_case("layer_normalization", [3, 4], {"gamma": [4], "beta": [4]}, epsilon=0.1)
    op_case("layer_normalization", [3, 2, 4], {"gamma": [2, 4]}, axis=[1, 2])
    op_case("layer_normalization", [3, 2, 4], {"beta": [2]}, axis=1)
    op_case("layer_normalization", [3, 4], {"gamma": [4]}, rms_scaling=True)
    op_case("rms_normalization", [3, 4])
    op_case("rms_normalization", [3, 4], {"scale": [4]}, epsilon=0.1)
    op_case("rms_normalization", [3, 2, 4], {"scale": [2, 4]}, axis=[1, 2])
    op_case("rms_normalization", [3, 2, 4], axis=1)
    for shape, axis in (([3, 4], -1), ([3, 4], 0), ([2, 3, 4], 1), ([5], None)):
        for order in (1, 2, 3, 4):
            op_case("normalize", shape, axis=axis, order=order)
    for axis in (None, [0, 1], [1, 0]):
        for order in (1, 2):
            op_case("normalize", [3, 4], axis=axis, order=order)
    op_case("normalize", [2, 3, 4], axis=[2, 0], order=1)
    op_case("normalize", [2, 3, 4], axis=[2, 0], order=2)
    op_case("normalize", [2, 3], axis=-1, order=2, epsilon=10.0)
    op_case("normalize", [2, 3], axis=-1, order=3, epsilon=10.0)


CONFIGS = [
    ("LayerNormalization()", None), ("LayerNormalization(axis=[1, 2], name='n')", (None, 3, 4)), ("LayerNormalization(name='n')", (None, 3, 4)),
    ("LayerNormalization(axis=[2, 1], epsilon=1e-5, center=False, scale=False, beta_initializer='ones', gamma_initializer=keras.initializers.Constant(0.5), "
     "beta_regularizer='l1', gamma_regularizer=keras.regularizers.L2(0.5), beta_constraint='non_neg', gamma_constraint=keras.constraints.MaxNorm(2.0), trainable=False, name='n')", None),
    ("GroupNormalization()", None), ("GroupNormalization(groups=2, axis=1, epsilon=1e-5, center=False, name='n')", (None, 4, 3)),
    ("GroupNormalization(groups=4, gamma_regularizer='l2', beta_constraint='non_neg', name='n')", (None, 3, 8)),
    ("RMSNormalization()", None), ("RMSNormalization(axis=[1, 2], epsilon=1e-3, name='n')", (None, 3, 4)),
    ("UnitNormalization()", None), ("UnitNormalization(axis=[1, 2], name='n')", None),
    ("SpectralNormalization(keras.layers.Dense(3, name='d'), name='n')", None),
    ("SpectralNormalization(keras.layers.Dense(3, name='d'), power_iterations=4, name='n')", (None, 5)),
    ("SpectralNormalization(keras.layers.Conv2D(2, 3, name='c'), trainable=False, name='n')", (None, 8, 8, 3)),
    ("Normalization()", None), ("Normalization(axis=None, name='n')", (None, 3)), ("Normalization(axis=(1, 2), invert=True, name='n')", (None, 3, 4)),
    ("Normalization(mean=3.0, variance=2.0, name='n')", (None, 3)),
    ("Normalization(axis=(1, 2), mean=[[1.0], [2.0]], variance=[[3.0], [4.0]], name='n')", (None, 2, 3)),
]


def make_configs():
    keras.config.set_floatx("float32")
    keras.config.set_dtype_policy("float32")
    scope = {"keras": keras, **{n: getattr(L, n) for n in dir(L) if n.endswith("Normalization")}}
    for python, shape in CONFIGS:
        keras.utils.clear_session()
        layer = eval(python, scope)
        if shape:
            layer.build(shape)
        cases.append({"kind": "config", "python": python, "builtOn": list(shape) if shape else None,
                      "serializedText": json.dumps(keras.saving.serialize_keras_object(layer)),
                      "weights": [{"name": v.name, "path": v.path, "shape": list(v.shape), "trainable": v.trainable} for v in layer.weights]})


if __name__ == "__main__":
    make_layers()
    make_spectral()
    make_spectral_fit()
    make_weight_normalization()
    make_normalization()
    make_ops()
    make_configs()
    write("normalization-family", cases, versions())
