"""What training does besides making a loss small: penalties, several outputs, frozen layers, averages: test/golden/training-features.json.

Run from the repository root, in an environment with keras==3.15.1 and tensorflow:

    python test/golden/make/training_features.py

All float64. The k-th of model.weights is lcg(shape, seed=3000 + k, low=-0.5, high=0.5) where it has two axes or more; gamma and
moving_variance are ones, everything else zeros. Data of 10 rows: x = lcg([10, 4], seed=1), images lcg([10, 5, 5, 2], seed=2),
targets a = lcg([10, 1], seed=3), b[i] = (3 i + 1) mod 2 (int32, [10]), c = lcg([10, 3], seed=4); weights wa = lcg([10], seed=5, low=0,
high=2), wb = lcg([10], seed=6, low=0, high=2).

Every case is a fit without shuffling: 2 epochs of batches of 4 rows (the last one has 2), SGD(0.1), in the case of
convolutions SGD(0.005), and run_eagerly=True, unless its function says otherwise; then an evaluation in batches of 4. "history" is History.history, "evaluate" the logs of the evaluation,
"weights" and "paths" the weights of the model afterwards. What a case has besides stands at its function.

It is eager because the loss of each of several outputs is the mean of those of the batches, by their rows: in TensorFlow's graphs
Keras does not know how many rows a batch has, and counts a short last batch as much as the others.
"""

import os
import re
import warnings

from common import array, lcg, np, versions, write
import keras
from keras import ops

L, R = keras.layers, keras.regularizers
cases = []


def float64(shape, seed, low=-1.0, high=1.0):
    return lcg(shape, seed, low, high).astype(np.float64)


X, IMAGES = float64((10, 4), 1), float64((10, 5, 5, 2), 2)
A, B, C = float64((10, 1), 3), np.array([(3 * i + 1) % 2 for i in range(10)], np.int32), float64((10, 3), 4)
WA, WB = float64((10,), 5, 0.0, 2.0), float64((10,), 6, 0.0, 2.0)
FIT = dict(batch_size=4, shuffle=False, verbose=0)


def initialise(m):
    m.set_weights([
        lcg(tuple(w.shape), 3000 + k, -0.5, 0.5) if len(w.shape) > 1
        else np.full(tuple(w.shape), 1.0 if w.name in ("gamma", "moving_variance") else 0.0)
        for k, w in enumerate(m.weights)
    ])
    return m


def numbers(logs):
    return {k: [float(x) for x in v] if isinstance(v, list) else float(v) for k, v in logs.items()}


def state(m):
    return {"paths": [w.path for w in m.weights], "weights": [array(w.numpy()) for w in m.weights]}


def compiled(m, optimizer=None, **args):
    m.compile(optimizer=optimizer or keras.optimizers.SGD(0.1), run_eagerly=True, **args)
    return m


def train(name, m, x, y, compile_args, epochs=2, weights=None, **more):
    compiled(m, **compile_args)
    h = m.fit(x, y, epochs=epochs, sample_weight=weights, **FIT)
    e = m.evaluate(x, y, batch_size=4, sample_weight=weights, verbose=0, return_dict=True)
    cases.append({"kind": "fit", "name": name, "history": numbers(h.history), "evaluate": numbers(e), **state(m), **more})


class Shrink(L.Layer):
    """Adds a penalty of one number, and one of a number for each row; Keras sums the latter."""

    def call(self, x):
        self.add_loss(0.1 * ops.mean(ops.square(x)))
        self.add_loss(0.01 * ops.sum(ops.abs(x), axis=-1))
        return 2.0 * x


