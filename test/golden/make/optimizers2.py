"""All optimizers but those of optimizers3.py, twenty steps each: test/golden/optimizers2.json.

Run from the repository root, in an environment with keras==3.15.1 and tensorflow:

    python test/golden/make/optimizers2.py

All float64, variables and gradients as in optimizers.py: "kernel" [2, 3] = lcg(seed=1) and "bias" [3] = lcg(seed=2); at step s (0 to
19) their gradients are lcg([2, 3], seed=10 + 2 s) and lcg([3], seed=11 + 2 s). "steps" holds the two variables' values after each of
"shown" steps, "slots" optimizer.variables in order at the end, "config" the JSON text of get_config().
"""

import json
import warnings

from common import array, lcg, np, versions, write
import keras

warnings.simplefilter("ignore")
keras.config.set_floatx("float64")
keras.config.set_dtype_policy("float64")
O = keras.optimizers
SHOWN = (1, 2, 3, 5, 10, 20)
cases = []


def case(cls, exclude=None, note=None, **options):
    keras.backend.clear_session()
    optimizer = getattr(O, cls)(**options)
    kernel = keras.Variable(lcg((2, 3), 1), dtype="float64", name="kernel")
    bias = keras.Variable(lcg((3,), 2), dtype="float64", name="bias")
    if exclude:
        optimizer.exclude_from_weight_decay(var_names=exclude)
    optimizer.build([kernel, bias])
    steps = []
    for s in range(20):
        g = [lcg((2, 3), 10 + 2 * s), lcg((3,), 11 + 2 * s)]
        optimizer.apply([keras.ops.convert_to_tensor(v.astype(np.float64), dtype="float64") for v in g])
        if s + 1 in SHOWN:
            steps.append([array(kernel.numpy()), array(bias.numpy())])
    shown = {k: keras.saving.serialize_keras_object(v) if hasattr(v, "get_config") else v for k, v in options.items()}
    record = {"optimizer": cls, "options": shown, "config": json.dumps(optimizer.get_config()),
              "serialized": json.dumps(keras.saving.serialize_keras_object(optimizer)), "shown": SHOWN, "steps": steps,
              "slots": [{"name": v.name, "path": v.path, "value": array(v.numpy())} for v in optimizer.variables]}
    if exclude:
        record["excludeFromWeightDecay"] = exclude
    if note:
        record["note"] = note
    cases.append(record)


case("Adagrad")
case("Adagrad", learning_rate=0.1, initial_accumulator_value=0.5, epsilon=1e-3)
case("Adagrad", learning_rate=0.1, initial_accumulator_value=0.0)
case("Adadelta")
case("Adadelta", learning_rate=1.0, rho=0.9, epsilon=1e-4)
case("Adamax")
case("Adamax", learning_rate=0.01, beta_1=0.8, beta_2=0.95, epsilon=1e-4)
case("Nadam")
case("Nadam", learning_rate=0.01, beta_1=0.8, beta_2=0.95, epsilon=1e-4)
case("Lion")
case("Lion", learning_rate=0.01, beta_1=0.8, beta_2=0.95)
case("Ftrl")
case("Ftrl", learning_rate=0.1, learning_rate_power=-0.7, initial_accumulator_value=0.2, beta=0.3)
case("Ftrl", learning_rate=0.1, l1_regularization_strength=0.2, l2_regularization_strength=0.1, l2_shrinkage_regularization_strength=0.05)
for cls in ("Adagrad", "Adadelta", "Adamax", "Nadam", "Lion", "Ftrl"):
    case(cls, learning_rate=0.05, weight_decay=0.1, exclude=["bias"])
    case(cls, learning_rate=0.05, clipnorm=0.5)
    case(cls, learning_rate=0.05, use_ema=True, ema_momentum=0.9, ema_overwrite_frequency=4)
    case(cls, learning_rate=O.schedules.ExponentialDecay(0.1, 5, 0.5))
    case(cls, learning_rate=0.05, gradient_accumulation_steps=3, note="variables move at every third step")
for cls in ("SGD", "RMSprop", "Adam", "AdamW"):
    case(cls, learning_rate=0.05, gradient_accumulation_steps=3, weight_decay=0.1, clipnorm=0.5)
    case(cls, learning_rate=O.schedules.CosineDecay(0.1, 15), gradient_accumulation_steps=4, note="the schedule counts every batch")
    case(cls, learning_rate=0.05, gradient_accumulation_steps=2, use_ema=True, ema_momentum=0.9, ema_overwrite_frequency=3,
         note="averages are taken at every batch")
case("SGD")
case("SGD", learning_rate=0.125, momentum=0.9)
case("SGD", learning_rate=0.125, momentum=0.9, nesterov=True)
case("RMSprop")
case("RMSprop", learning_rate=0.01, rho=0.8, momentum=0.7, centered=True)
for cls in ("Adam", "AdamW"):
    case(cls)
    case(cls, learning_rate=0.01, beta_1=0.8, beta_2=0.95, epsilon=1e-4, amsgrad=True)
    case(cls, learning_rate=0.01, weight_decay=0.05, exclude=["bias"])

if __name__ == "__main__":
    write("optimizers2", cases, versions())
