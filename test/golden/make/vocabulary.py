"""Regularizers, constraints, initializers, and the configs of everything: test/golden/vocabulary.json.

Run from the repository root, in an environment with keras==3.15.1 and tensorflow:

    python test/golden/make/vocabulary.py

Kinds of case: "regularizer" (value and gradient on a stored input, float64; OrthogonalRegularizer float32), "constraint" (result, float64), "initializer" (result of a
deterministic one, float64), "fans" (fan_in and fan_out of a shape), "scaling" (for a shape and a variance-scaling initializer: the
limit of its uniform, or the stddev given to its truncated normal, which is the wanted one divided by .87962566103423978),
"config" (JSON texts of get_config() and serialize_keras_object, floatx float32: get_config's order of keys is kept; "section" and
"class" say of what; names that Keras numbers are those of a fresh session), "identifier" (what keras.<section>.get(string) gives),
"model" (to_json() and get_compile_config() texts).
"""

import json
import math
import warnings

from common import array, lcg, np, versions, write
import keras
import tensorflow as tf
from keras.src.initializers.random_initializers import compute_fans

warnings.simplefilter("ignore")
R, C, I, L, O = keras.regularizers, keras.constraints, keras.initializers, keras.layers, keras.optimizers
cases = []


def regularizer(cls, x, note=None, **options):
    dtype = "float32" if cls == "OrthogonalRegularizer" else "float64"  # Keras's mixes precisions and fails in float64
    keras.config.set_floatx(dtype)
    x = np.asarray(x, dtype)
    record = {"kind": "regularizer", "class": cls, "options": options, "input": array(x)}
    if note:
        record["note"] = note
    with tf.GradientTape() as tape:
        v = tf.constant(x)
        tape.watch(v)
        value = getattr(R, cls)(**options)(v)
    assert value.dtype.name == dtype, cls
    keras.config.set_floatx("float64")
    record.update(value=float(value), gradient=array(g.numpy() if (g := tape.gradient(value, v)) is not None else np.zeros(x.shape)))
    cases.append(record)


def constraint(cls, x, note=None, **options):
    x = np.asarray(x, np.float64)
    out = getattr(C, cls)(**options)(keras.ops.convert_to_tensor(x, dtype="float64")).numpy()
    assert out.dtype == np.float64, cls
    cases.append({"kind": "constraint", "class": cls, "options": options, "input": array(x), "output": array(out), **({"note": note} if note else {})})