def penalized():
    x = keras.Input((4,), name="x")
    h = L.Dense(3, activation="relu", activity_regularizer=R.L2(0.05), kernel_regularizer=R.L1(0.01), name="hidden")(x)
    h = Shrink(name="shrink")(h)
    h = L.ActivityRegularization(l1=0.02, l2=0.03, name="activity")(h)
    a = L.Dense(1, kernel_regularizer=R.L2(0.02), name="a")(h)
    b = L.Dense(2, activation="softmax", bias_regularizer=R.L2(0.04), activity_regularizer=R.L1(0.01), name="b")(h)
    return keras.Model(x, [a, b], name="m")


def convolutional():
    x = keras.Input((5, 5, 2), name="x")
    conv = L.Conv2D(3, 3, padding="same", activation="relu", activity_regularizer=R.L1(0.01), kernel_regularizer=R.L2(0.02), name="conv")
    h = L.BatchNormalization(activity_regularizer=R.L2(0.01), momentum=0.9, name="bn")(conv(x))
    return keras.Model(x, L.Dense(1, name="a")(L.Flatten(name="flat")(h)), name="m")


def shared():
    """A penalized layer that is called twice, the second time in a model inside this one."""
    x, y = keras.Input((4,), name="x"), keras.Input((4,), name="y")
    square = L.Dense(4, activation="tanh", activity_regularizer=R.L2(0.1), kernel_regularizer=R.L2(0.05), name="square")
    inner = keras.Model(y, L.Dense(1, activity_regularizer=R.L1(0.1), name="a")(square(y)), name="inner")
    return keras.Model(x, inner(square(x)), name="m")


class Penalized(keras.Model):
    def __init__(self):
        super().__init__(name="m")
        self.first = L.Dense(3, activation="tanh", name="first")
        self.second = L.Dense(1, name="second")

    def call(self, x, training=False):
        h = self.first(x)
        if training:
            self.add_loss(0.3 * ops.mean(ops.square(h)))
        self.add_loss(0.1 * ops.mean(ops.abs(h)))
        return self.second(h)


def penalties():
    two = dict(loss=["mse", "sparse_categorical_crossentropy"])
    train("penalties of several outputs", initialise(penalized()), X, [A, B], two)
    train("penalties of several outputs, weighted", initialise(penalized()), X, [A, B], {**two, "loss_weights": [2.0, 0.5]}, weights=[WA, WB])
    train("penalties on activities of convolutions", initialise(convolutional()), IMAGES, A, dict(loss="mse", optimizer=keras.optimizers.SGD(0.005)))
    train("penalties of a shared layer", initialise(shared()), X, A, dict(loss="mse"))
    train("penalties alone", initialise(shared()), X, A, dict(loss=None))
    m = Penalized()
    m(X[:2])
    train("penalties of a model's own call", initialise(m), X, A, dict(loss="mse"))


def heads(form="list", regression=False):
    """Two outputs, a and b: in a list, or in a record under the keys first (b) and second (a)."""
    x = keras.Input((4,), name="x")
    h = L.Dense(3, activation="tanh", name="hidden")(x)
    a = L.Dense(1, name="a")(h)
    b = L.Dense(1 if regression else 2, activation=None if regression else "softmax", name="b")(h)
    return initialise(keras.Model(x, [a, b] if form == "list" else {"second": a, "first": b}, name="m"))


class Pair(keras.Model):
    """Two outputs without names."""

    def __init__(self):
        super().__init__(name="m")
        self.hidden, self.a, self.b = L.Dense(3, activation="tanh", name="hidden"), L.Dense(1, name="a"), L.Dense(1, name="b")

    def call(self, x):
        h = self.hidden(x)
        return [self.a(h), self.b(h)]


