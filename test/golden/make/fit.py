"""fit, evaluate, predict, train_on_batch of a small model, and summary texts: test/golden/fit.json.

Run from the repository root, in an environment with keras==3.15.1 and tensorflow:

    python test/golden/make/fit.py

All float64 but the summaries (float32). Model "classifier": Input(4), Dense(8, relu), BatchNormalization(momentum=0.9),
Dense(3, softmax); model "regressor": the same with Dense(1) at the end. Weights: the k-th of model.get_weights() is
lcg(shape, seed=1000 + k, low=-0.5, high=0.5) for kernels; bias, beta, moving_mean zeros; gamma, moving_variance ones.

Data, 50 rows: x = lcg([50, 4], seed=1), labels y[i] = (7 i + 3 floor(i / 5)) mod 3 as int32 [50], targets t = lcg([50, 1], seed=2);
sample weights lcg([50], seed=3, low=0, high=2); class weights {0: 1, 1: 2, 2: 0.5}; validation data xv = lcg([20, 4], seed=4),
yv[i] = (2 i + 1) mod 3, tv = lcg([20, 1], seed=5), validation weights lcg([20], seed=6, low=0, high=2).

Cases of kind "fit": shuffle=False, epochs 3, batch_size 16 (a last batch of 2 rows) unless "fit" (the arguments given to it) says
otherwise; SGD(0.1) unless "compile" says "adam", which means Adam(0.01). "history" is History.history with its keys in order, "epoch"
History.epoch, "finalWeights" model.get_weights() afterwards, "paths" their paths. Other kinds say themselves what they hold.
"""

import os
import re

from common import array, lcg, np, versions, write
import keras

L = keras.layers
cases = []