def numbers():
    keras.config.set_floatx("float64")
    keras.config.set_dtype_policy("float64")
    A, K, ZEROS = lcg((3, 4), 1, -2.0, 2.0), lcg((3, 3, 2, 4), 2, -2.0, 2.0), np.array([[0.0, 1.0, -2.0], [0.0, 0.0, 3.0]])
    for x in (A, K, ZEROS, lcg((5,), 3)):
        for options in ({}, {"l1": 0.1}):
            regularizer("L1", x, **options)
        for options in ({}, {"l2": 0.1}):
            regularizer("L2", x, **options)
        for options in ({}, {"l1": 0.1}, {"l2": 0.1}, {"l1": 0.02, "l2": 0.3}):
            regularizer("L1L2", x, **options)
    for mode in ("rows", "columns"):
        regularizer("OrthogonalRegularizer", A, mode=mode)
        regularizer("OrthogonalRegularizer", A, mode=mode, factor=0.3)
        regularizer("OrthogonalRegularizer", np.eye(3), mode=mode, note="orthogonal already")

    VECTOR = lcg((6,), 4, -2.0, 2.0)
    WITH_ZERO = np.concatenate([np.zeros((3, 1)), A], axis=1)
    for x in (A, K, VECTOR, WITH_ZERO):
        rank = np.ndim(x)
        constraint("NonNeg", x)
        axes = [0] if rank == 1 else [0, 1] if rank == 2 else [0, [0, 1, 2], 3]
        for axis in axes:
            for v in (0.5, 1.0, 2.0):
                constraint("MaxNorm", x, max_value=v, axis=axis)
            constraint("UnitNorm", x, axis=axis)
            constraint("MinMaxNorm", x, axis=axis)
            constraint("MinMaxNorm", x, min_value=0.5, max_value=1.5, rate=0.3, axis=axis)
            constraint("MinMaxNorm", x, min_value=3.0, max_value=4.0, rate=1.0, axis=axis)
    constraint("MaxNorm", A, note="max_value 2, axis 0 by default")

    for cls, options, shape in (("Zeros", {}, (2, 3)), ("Ones", {}, (2, 3)), ("Constant", {"value": 2.5}, (2, 3)), ("Constant", {}, (2,)),
                                ("Identity", {}, (3, 3)), ("Identity", {"gain": 0.5}, (2, 4)), ("Identity", {"gain": 2.0}, (4, 2)), ("Zeros", {}, ())):
        cases.append({"kind": "initializer", "class": cls, "options": options, "shape": list(shape),
                      "output": array(np.asarray(getattr(I, cls)(**options)(shape, dtype="float64")))})

    shapes = [(), (7,), (4, 6), (5, 3, 8), (3, 3, 1, 32), (3, 3, 32, 64), (1, 1, 16, 4), (2, 3, 4, 5, 6), (1, 1), (784, 100)]
    for shape in shapes:
        cases.append({"kind": "fans", "shape": list(shape), "fans": [float(f) for f in compute_fans(shape)]})
    kinds = [(c, {}) for c in ("GlorotUniform", "GlorotNormal", "HeUniform", "HeNormal", "LecunUniform", "LecunNormal")]
    kinds += [("VarianceScaling", {"scale": s, "mode": m, "distribution": d}) for s in (1.0, 2.0) for m in ("fan_in", "fan_out", "fan_avg")
              for d in ("uniform", "truncated_normal", "untruncated_normal")]
    for cls, options in kinds:
        for shape in shapes:
            init = getattr(I, cls)(**options, seed=1)
            fan_in, fan_out = compute_fans(shape)
            scale = init.scale / max(1.0, fan_in if init.mode == "fan_in" else fan_out if init.mode == "fan_out" else (fan_in + fan_out) / 2.0)
            record = {"kind": "scaling", "class": cls, "options": options, "shape": list(shape), "distribution": init.distribution}
            if init.distribution == "uniform":
                record["limit"] = math.sqrt(3.0 * scale)
                record["stddev"] = record["limit"] / math.sqrt(3.0)
            else:
                record["stddev"] = math.sqrt(scale)
                record["given"] = math.sqrt(scale) / 0.87962566103423978 if init.distribution == "truncated_normal" else math.sqrt(scale)
            # the formula, checked against what Keras draws
            drawn = np.asarray(init((*shape[:-1], shape[-1]) if shape else (), dtype="float64"))
            if record.get("limit"):
                assert np.abs(drawn).max() <= record["limit"]
            if drawn.size >= 2000:
                assert abs(drawn.std() / record["stddev"] - 1) < 0.06, (record, drawn.std())
            cases.append(record)


def config(section, cls, options, make=None, note=None):
    keras.backend.clear_session()
    given = {k: (v() if callable(v) else v) for k, v in options.items()}
    obj = (make or getattr(getattr(keras, section), cls))(**given)
    shown = {k: keras.saving.serialize_keras_object(v) if hasattr(v, "get_config") else v for k, v in given.items()}
    cases.append({"kind": "config", "section": section, "class": cls, "options": json.loads(json.dumps(shown)),
                  "getConfig": json.dumps(obj.get_config()) if section != "activations" else None,
                  "serialized": json.dumps(keras.saving.serialize_keras_object(obj)), **({"note": note} if note else {})})