def outputs():
    scc, acc = "sparse_categorical_crossentropy", "accuracy"
    two = dict(loss=["mse", scc])
    train("outputs, lists", heads(), X, [A, B],
          {**two, "loss_weights": [0.5, 2.0], "metrics": [["mae", "mse"], acc], "weighted_metrics": [["mae"], [acc, scc]]}, weights=[WA, WB])
    train("outputs, records of names", heads(), X, {"a": A, "b": B},
          dict(loss={"b": scc, "a": "mse"}, loss_weights={"b": 2.0, "a": 0.5}, metrics={"b": [acc]}, weighted_metrics={"a": ["mae"], "b": [acc]}))
    train("outputs, one weight for all", heads(), X, [A, B], {**two, "metrics": [["mae"], [acc]], "weighted_metrics": [["mae"], [acc]]}, weights=WA)
    train("outputs, one loss for all", heads(regression=True), X, [A, C[:, :1]], dict(loss="mse", metrics=["mae", "mse"]))
    train("outputs, one loss and a record of metrics", heads(regression=True), X, [A, C[:, :1]], dict(loss=keras.losses.Huber(delta=0.5), metrics={"b": keras.metrics.RootMeanSquaredError()}))
    train("outputs, one of them without a loss", heads(), X, [A, B], dict(loss=["mse", None], metrics=[None, [acc]]))
    train("outputs, a record of outputs", heads("record"), X, {"second": A, "first": B},
          dict(loss={"second": "mse", "first": scc}, loss_weights={"second": 0.5, "first": 2.0}, metrics={"first": [acc], "second": ["mae"]}, weighted_metrics={"first": [acc]}),
          weights={"second": WA, "first": WB})
    m = Pair()
    m(X[:2])
    train("outputs without names", initialise(m), X, [A, C[:, :1]], dict(loss=["mse", "mae"], metrics=[["mae"], ["mae"]], weighted_metrics=[["mae"], ["mse"]]), weights=[WA, WB])
    m = Pair()
    m(X[:2])
    train("outputs without names, one loss", initialise(m), X, [A, C[:, :1]], dict(loss="mse", metrics=["mae", "mse"]))
    m = heads()
    compiled(m, **two, metrics=[["mae"], [acc]], weighted_metrics=[["mae"], [acc]])
    steps = []
    for weights in ([WA, WB], None, WA):
        steps.append(numbers(m.train_on_batch(X, [A, B], sample_weight=weights, return_dict=True)))
    steps.append(numbers(m.test_on_batch(X, [A, B], sample_weight=[WA, WB], return_dict=True)))
    # train_on_batch with [wa, wb], without weights, and with wa for both; test_on_batch with [wa, wb].
    cases.append({"kind": "onBatch", "name": "outputs, batch by batch", "steps": steps, **state(m)})


class Quartic(keras.losses.Loss):
    def call(self, y_true, y_pred):
        return ops.mean(ops.power(y_true - y_pred, 4), axis=-1)


class Largest(keras.metrics.Metric):
    """The largest error so far, and how many rows were seen."""

    def __init__(self, name="largest", **options):
        super().__init__(name=name, **options)
        self.error = self.add_variable((), "zeros", name="error")

    def update_state(self, y_true, y_pred, sample_weight=None):
        error = ops.abs(ops.cast(y_true, "float64") - y_pred)
        if sample_weight is not None:
            error = error * ops.reshape(ops.cast(sample_weight, "float64"), (-1, 1))
        self.error.assign(ops.maximum(self.error, ops.max(error)))

    def result(self):
        return self.error


def asymmetric(y_true, y_pred):
    d = y_true - y_pred
    return ops.mean(ops.where(d > 0, 3.0 * d, -d), axis=-1)


def bias(y_true, y_pred):
    return y_pred - y_true


def custom():
    def line():
        m = keras.Sequential([keras.Input((4,)), L.Dense(3, activation="tanh", name="first"), L.Dense(3, name="second")], name="m")
        return initialise(m)

    train("own functions", line(), X, C, dict(loss=asymmetric, metrics=[bias, asymmetric], weighted_metrics=[bias]), weights=WA)
    train("own classes", line(), X, C, dict(loss=Quartic(), metrics=[Largest()], weighted_metrics=[Largest(name="weighted")]), weights=WA)
    train("own class with the reduction sum", line(), X, C, dict(loss=Quartic(reduction="sum"), metrics=["mae"]))


