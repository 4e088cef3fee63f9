"""LossScaleOptimizer step by step, and files of models in mixed_float16: test/golden/loss-scale-optimizer.json, loss-scale-files/.

Run from the repository root, in an environment with keras==3.15.1 and tensorflow:

    python test/golden/make/loss_scale_optimizer.py

Fields of a case:
  inner, options   the class of the inner optimizer, and its arguments
  scale            the arguments of LossScaleOptimizer
  infinite         the steps, counted from 0, at which the first gradient has an infinity, and those at which it has a NaN
  config           the JSON string of get_config()
  steps            after each step: the variables, the scale and the counter
  slots            the names of optimizer.variables in order, and their values at the end

The variables are kernel [2, 3] and bias [3]; the k-th is lcg(shape, seed=1 + k), and its gradient at step s is
lcg(shape, seed=10 + 2 s + k) times the scale, as if the loss had been scaled. All float32.

The files hold one model, Dense(3, relu) and Dense(2, dtype="float32") on inputs of 4, compiled with Adam in mixed_float16 and
trained for three steps; the cases of loss-scale-files/state.json are optimizer.variables.
"""

import json

from common import array, lcg, np, versions, write
import keras

O = keras.optimizers
SHAPES = {"kernel": (2, 3), "bias": (3,)}
cases = []


def case(inner, options, scale, infinite=(), nan=(), count=7):
    keras.backend.clear_session()
    optimizer = O.LossScaleOptimizer(getattr(O, inner)(**options), **scale)
    variables = [keras.Variable(lcg(shape, 1 + k), dtype="float32", name=name) for k, (name, shape) in enumerate(SHAPES.items())]
    optimizer.build(variables)
    steps = []
    for s in range(count):
        factor = float(optimizer.dynamic_scale.numpy())
        gradients = [lcg(shape, 10 + 2 * s + k).astype(np.float32) * factor for k, shape in enumerate(SHAPES.values())]
        if s in infinite:
            gradients[0][0, 1] = np.inf
        if s in nan:
            gradients[0][1, 2] = np.nan
        optimizer.apply([keras.ops.convert_to_tensor(g) for g in gradients])
        steps.append({"variables": [array(v.numpy()) for v in variables], "scale": float(optimizer.dynamic_scale.numpy()),
                      "counter": int(optimizer.step_counter.numpy())})
    cases.append({"inner": inner, "options": options, "scale": scale, "infinite": list(infinite), "nan": list(nan),
                  "config": json.dumps(optimizer.get_config()), "steps": steps,
                  "slots": [{"name": v.name, "value": array(v.numpy())} for v in optimizer.variables]})


def files():
    keras.backend.clear_session()
    keras.utils.set_random_seed(7)
    keras.config.set_dtype_policy("mixed_float16")
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, activation="relu", name="hidden"),
                              keras.layers.Dense(2, dtype="float32", name="head")])
    model.compile("adam", "mse")
    x, y = lcg((12, 4), 1), lcg((12, 2), 2)
    model.fit(x, y, batch_size=4, shuffle=False, verbose=0)
    for ending in ("keras", "h5"):
        model.save(f"test/golden/loss-scale-files/trained.{ending}")
    keras.config.set_dtype_policy("float32")
    return [{"name": v.name, "value": array(v.numpy().astype(np.float32))} for v in model.optimizer.variables]


if __name__ == "__main__":
    GROWTH = dict(initial_scale=8.0, dynamic_growth_steps=2)
    case("SGD", dict(learning_rate=0.125), {})
    case("SGD", dict(learning_rate=0.125, momentum=0.5), GROWTH)
    case("SGD", dict(learning_rate=0.125, momentum=0.5), GROWTH, infinite=(0, 3), nan=(4,))
    case("Adam", dict(learning_rate=0.125), GROWTH, infinite=(2,))
    case("Adam", dict(learning_rate=0.125, clipnorm=0.5), GROWTH, nan=(1,))
    case("SGD", dict(learning_rate=0.125, gradient_accumulation_steps=2), GROWTH, infinite=(1,))
    case("SGD", dict(learning_rate=0.125, use_ema=True, ema_momentum=0.5), GROWTH, infinite=(3,))
    case("Adam", dict(learning_rate=0.125), dict(initial_scale=1.0, dynamic_growth_steps=1))
    write("loss-scale-optimizer", cases, versions())
    write("loss-scale-files/state", files(), versions())