def configs():
    keras.config.set_floatx("float32")
    keras.config.set_dtype_policy("float32")
    for cls, options in (("L1", {}), ("L1", {"l1": 0.1}), ("L2", {}), ("L2", {"l2": 0.1}), ("L1L2", {}), ("L1L2", {"l1": 0.02, "l2": 0.3}),
                         ("OrthogonalRegularizer", {}), ("OrthogonalRegularizer", {"factor": 0.1, "mode": "columns"})):
        config("regularizers", cls, options)
    for cls, options in (("NonNeg", {}), ("MaxNorm", {}), ("MaxNorm", {"max_value": 3, "axis": [0, 1, 2]}), ("UnitNorm", {}), ("UnitNorm", {"axis": 1}),
                         ("MinMaxNorm", {}), ("MinMaxNorm", {"min_value": 0.5, "max_value": 1.5, "rate": 0.3, "axis": 0})):
        config("constraints", cls, options)
    for cls, options in (("Zeros", {}), ("Ones", {}), ("Constant", {}), ("Constant", {"value": 2.5}), ("Identity", {}), ("Identity", {"gain": 2.0}),
                         ("RandomNormal", {}), ("RandomNormal", {"mean": 1.0, "stddev": 0.2, "seed": 3}), ("RandomUniform", {}),
                         ("RandomUniform", {"minval": -1.0, "maxval": 1.0, "seed": 3}), ("TruncatedNormal", {}), ("TruncatedNormal", {"stddev": 0.2, "seed": 3}),
                         ("VarianceScaling", {}), ("VarianceScaling", {"scale": 2.0, "mode": "fan_out", "distribution": "uniform", "seed": 3}),
                         ("GlorotUniform", {}), ("GlorotUniform", {"seed": 3}), ("GlorotNormal", {}), ("HeUniform", {}), ("HeNormal", {}),
                         ("LecunUniform", {}), ("LecunNormal", {}), ("Orthogonal", {}), ("Orthogonal", {"gain": 0.5, "seed": 3})):
        config("initializers", cls, options)
    S = O.schedules
    for cls, options in (("SGD", {}), ("SGD", {"learning_rate": 0.1, "momentum": 0.9, "nesterov": True, "weight_decay": 0.01, "clipnorm": 1.0}),
                         ("SGD", {"learning_rate": 0.5, "name": "mine", "global_clipnorm": 1.0}), ("RMSprop", {}),
                         ("RMSprop", {"learning_rate": 0.01, "rho": 0.8, "momentum": 0.5, "epsilon": 1e-3, "centered": True, "clipvalue": 0.5}),
                         ("Adam", {}), ("Adam", {"learning_rate": 0.01, "beta_1": 0.8, "beta_2": 0.95, "epsilon": 1e-4, "amsgrad": True, "weight_decay": 0.01}),
                         ("Adam", {"use_ema": True, "ema_momentum": 0.9, "ema_overwrite_frequency": 10, "loss_scale_factor": 2.0, "gradient_accumulation_steps": 4}),
                         ("AdamW", {}), ("AdamW", {"weight_decay": 0.01}),
                         ("SGD", {"learning_rate": lambda: S.ExponentialDecay(0.1, 100, 0.5)}), ("Adam", {"learning_rate": lambda: S.CosineDecay(0.1, 100, alpha=0.1)})):
        config("optimizers", cls, options)
    for cls, args in (("ExponentialDecay", {"initial_learning_rate": 0.1, "decay_steps": 100, "decay_rate": 0.5}),
                      ("PiecewiseConstantDecay", {"boundaries": [10, 20], "values": [0.1, 0.05, 0.01]}),
                      ("PolynomialDecay", {"initial_learning_rate": 0.1, "decay_steps": 100}),
                      ("InverseTimeDecay", {"initial_learning_rate": 0.1, "decay_steps": 100, "decay_rate": 0.5}),
                      ("CosineDecay", {"initial_learning_rate": 0.1, "decay_steps": 100}),
                      ("CosineDecayRestarts", {"initial_learning_rate": 0.1, "first_decay_steps": 100})):
        config("optimizers.schedules", cls, args, make=getattr(S, cls))
    for cls, options in (("MeanSquaredError", {}), ("MeanAbsoluteError", {}), ("MeanAbsolutePercentageError", {}), ("MeanSquaredLogarithmicError", {}), ("LogCosh", {}),
                         ("CosineSimilarity", {}), ("CosineSimilarity", {"axis": 0}), ("Huber", {}), ("Huber", {"delta": 2.0}), ("Poisson", {}), ("KLDivergence", {}),
                         ("Hinge", {}), ("SquaredHinge", {}), ("CategoricalHinge", {}), ("BinaryCrossentropy", {}),
                         ("BinaryCrossentropy", {"from_logits": True, "label_smoothing": 0.1, "axis": 1, "name": "bce", "reduction": "sum"}),
                         ("CategoricalCrossentropy", {}), ("CategoricalCrossentropy", {"from_logits": True, "label_smoothing": 0.1}),
                         ("SparseCategoricalCrossentropy", {}), ("SparseCategoricalCrossentropy", {"from_logits": True, "ignore_class": -1}),
                         ("BinaryFocalCrossentropy", {}), ("CategoricalFocalCrossentropy", {}), ("MeanSquaredError", {"reduction": "none"}), ("MeanSquaredError", {"reduction": None})):
        config("losses", cls, options)
    for cls, options in (("Mean", {}), ("Mean", {"name": "mine"}), ("Sum", {}), ("Accuracy", {}), ("BinaryAccuracy", {}), ("BinaryAccuracy", {"threshold": 0.3}), ("CategoricalAccuracy", {}),
                         ("SparseCategoricalAccuracy", {}), ("TopKCategoricalAccuracy", {}), ("TopKCategoricalAccuracy", {"k": 3}), ("SparseTopKCategoricalAccuracy", {}),
                         ("MeanSquaredError", {}), ("MeanAbsoluteError", {}), ("RootMeanSquaredError", {}), ("MeanAbsolutePercentageError", {}),
                         ("MeanSquaredLogarithmicError", {}), ("LogCoshError", {}), ("CosineSimilarity", {}), ("Poisson", {}), ("KLDivergence", {}), ("Hinge", {}), ("SquaredHinge", {}),
                         ("CategoricalHinge", {}), ("BinaryCrossentropy", {}), ("BinaryCrossentropy", {"from_logits": True}), ("CategoricalCrossentropy", {}),
                         ("SparseCategoricalCrossentropy", {}), ("Precision", {}), ("Recall", {}), ("AUC", {})):
        config("metrics", cls, options)
    A = keras.activations
    for name in sorted(n for n in dir(A) if not n.startswith("_") and callable(getattr(A, n)) and n not in ("get", "serialize", "deserialize")):
        fn = getattr(A, name)
        cases.append({"kind": "config", "section": "activations", "class": name, "options": {}, "getConfig": None,
                      "serialized": json.dumps(keras.saving.serialize_keras_object(fn)), "short": json.dumps(A.serialize(fn))})
    for cls, options in (
        ("Dense", {"units": 10}),
        ("Dense", {"units": 10, "activation": "relu", "use_bias": False, "name": "mine", "kernel_initializer": "he_normal", "kernel_regularizer": "l2", "kernel_constraint": "max_norm", "trainable": False}),
        ("Dense", {"units": 2, "activity_regularizer": lambda: R.L1(0.1), "bias_regularizer": lambda: R.L1L2(0.1, 0.2), "bias_constraint": lambda: C.NonNeg(), "kernel_initializer": lambda: I.GlorotUniform(seed=3)}),
        ("Dense", {"units": 2, "dtype": "float64"}), ("Dense", {"units": 2, "dtype": "mixed_float16"}),
        ("Conv2D", {"filters": 32, "kernel_size": [3, 3]}), ("Conv2D", {"filters": 32, "kernel_size": 3, "strides": 2, "padding": "same", "data_format": "channels_first", "groups": 2, "activation": "relu"}),
        ("Conv2D", {"filters": 4, "kernel_size": [3, 3], "dilation_rate": [2, 1], "use_bias": False}),
        ("MaxPooling2D", {}), ("MaxPooling2D", {"pool_size": [3, 2], "strides": 1, "padding": "same"}), ("AveragePooling2D", {"pool_size": 2}),
        ("AveragePooling2D", {"pool_size": [2, 2], "strides": [1, 2], "data_format": "channels_first"}),
        ("GlobalAveragePooling2D", {}), ("GlobalAveragePooling2D", {"keepdims": True}), ("GlobalMaxPooling2D", {}), ("GlobalMaxPooling2D", {"data_format": "channels_first"}),
        ("Flatten", {}), ("Flatten", {"data_format": "channels_first"}), ("Reshape", {"target_shape": [-1, 2]}), ("Activation", {"activation": "relu"}), ("Activation", {"activation": "softmax"}),
        ("ReLU", {}), ("ReLU", {"max_value": 6.0, "negative_slope": 0.1, "threshold": 0.5}), ("Softmax", {}), ("Softmax", {"axis": [1, 2]}), ("Masking", {}), ("Masking", {"mask_value": -1.0}),
        ("Dropout", {"rate": 0.5}), ("Dropout", {"rate": 0.3, "noise_shape": [None, 1, 4], "seed": 7}),
        ("BatchNormalization", {}), ("BatchNormalization", {"axis": 1, "momentum": 0.9, "epsilon": 1e-4, "center": False, "scale": False, "gamma_regularizer": "l2", "synchronized": True, "name": "bn"}),
        ("LayerNormalization", {}), ("GroupNormalization", {}), ("UnitNormalization", {}), ("SpectralNormalization", {"layer": lambda: L.Dense(2)}),
        ("LeakyReLU", {}), ("PReLU", {}), ("ELU", {}), ("Add", {}), ("Concatenate", {}), ("ZeroPadding2D", {}), ("DepthwiseConv2D", {"kernel_size": 3}), ("SeparableConv2D", {"filters": 4, "kernel_size": 3}),
        ("Conv1D", {"filters": 4, "kernel_size": 3}), ("Conv3D", {"filters": 4, "kernel_size": 3}), ("Conv2DTranspose", {"filters": 4, "kernel_size": 3}), ("GaussianNoise", {"stddev": 0.1}),
        ("SpatialDropout2D", {"rate": 0.5}), ("UpSampling2D", {}), ("Permute", {"dims": [2, 1]}), ("Embedding", {"input_dim": 10, "output_dim": 4}), ("Rescaling", {"scale": 0.5}), ("InputLayer", {"shape": [4]}),
    ):
        config("layers", cls, options)

    # strings and what they stand for
    for section, names in (
        ("initializers", ["zeros", "zero", "ones", "one", "constant", "identity", "eye", "orthogonal", "random_normal", "normal", "random_uniform", "uniform", "truncated_normal", "variance_scaling", "glorot_uniform",
                          "glorot_normal", "xavier_uniform", "he_normal", "he_uniform", "lecun_normal", "lecun_uniform", "GlorotUniform", "Zeros", "IdentityInitializer", "OrthogonalInitializer", "nonsense"]),
        ("regularizers", ["l1", "l2", "l1_l2", "L1", "L2", "L1L2", "orthogonal_regularizer", "OrthogonalRegularizer", "nonsense"]),
        ("constraints", ["max_norm", "non_neg", "unit_norm", "min_max_norm", "MaxNorm", "NonNeg", "UnitNorm", "maxnorm", "nonneg", "unitnorm", "nonsense"]),
        ("optimizers", ["sgd", "SGD", "rmsprop", "RMSprop", "RMSProp", "adam", "Adam", "adamw", "AdamW", "Sgd", "nonsense"]),
        ("losses", ["mse", "MSE", "mean_squared_error", "MeanSquaredError", "mae", "mape", "msle", "bce", "BCE", "binary_crossentropy", "BinaryCrossentropy", "categorical_crossentropy", "sparse_categorical_crossentropy",
                    "SparseCategoricalCrossentropy", "huber", "Huber", "log_cosh", "logcosh", "LogCosh", "cosine_similarity", "poisson", "kl_divergence", "kld", "KLD", "hinge", "squared_hinge", "categorical_hinge",
                    "binary_focal_crossentropy", "categorical_focal_crossentropy", "crossentropy", "nonsense"]),
        ("metrics", ["accuracy", "acc", "binary_accuracy", "categorical_accuracy", "sparse_categorical_accuracy", "top_k_categorical_accuracy", "sparse_top_k_categorical_accuracy", "mse", "MSE", "mae", "mape", "msle",
                     "mean_squared_error", "root_mean_squared_error", "RootMeanSquaredError", "rmse", "binary_crossentropy", "bce", "BCE", "categorical_crossentropy", "sparse_categorical_crossentropy", "mean", "Mean", "sum", "cosine_similarity",
                     "cosine_proximity", "logcosh", "log_cosh", "LogCoshError", "kl_divergence", "hinge", "poisson", "precision", "Precision", "recall", "auc", "AUC", "nonsense"]),
        ("activations", ["relu", "swish", "silu", "hard_swish", "hard_silu", "linear", "softmax", "gelu", "leaky_relu", "leakyrelu", "log_softmax", "glu", "nonsense", None]),
    ):
        for name in names:
            keras.backend.clear_session()
            record = {"kind": "identifier", "section": section, "identifier": name}
            try:
                found = getattr(keras, section).get(name)
                record.update(gives=getattr(found, "__name__", None) or type(found).__name__, instance=not isinstance(found, type) and not hasattr(found, "__name__"),
                              config=json.dumps(found.get_config()) if hasattr(found, "get_config") and not isinstance(found, type) else None)
            except Exception as e:  # noqa: BLE001 - recorded
                record["error"] = [type(e).__name__, str(e).strip()[:200]]
            cases.append(record)