def normalized():
    x = keras.Input((4,), name="x")
    h = L.BatchNormalization(momentum=0.5, name="bn")(L.Dense(3, name="first")(x))
    return initialise(keras.Model(x, L.Dense(1, name="a")(L.Activation("tanh", name="tanh")(h)), name="m"))


def between_epochs():
    class Rates(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            self.model.optimizer.learning_rate = 0.1 / (epoch + 1)

    m = compiled(normalized(), loss="mse", optimizer=keras.optimizers.SGD(0.7, momentum=0.9))
    h = m.fit(X, A, epochs=3, callbacks=[Rates()], **FIT)
    cases.append({"kind": "rates", "name": "a rate set at the start of each epoch: 0.1 / (epoch + 1)", "history": numbers(h.history), **state(m)})

    # Two epochs; then first and bn frozen, or bn alone, and compiled again; two epochs; then free again, and compiled again.
    for name, frozen in (("freezing a layer and a normalization", ["first", "bn"]), ("freezing a normalization", ["bn"])):
        m = compiled(normalized(), loss="mse")
        parts = [numbers(m.fit(X, A, epochs=2, **FIT).history)]
        middle = None
        for trainable in (False, True):
            for layer in frozen:
                m.get_layer(layer).trainable = trainable
            compiled(m, loss="mse")
            parts.append(numbers(m.fit(X, A, epochs=2, **FIT).history))
            middle = middle or [array(w) for w in m.get_weights()]
        cases.append({"kind": "freezing", "name": name, "frozen": frozen, "parts": parts, "middle": middle, **state(m)})


def averages():
    S, Adam = keras.optimizers.SGD, keras.optimizers.Adam
    two = dict(use_ema=True, ema_momentum=0.8)
    for name, make in (
        ("SGD with averages", lambda: S(0.1, **two)),
        ("SGD with averages, every 2 steps", lambda: S(0.1, ema_overwrite_frequency=2, **two)),
        ("SGD in groups of 2 batches", lambda: S(0.1, momentum=0.9, gradient_accumulation_steps=2)),
        ("SGD with averages, in groups of 2 batches, clipped", lambda: S(0.1, clipnorm=0.05, gradient_accumulation_steps=2, **two)),
        ("Adam with averages, every 4 steps", lambda: Adam(0.05, ema_overwrite_frequency=4, **two)),
        ("SGD with a scaled loss", lambda: S(0.1, loss_scale_factor=8.0, global_clipnorm=0.1)),
    ):
        m = compiled(normalized(), loss="mse", optimizer=make())
        h = m.fit(X, A, epochs=3, validation_data=(X, A), **FIT)
        config = m.optimizer.get_config()
        cases.append({"kind": "optimizer", "name": name, "optimizer": {"class_name": type(m.optimizer).__name__, "config": config},
                      "history": numbers(h.history), **state(m)})


class Block(L.Layer):
    """A layer of layers, with a weight of its own that is made after them."""

    def __init__(self, units, **options):
        super().__init__(**options)
        self.units = units
        self.dense = L.Dense(units, name="dense")
        self.norms = [L.BatchNormalization(name="bn_0"), L.BatchNormalization(name="bn_1")]

    def build(self, input_shape):
        self.dense.build(input_shape)
        for norm in self.norms:
            norm.build((*input_shape[:-1], self.units))
        self.scale = self.add_weight(shape=(self.units,), initializer="ones", name="scale")
        self.seen = self.add_weight(shape=(), initializer="zeros", trainable=False, name="seen")

    def call(self, x, training=False):
        h = self.dense(x)
        for norm in self.norms:
            h = norm(h, training=training)
        if training:
            self.seen.assign(self.seen + 1.0)
        return ops.tanh(h * self.scale)

    def get_config(self):
        return {**super().get_config(), "units": self.units}


class Network(keras.Model):
    def __init__(self, **options):
        super().__init__(**options)
        self.blocks = [Block(3, name="block_0"), Block(3, name="block_1")]
        self.tail = keras.Sequential([L.Dropout(0.0, name="drop"), L.Dense(2, name="last")], name="tail")
        x = keras.Input((2,), name="x")
        self.top = keras.Model(x, L.Dense(1, name="one")(x), name="top")

    def call(self, x, training=False):
        for block in self.blocks:
            x = block(x, training=training)
        return self.top(self.tail(x, training=training))


def subclassed():
    m = Network(name="net")
    m(X[:2])
    m.set_weights([
        lcg(tuple(w.shape), 3000 + k, -0.5, 0.5) if len(w.shape) > 1
        else np.full(tuple(w.shape), 1.0 if w.name in ("gamma", "moving_variance", "scale") else 0.0)
        for k, w in enumerate(m.weights)
    ])
    names = {"layers": [l.name for l in m.layers], "trainable": [w.path for w in m.trainable_weights], "others": [w.path for w in m.non_trainable_weights]}
    os.environ["COLUMNS"] = "100"
    lines = []
    m.summary(print_fn=lambda s, **_: lines.append(s))
    m.blocks[0].trainable = False
    names["frozen"] = [w.path for w in m.trainable_weights]
    m.blocks[0].trainable = True
    train("a model of one's own", m, X, A, dict(loss="mse", metrics=["mae"]), names=names, summary=re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(lines)))
    cases[-1]["predict"] = array(m.predict(X, verbose=0))
    # The same block in a model of symbolic tensors.
    x = keras.Input((4,), name="x")
    m = keras.Model(x, L.Dense(1, name="a")(Block(3, name="block")(x)), name="m")
    m.set_weights([
        lcg(tuple(w.shape), 3000 + k, -0.5, 0.5) if len(w.shape) > 1
        else np.full(tuple(w.shape), 1.0 if w.name in ("gamma", "moving_variance", "scale") else 0.0)
        for k, w in enumerate(m.weights)
    ])
    train("a layer of layers", m, X, A, dict(loss="mse"))


