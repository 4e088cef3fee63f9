"""Optimizers on two small variables with given gradients, step by step: test/golden/optimizers.json.

Run from the repository root, in an environment with keras==3.15.1 and tensorflow:

    python test/golden/make/optimizers.py

All float64. Two variables, "kernel" [2, 3] = lcg(seed=1) and "bias" [3] = lcg(seed=2); at step s (0 to 4) their gradients are
lcg([2, 3], seed=10 + 2 s) and lcg([3], seed=11 + 2 s), the range -1 to 1, times "gradientScale". "steps" holds the two variables'
values after each step, "slots" optimizer.variables in order at the end (name, path, shape, value), "config" the JSON text of
get_config().
"""

import json
import warnings

from common import array, lcg, np, versions, write
import keras

warnings.simplefilter("ignore")
keras.config.set_floatx("float64")
keras.config.set_dtype_policy("float64")
O = keras.optimizers
cases = []


def plain(options):
    return {k: keras.saving.serialize_keras_object(v) if isinstance(v, O.schedules.LearningRateSchedule) else v for k, v in options.items()}


def case(cls, scale=1.0, exclude=None, note=None, zero=False, **options):
    keras.backend.clear_session()
    optimizer = getattr(O, cls)(**options)
    kernel = keras.Variable(lcg((2, 3), 1), dtype="float64", name="kernel")
    bias = keras.Variable(lcg((3,), 2), dtype="float64", name="bias")
    if exclude:
        optimizer.exclude_from_weight_decay(var_names=exclude)
    optimizer.build([kernel, bias])
    steps = []
    for s in range(5):
        g = [lcg((2, 3), 10 + 2 * s).astype(np.float64) * scale, lcg((3,), 11 + 2 * s).astype(np.float64) * scale]
        if zero:
            g = [0 * g[0], 0 * g[1]]
        optimizer.apply([keras.ops.convert_to_tensor(v, dtype="float64") for v in g])
        steps.append([array(kernel.numpy()), array(bias.numpy())])
    record = {"optimizer": cls, "options": plain(options), "gradientScale": 0.0 if zero else scale, "config": json.dumps(optimizer.get_config()), "steps": steps,
              "slots": [{"name": v.name, "path": v.path, "value": array(v.numpy())} for v in optimizer.variables]}
    if exclude:
        record["excludeFromWeightDecay"] = exclude
    if note:
        record["note"] = note
    cases.append(record)


CLIPS = (dict(clipnorm=0.5), dict(clipvalue=0.3), dict(global_clipnorm=0.8), dict(clipnorm=100.0), dict(global_clipnorm=100.0))
case("SGD")
case("SGD", learning_rate=0.1)
case("SGD", learning_rate=0.1, momentum=0.9)
case("SGD", learning_rate=0.1, momentum=0.9, nesterov=True)
case("SGD", learning_rate=0.1, nesterov=True, note="nesterov without momentum")
case("SGD", learning_rate=0.1, weight_decay=0.05)
case("SGD", learning_rate=0.1, momentum=0.5, nesterov=True, weight_decay=0.05)
case("SGD", learning_rate=0.1, weight_decay=0.05, exclude=["bias"])
for clip in CLIPS:
    case("SGD", learning_rate=0.1, momentum=0.9, **clip)
case("SGD", learning_rate=0.1, clipnorm=0.5, zero=True, note="clipping gradients of norm 0")
case("SGD", learning_rate=0.1, global_clipnorm=0.5, zero=True, note="clipping gradients of norm 0")
case("RMSprop")
case("RMSprop", learning_rate=0.01, rho=0.8, epsilon=1e-3)
case("RMSprop", learning_rate=0.01, momentum=0.9)
case("RMSprop", learning_rate=0.01, centered=True)
case("RMSprop", learning_rate=0.01, momentum=0.7, centered=True)
case("RMSprop", learning_rate=0.01, weight_decay=0.05)
for clip in CLIPS[:3]:
    case("RMSprop", learning_rate=0.01, **clip)
case("RMSprop", scale=1e-8, note="tiny gradients: where epsilon stands")
case("RMSprop", scale=1e-8, centered=True, note="tiny gradients: where epsilon stands")
for cls in ("Adam", "AdamW"):
    case(cls)
    case(cls, learning_rate=0.01, beta_1=0.8, beta_2=0.95, epsilon=1e-4)
    case(cls, learning_rate=0.01, amsgrad=True)
    case(cls, learning_rate=0.01, weight_decay=0.05)
    case(cls, learning_rate=0.01, weight_decay=0.05, exclude=["bias"])
    for clip in CLIPS[:3]:
        case(cls, learning_rate=0.01, **clip)
    case(cls, scale=1e-8, note="tiny gradients: where epsilon stands")
    case(cls, zero=True, note="zero gradients")
case("Adam", learning_rate=0.01, beta_1=0.5, beta_2=0.6, amsgrad=True, note="amsgrad's maximum matters")
case("AdamW", learning_rate=0.01, weight_decay=0.05, amsgrad=True, clipnorm=0.5)
for cls in ("SGD", "Adam"):
    case(cls, learning_rate=0.1, gradient_accumulation_steps=2, note="variables move at the second and fourth step")
    case(cls, learning_rate=0.1, loss_scale_factor=4.0, note="gradients are divided by the factor")
    case(cls, learning_rate=0.1, use_ema=True, ema_momentum=0.9, note="variables are not overwritten; the averages are among the slots")
S = O.schedules
case("SGD", learning_rate=S.ExponentialDecay(0.1, 2, 0.5))
case("SGD", learning_rate=S.ExponentialDecay(0.1, 2, 0.5, staircase=True))
case("SGD", learning_rate=S.PiecewiseConstantDecay([1, 3], [0.1, 0.05, 0.01]))
case("Adam", learning_rate=S.CosineDecay(0.1, 4))
case("SGD", learning_rate=S.PolynomialDecay(0.1, 3, end_learning_rate=0.01, power=2.0))
case("SGD", learning_rate=S.InverseTimeDecay(0.1, 2, 0.5))

if __name__ == "__main__":
    write("optimizers", cases, versions())
