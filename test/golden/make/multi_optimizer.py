"""MultiOptimizer step by step, and files of models with one: test/golden/multi-optimizer.json, multi-optimizer-files/.

Run from the repository root, in an environment with keras==3.15.1 and tensorflow:

    python test/golden/make/multi_optimizer.py

Fields of a case:
  title             what it tests
  optimizers        the classes of the optimizers and their arguments
  default, map      the optimizers of the OptimizerMap by their indices; where there is none, a function selects
  selected          the index of the optimizer that a function returns for each variable
  lossScaleFactor   the argument; gradients are multiplied by it, as if the loss had been scaled
  config            the JSON string of get_config(), unless a function selects
  steps             the variables after each step
  order, iterations the class names of optimizer.optimizers and the steps that each has made, then those of the MultiOptimizer
  slots             the paths of optimizer.variables in order, and their values at the end

The variables are encoder/kernel [2, 3], encoder/bias [3], head/kernel [3, 2] and head/bias [2]; the k-th is lcg(shape, seed=1 + k),
and its gradient at step s is lcg(shape, seed=10 + 4 s + k). All float64, except for learning rates in the files.

The files hold one model, Dense(3, relu), Dense(3) and Dense(2) on inputs of 4, trained for three steps. One Adam updates the
first layer and the second kernel, RMSprop the second bias, SGD with momentum the rest. The .h5 has two Adams, since Keras does not
mark shared optimizers there. multi-optimizer-files/state.json has optimizer.variables, and the weights after three more steps on
the same batches.
"""

import json

from common import array, lcg, np, versions, write
import keras

O = keras.optimizers
L = keras.layers
SHAPES = {"encoder/kernel": (2, 3), "encoder/bias": (3,), "head/kernel": (3, 2), "head/bias": (2,)}
cases = []


def variable(path, value):
    scope, name = path.split("/")
    with keras.name_scope(scope):
        return keras.Variable(value, dtype="float64", name=name)


def case(title, optimizers, default=None, map=None, selected=None, factor=None, count=5):
    keras.backend.clear_session()
    made = [getattr(O, cls)(**options) for cls, options in optimizers]
    variables = [variable(path, lcg(shape, 1 + k)) for k, (path, shape) in enumerate(SHAPES.items())]
    if selected is None:
        assign = O.OptimizerMap(made[default], {key: made[i] for key, i in map.items()})
    else:
        of = {v.path: made[i] for v, i in zip(variables, selected)}
        assign = lambda v: of[v.path]
    optimizer = O.MultiOptimizer(assign, loss_scale_factor=factor)
    optimizer.build(variables)
    steps = []
    for s in range(count):
        gradients = [lcg(shape, 10 + 4 * s + k).astype(np.float64) * (factor or 1) for k, shape in enumerate(SHAPES.values())]
        optimizer.apply([keras.ops.convert_to_tensor(g, dtype="float64") for g in gradients])
        steps.append([array(v.numpy()) for v in variables])
    record = {"title": title, "optimizers": [{"class": cls, "options": options} for cls, options in optimizers],
              "lossScaleFactor": factor}
    if selected is None:
        record.update(default=default, map=map, config=json.dumps(optimizer.get_config()))
    else:
        record.update(selected=selected)
    record.update(steps=steps, order=[type(each).__name__ for each in optimizer.optimizers],
                  iterations=[int(each._iterations.numpy()) for each in [*optimizer.optimizers, optimizer]],
                  slots=[{"path": v.path, "value": array(v.numpy())} for v in optimizer.variables])
    cases.append(record)


def train(shares, *endings):
    keras.backend.clear_session()
    keras.config.set_floatx("float32")
    keras.config.set_dtype_policy("float32")
    keras.utils.set_random_seed(7)
    model = keras.Sequential([keras.Input((4,)), L.Dense(3, activation="relu", name="encoder"), L.Dense(3, name="middle"),
                              L.Dense(2, name="head")], name="net")
    adam = O.Adam(0.125)
    keys = {".*encoder/.*": adam, ".*middle/kernel": adam if shares else O.Adam(0.5), ".*middle/bias": O.RMSprop(0.0625)}
    model.compile(O.MultiOptimizer(O.OptimizerMap(O.SGD(0.25, momentum=0.5), keys)), "mse")
    x, y = lcg((12, 4), 1), lcg((12, 2), 2)
    fit = lambda: model.fit(x, y, batch_size=4, shuffle=False, verbose=0)
    fit()
    for ending in endings:
        path = f"test/golden/multi-optimizer-files/trained.{ending}"
        model.save_weights(path) if ending == "weights.h5" else model.save(path)
    state = [{"path": v.path, "value": array(v.numpy().astype(np.float32))} for v in model.optimizer.variables]
    fit()
    return {"shares": shares, "state": state, "weights": [array(w) for w in model.get_weights()]}


if __name__ == "__main__":
    keras.config.set_floatx("float64")
    keras.config.set_dtype_policy("float64")
    SGD, ADAM = ("SGD", dict(learning_rate=0.125, momentum=0.5)), ("Adam", dict(learning_rate=0.0625))
    RMSPROP = ("RMSprop", dict(learning_rate=0.03125, rho=0.5, weight_decay=0.25))
    case("three optimizers by layer and weight", [SGD, ADAM, RMSPROP], 0, {"encoder/.*": 1, ".*head/bias": 2})
    case("an exact path has priority over a pattern", [SGD, ADAM, RMSPROP], 0, {"encoder/.*": 1, "encoder/bias": 2})
    case("one optimizer for two keys and the rest", [ADAM, SGD], 0, {"encoder/kernel": 0, "head/kernel": 1})
    case("a default without variables", [SGD, ADAM, RMSPROP], 0, {".*kernel": 1, ".*bias": 2})
    case("a pattern must match the whole path", [SGD, ADAM], 0, {"encoder": 1, "kernel": 1})
    case("the scale of the loss replaces those of the optimizers", [("SGD", dict(learning_rate=0.125, loss_scale_factor=4.0)),
         ("Adam", dict(learning_rate=0.0625, clipnorm=0.5))], 0, {"encoder/.*": 1}, factor=8.0)
    case("the scales of the optimizers are ignored", [("SGD", dict(learning_rate=0.125, loss_scale_factor=4.0)), ADAM], 0, {"encoder/.*": 1})
    case("accumulation and averages of single optimizers", [("SGD", dict(learning_rate=0.125, gradient_accumulation_steps=2)),
         ("Adam", dict(learning_rate=0.0625, use_ema=True, ema_momentum=0.5, ema_overwrite_frequency=2)),
         ("SGD", dict(learning_rate=0.25, global_clipnorm=0.5))], 0, {"encoder/.*": 1, "head/bias": 2})
    case("a function selects", [SGD, ADAM, RMSPROP], selected=[1, 0, 1, 2])
    write("multi-optimizer", cases, versions())
    write("multi-optimizer-files/state", [train(True, "keras", "weights.h5"), train(False, "h5")], versions())