class Training(L.BatchNormalization):
    """A normalization by the statistics of the batch, whatever the mode."""

    def call(self, inputs, training=None, mask=None):
        return super().call(inputs, training=True, mask=mask)


class Inferring(L.BatchNormalization):
    def call(self, inputs, training=None, mask=None):
        return super().call(inputs, training=False, mask=mask)


def fixed():
    """
    A normalization that is held to the statistics of the batch, and one that is held to the moving ones. It takes classes: the mode
    that a call fixes, bn(x, training=True), Keras 3.15.1 replaces by that of fit, evaluate or predict, against what its guides say.
    """
    x = keras.Input((4,), name="x")
    h = Training(momentum=0.5, name="batch")(L.Dense(3, name="first")(x))
    h = Inferring(momentum=0.5, name="moving")(h)
    m = compiled(initialise(keras.Model(x, L.Dense(1, name="a")(h), name="m")), loss="mse")
    stages = []

    def note(what, **more):
        stages.append({"after": what, **more, "weights": [array(w) for w in m.get_weights()]})

    note("predict", output=array(m.predict(X, batch_size=4, verbose=0)))
    note("evaluate", logs=numbers(m.evaluate(X, A, batch_size=4, verbose=0, return_dict=True)))
    note("fit", logs=numbers(m.fit(X, A, epochs=2, **FIT).history))
    note("predict in single rows", output=array(m.predict(X, batch_size=1, verbose=0)))
    cases.append({"kind": "fixed", "name": "modes that calls fix", "stages": stages})


def main():
    keras.config.set_floatx("float64")
    keras.config.set_dtype_policy("float64")
    for make in (penalties, outputs, custom, between_epochs, averages, subclassed, fixed):
        keras.backend.clear_session()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            make()
    write("training-features", cases, versions())


if __name__ == "__main__":
    main()