def article(built):
    keras.backend.clear_session()
    first = [keras.Input((28, 28, 1))] if built else []
    return keras.Sequential(first + [
        L.Conv2D(32, (3, 3), activation="relu"), L.Conv2D(32, (3, 3), activation="relu"), L.BatchNormalization(), L.MaxPooling2D(),
        L.Flatten(), L.Dense(10, activation="softmax")])


def models():
    def record(name, m, compile_text=None):
        compiled = None
        if compile_text is not None:
            compiled = json.dumps(m.get_compile_config())
        cases.append({"kind": "model", "name": name, "toJson": m.to_json(), "compile": compile_text, "compileConfig": compiled,
                      "buildConfig": json.dumps(m.get_build_config()) if m.built else None})

    record("article, unbuilt", article(False))
    m = article(True)
    record("article, built by an input", m)
    m = article(False)
    m.build((None, 28, 28, 1))
    record("article, built by build((None, 28, 28, 1))", m)
    m = article(False)
    m(np.zeros((2, 28, 28, 1), "float32"))
    record("article, built by a call on [2, 28, 28, 1]", m)
    for text, args in (
        ("optimizer='adam', loss='sparse_categorical_crossentropy', metrics=['accuracy']", dict(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])),
        ("(defaults)", dict()),
        ("optimizer='sgd', loss='mse'", dict(optimizer="sgd", loss="mse")),
        ("optimizer=SGD(0.5, momentum=0.9), loss=SparseCategoricalCrossentropy(from_logits=True), metrics=[SparseCategoricalAccuracy(), 'mse']",
         dict(optimizer=lambda: O.SGD(0.5, momentum=0.9), loss=lambda: keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=lambda: [keras.metrics.SparseCategoricalAccuracy(), "mse"])),
        ("optimizer='adam', loss='mse', weighted_metrics=['mae'], loss_weights=0.5, run_eagerly=True, steps_per_execution=2, jit_compile=False",
         dict(optimizer="adam", loss="mse", weighted_metrics=["mae"], loss_weights=0.5, run_eagerly=True, steps_per_execution=2, jit_compile=False)),
        ("optimizer='adam', loss=['mse'], metrics=[['mae', 'mse']]", dict(optimizer="adam", loss=["mse"], metrics=[["mae", "mse"]])),
        ("optimizer=AdamW(CosineDecay(0.1, 100)), loss={'dense': 'mse'}, metrics={'dense': ['mae']}",
         dict(optimizer=lambda: O.AdamW(O.schedules.CosineDecay(0.1, 100)), loss={"dense": "mse"}, metrics={"dense": ["mae"]})),
        ("optimizer='adam', loss=keras.losses.mean_squared_error, metrics=[keras.metrics.mean_absolute_error]",
         dict(optimizer="adam", loss=keras.losses.mean_squared_error, metrics=[keras.metrics.mean_absolute_error])),
    ):
        m = article(True)
        m.compile(**{k: v() if callable(v) and getattr(v, "__name__", "") == "<lambda>" else v for k, v in args.items()})
        record("article, compiled", m, text)
    keras.backend.clear_session()
    i = keras.Input((8, 8, 3), name="image")
    a = L.Conv2D(4, 3, padding="same", name="convolution")(i)
    b = L.BatchNormalization(name="normalization")(a)
    c = L.Add(name="sum")([a, b])
    m = keras.Model(i, L.Dense(2, name="head")(L.GlobalAveragePooling2D(name="pool")(c)), name="branching")
    record("functional with a branch", m)
    i2 = keras.Input((4,), name="numbers")
    m = keras.Model({"image": i, "numbers": i2}, [m(i), L.Dense(1, name="second")(i2)], name="several")
    m.compile(optimizer="adam", loss=["mse", "mae"], loss_weights=[1.0, 0.5], metrics=[["mae"], None])
    record("functional, dictionary in, list out, a model inside", m, "optimizer='adam', loss=['mse', 'mae'], loss_weights=[1.0, 0.5], metrics=[['mae'], None]")
    record("empty", keras.Sequential(name="empty"))


if __name__ == "__main__":
    numbers()
    configs()
    models()
    write("vocabulary", cases, versions())