X = lcg((50, 4), 1).astype(np.float64)
Y = np.array([(7 * i + 3 * (i // 5)) % 3 for i in range(50)], np.int32)
T = lcg((50, 1), 2).astype(np.float64)
W = lcg((50,), 3, 0.0, 2.0).astype(np.float64)
XV, YV = lcg((20, 4), 4).astype(np.float64), np.array([(2 * i + 1) % 3 for i in range(20)], np.int32)
TV = lcg((20, 1), 5).astype(np.float64)
WV = lcg((20,), 6, 0.0, 2.0).astype(np.float64)
CLASS_WEIGHT = {0: 1.0, 1: 2.0, 2: 0.5}


def float64():
    keras.config.set_floatx("float64")
    keras.config.set_dtype_policy("float64")


def model(kind="classifier", regularized=False):
    keras.backend.clear_session()
    r = (lambda v: keras.regularizers.L2(v)) if regularized else (lambda v: None)
    last = L.Dense(3, activation="softmax", kernel_regularizer=r(0.02)) if kind == "classifier" else L.Dense(1, kernel_regularizer=r(0.02))
    m = keras.Sequential([
        keras.Input((4,)),
        L.Dense(8, activation="relu", kernel_regularizer=r(0.01), bias_regularizer=r(0.03)),
        L.BatchNormalization(momentum=0.9, gamma_regularizer=r(0.005)),
        last,
    ])
    m.set_weights([
        lcg(tuple(w.shape), 1000 + k, -0.5, 0.5) if w.name == "kernel"
        else np.full(tuple(w.shape), 1.0 if w.name in ("gamma", "moving_variance") else 0.0)
        for k, w in enumerate(m.weights)
    ])
    return m


def number(v):
    return {k: number(x) for k, x in v.items()} if isinstance(v, dict) else [number(x) for x in v] if isinstance(v, (list, tuple)) else float(v)


def weights(m):
    return {"paths": [w.path for w in m.weights], "finalWeights": [array(w.numpy()) for w in m.weights]}


SCC = dict(loss="sparse_categorical_crossentropy")
MSE = dict(loss="mse")


def compiled(kind, compile_args, **more):
    m = model(kind, **more)
    args = {"optimizer": keras.optimizers.SGD(0.1), **compile_args}
    if args["optimizer"] == "adam":
        args["optimizer"] = keras.optimizers.Adam(0.01)
    m.compile(**args, jit_compile=False)
    return m


def fit(name, kind="classifier", compile_args=None, data=None, note=None, describe=None, regularized=False, **args):
    compile_args = compile_args or {**SCC, "metrics": ["accuracy"]}
    m = compiled(kind, compile_args, regularized=regularized)
    given = {"epochs": 3, "batch_size": 16, "shuffle": False, **args}
    given = {k: v for k, v in given.items() if v is not ...}
    data = (X, Y if kind == "classifier" else T) if data is None else data
    h = m.fit(*data, verbose=0, **given)
    record = {"kind": "fit", "name": name, "model": kind, "compile": {k: v for k, v in compile_args.items()}, "fit": describe or given,
              "history": {k: number(v) for k, v in h.history.items()}, "epoch": h.epoch, "params": {k: v for k, v in h.params.items() if k != "verbose"},
              **weights(m)}
    if regularized:
        record["regularized"] = "Dense(8): kernel L2(0.01), bias L2(0.03); BatchNormalization: gamma L2(0.005); last Dense: kernel L2(0.02)"
    if note:
        record["note"] = note
    cases.append(record)
    return m


def evaluation(name, kind, compile_args, regularized=False, **args):
    m = compiled(kind, compile_args, regularized=regularized)
    target = Y if kind == "classifier" else T
    given = {"batch_size": 16, **args}
    values = m.evaluate(X, target, verbose=0, **given)
    m.reset_metrics()
    logs = m.evaluate(X, target, verbose=0, return_dict=True, **given)
    cases.append({"kind": "evaluate", "name": name, "model": kind, "compile": compile_args, "regularized": regularized,
                  "evaluate": {k: ("weights W" if k == "sample_weight" else v) for k, v in given.items()},
                  "list": number(values), "dict": number(logs), "metricsNames": list(m.metrics_names)})


def text(m, columns, **options):
    os.environ["COLUMNS"] = str(columns)
    lines = []
    m.summary(print_fn=lambda s, **_: lines.append(s), **options)
    return re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(lines))


def article(built):
    keras.backend.clear_session()
    first = [keras.Input((28, 28, 1))] if built else []
    return keras.Sequential(first + [
        L.Conv2D(32, (3, 3), activation="relu"), L.Conv2D(32, (3, 3), activation="relu"), L.BatchNormalization(), L.MaxPooling2D(),
        L.Flatten(), L.Dense(10, activation="softmax")])


def main():
    float64()
    fit("plain")
    fit("plain, adam", compile_args={**SCC, "metrics": ["accuracy"], "optimizer": "adam"})
    fit("full batch", batch_size=50)
    fit("batch size default 32", batch_size=...)
    fit("sample_weight", sample_weight=W, describe={"sample_weight": "W"})
    fit("sample_weight, weighted_metrics", compile_args={**SCC, "metrics": ["accuracy"], "weighted_metrics": ["accuracy"]}, sample_weight=W, describe={"sample_weight": "W"})
    fit("class_weight", class_weight=CLASS_WEIGHT, describe={"class_weight": {"0": 1.0, "1": 2.0, "2": 0.5}})
    fit("class_weight, weighted_metrics", compile_args={**SCC, "weighted_metrics": ["accuracy"]}, class_weight=CLASS_WEIGHT, describe={"class_weight": {"0": 1.0, "1": 2.0, "2": 0.5}})
    fit("validation_split", validation_split=0.2)
    fit("validation_split with sample_weight", validation_split=0.2, sample_weight=W, describe={"validation_split": 0.2, "sample_weight": "W"})
    fit("validation_data", validation_data=(XV, YV), describe={"validation_data": ["xv", "yv"]})
    fit("validation_data with weights", validation_data=(XV, YV, WV), describe={"validation_data": ["xv", "yv", "validation weights"]})
    fit("validation_batch_size", validation_data=(XV, YV), validation_batch_size=7, describe={"validation_data": ["xv", "yv"], "validation_batch_size": 7})
    fit("validation_freq", validation_data=(XV, YV), validation_freq=2, describe={"validation_data": ["xv", "yv"], "validation_freq": 2})
    fit("validation_steps", validation_data=(XV, YV), validation_steps=1, describe={"validation_data": ["xv", "yv"], "validation_steps": 1})
    fit("initial_epoch", initial_epoch=1, epochs=4)

    def endless():
        while True:
            for i in range(0, 50, 16):
                yield X[i:i + 16], Y[i:i + 16]

    fit("generator with steps_per_epoch", data=(endless(),), steps_per_epoch=3, batch_size=..., shuffle=...,
        describe={"data": "an endless generator of batches of 16, 16, 16, 2 rows, 16, ...", "steps_per_epoch": 3},
        note="the generator goes on where the epoch left it")
    fit("arrays with steps_per_epoch", steps_per_epoch=2, note="2 of 4 batches an epoch; the next epoch goes on with the third batch, and starts over once the data is used up")
    fit("regression", "regressor", {**MSE, "metrics": ["mse", "mae"]}, validation_data=(XV, TV), describe={"validation_data": ["xv", "tv"]})
    fit("regression, metric objects", "regressor", {"loss": "mean_absolute_error", "metrics": ["mean_squared_error", "MAE", "RootMeanSquaredError"]}, validation_data=(XV, TV), describe={"validation_data": ["xv", "tv"]})
    fit("regression, the same metric twice", "regressor", {**MSE, "metrics": ["mae", "mae"], "weighted_metrics": ["mae"]})
    fit("regression, targets [50]", "regressor", {**MSE, "metrics": ["mae"]}, data=(X, T[:, 0]), describe={"data": "x, t[:, 0]"})
    fit("regression with sample_weight", "regressor", {**MSE, "metrics": ["mae"]}, sample_weight=W, describe={"sample_weight": "W"})
    fit("loss_weights", "regressor", {**MSE, "loss_weights": 0.5})
    fit("regularizers", regularized=True, validation_data=(XV, YV), describe={"validation_data": ["xv", "yv"]})
    fit("regularizers, weighted", regularized=True, sample_weight=W, describe={"sample_weight": "W"})
    fit("no metrics", compile_args=SCC)
    fit("string loss crossentropy, metric acc", compile_args={"loss": "crossentropy", "metrics": ["acc"]})
    fit("categorical", compile_args={"loss": "categorical_crossentropy", "metrics": ["accuracy", "categorical_crossentropy"]}, data=(X, np.eye(3)[Y]), describe={"data": "x, one-hot y"})

    # Early stopping
    for name, args in (("restore_best_weights", dict(monitor="val_loss", patience=2, restore_best_weights=True)),
                       ("no restore", dict(monitor="val_loss", patience=2)),
                       ("min_delta, start_from_epoch", dict(monitor="val_loss", patience=1, min_delta=0.05, start_from_epoch=3, restore_best_weights=True)),
                       ("baseline", dict(monitor="val_loss", patience=2, baseline=0.01, restore_best_weights=True)),
                       ("accuracy, mode auto", dict(monitor="val_accuracy", patience=3, restore_best_weights=True)),
                       ("patience never used up", dict(monitor="loss", patience=20, restore_best_weights=True))):
        stopper = keras.callbacks.EarlyStopping(**args)
        m = compiled("classifier", {**SCC, "metrics": ["accuracy"], "optimizer": keras.optimizers.SGD(0.5)})
        h = m.fit(X, Y, epochs=15, batch_size=16, shuffle=False, validation_data=(XV, YV), verbose=0, callbacks=[stopper])
        cases.append({"kind": "earlyStopping", "name": name, "options": args, "learningRate": 0.5, "epochs": 15, "stoppedEpoch": stopper.stopped_epoch,
                      "bestEpoch": stopper.best_epoch, "best": float(stopper.best), "history": number(h.history), "epoch": h.epoch, **weights(m)})

    # Other callbacks that touch the learning rate
    m = compiled("classifier", {**SCC, "optimizer": keras.optimizers.SGD(0.5)})
    h = m.fit(X, Y, epochs=8, batch_size=16, shuffle=False, validation_data=(XV, YV), verbose=0,
              callbacks=[keras.callbacks.ReduceLROnPlateau(monitor="val_loss", factor=0.5, patience=1, min_delta=0.01, cooldown=1, min_lr=0.05)])
    cases.append({"kind": "reduceLROnPlateau", "options": {"monitor": "val_loss", "factor": 0.5, "patience": 1, "min_delta": 0.01, "cooldown": 1, "min_lr": 0.05},
                  "learningRate": 0.5, "epochs": 8, "history": number(h.history), **weights(m)})
    m = compiled("classifier", SCC)
    h = m.fit(X, Y, epochs=3, batch_size=16, shuffle=False, verbose=0, callbacks=[keras.callbacks.LearningRateScheduler(lambda epoch, lr: lr * 0.5)])
    cases.append({"kind": "learningRateScheduler", "schedule": "lr * 0.5 at the start of every epoch", "learningRate": 0.1, "epochs": 3, "history": number(h.history), **weights(m)})

    # evaluate
    evaluation("plain", "classifier", {**SCC, "metrics": ["accuracy"]})
    evaluation("no metrics", "classifier", SCC)
    evaluation("weighted", "classifier", {**SCC, "metrics": ["accuracy"], "weighted_metrics": ["accuracy"]}, sample_weight=W)
    evaluation("steps", "classifier", {**SCC, "metrics": ["accuracy"]}, steps=2)
    evaluation("regularized", "classifier", {**SCC, "metrics": ["accuracy"]}, regularized=True)
    evaluation("regression", "regressor", {**MSE, "metrics": ["mse", "mae"]})

    # predict
    for kind in ("classifier", "regressor"):
        m = model(kind)
        cases.append({"kind": "predict", "model": kind, "predict": {"batch_size": 16}, "output": array(m.predict(X, batch_size=16, verbose=0))})

    # One batch at a time: Keras resets the metrics at each call, so every value is that of its batch alone
    for name, kind, args, weighted in (("metrics", "classifier", {**SCC, "metrics": ["accuracy"]}, False), ("no metrics", "classifier", SCC, False),
                                       ("weighted", "classifier", {**SCC, "metrics": ["accuracy"], "weighted_metrics": ["accuracy"]}, True),
                                       ("class_weight", "classifier", {**SCC, "metrics": ["accuracy"]}, None),
                                       ("regression", "regressor", {**MSE, "metrics": ["mae"]}, False)):
        m = compiled(kind, args)
        target = Y if kind == "classifier" else T
        calls = []
        for n, (a, b) in enumerate(((0, 16), (16, 32), (32, 34))):
            extra = {"sample_weight": W[a:b]} if weighted else {"class_weight": CLASS_WEIGHT} if weighted is None else {}
            dictionary = n != 0
            got = m.train_on_batch(X[a:b], target[a:b], return_dict=dictionary, **extra)
            calls.append({"method": "train_on_batch", "rows": [a, b], "return_dict": dictionary, "value": number(got)})
        for n, (a, b) in enumerate(((0, 16), (16, 18))):
            extra = {"sample_weight": W[a:b]} if weighted else {}
            got = m.test_on_batch(X[a:b], target[a:b], return_dict=n != 0, **extra)
            calls.append({"method": "test_on_batch", "rows": [a, b], "return_dict": n != 0, "value": number(got)})
        cases.append({"kind": "onBatch", "name": name, "model": kind, "compile": args, "weights": "W" if weighted else "class weights in training" if weighted is None else None,
                      "calls": calls,
                      "predictOnBatch": array(m.predict_on_batch(X[:3])), **weights(m)})

    # Summaries
    keras.config.set_floatx("float32")
    keras.config.set_dtype_policy("float32")

    # "columns" is the width of the console
    def summary(name, m, columns=80, **options):
        cases.append({"kind": "summary", "name": name, "options": options, "columns": columns, "text": text(m, columns, **options)})

    summary("article, unbuilt", article(False))
    m = article(True)
    summary("article, built", m)
    summary("article, built", m, show_trainable=True)
    summary("article, built", m, columns=200)
    summary("article, built", m, columns=200, show_trainable=True)
    summary("article, built", m, columns=200, line_length=100)
    summary("article, built", m, columns=200, line_length=60)
    summary("article, built", m, columns=60)
    m.compile(optimizer="adam", loss="sparse_categorical_crossentropy")
    summary("article, compiled with adam, not trained", m)
    m.train_on_batch(lcg((2, 28, 28, 1), 1), np.array([1, 2]))
    summary("article, compiled with adam, trained one step", m)
    m = article(True)
    m.compile(optimizer="sgd", loss="sparse_categorical_crossentropy")
    m.train_on_batch(lcg((2, 28, 28, 1), 1), np.array([1, 2]))
    summary("article, compiled with sgd, trained one step", m)
    m = article(True)
    m.layers[2].trainable = False
    summary("article, layers[2] (batch normalization) frozen", m)
    summary("article, layers[2] (batch normalization) frozen", m, show_trainable=True)
    keras.backend.clear_session()
    m = keras.Sequential([L.Conv2D(32, [3, 3], activation="relu"), L.BatchNormalization(), L.MaxPooling2D(), L.Dense(1)], name="net")
    summary("unbuilt, named net", m)
    m.build((None, 28, 28, 1))
    summary("named net, built by build((None, 28, 28, 1))", m)
    keras.backend.clear_session()
    i = keras.Input((8, 8, 3), name="image")
    a = L.Conv2D(4, 3, padding="same", name="convolution")(i)
    b = L.BatchNormalization(name="normalization")(a)
    c = L.Add(name="sum")([a, b])
    out = L.Dense(2, name="head")(L.GlobalAveragePooling2D(name="pool")(c))
    m = keras.Model(i, out, name="branching")
    summary("functional with a branch", m)
    summary("functional with a branch", m, columns=200)
    summary("empty", keras.Sequential(name="empty"))

    write("fit", cases, versions())


if __name__ == "__main__":
    main()
