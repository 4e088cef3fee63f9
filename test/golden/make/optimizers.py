"""Optimizers on small variables with given gradients, step by step: test/golden/optimizers.json.

Run from the repository root, in an environment with keras==3.15.1, tensorflow and jax:

    python test/golden/make/optimizers.py

All float64. Fields of a case:
  optimizer, options      the class, and the arguments of its constructor
  variables               name and shape; the k-th is lcg(shape, seed=1 + k)
  gradientSeeds           [first, per step]: at step s (0, 1, ...) the gradient of variable k is lcg(shape, seed=first + per step * s + k)
  gradientScale           times this
  excludeFromWeightDecay  names for exclude_from_weight_decay
  config, serialized      the JSON strings of get_config() and serialize_keras_object()
  shown, steps            the numbers of some steps, counted from 1, and the variables' values after each of them
  slots                   optimizer.variables in order at the end: name, path and value; "here" is evenkeel's name where Keras's is
                          not unique: Adafactor's means of rows and columns have the name of their variable alone, and Nadam's
                          product of momentums has none
  note, tolerance         as in test/golden/README.md; the default bound is 1e-7, since the learning rate is float32 in evenkeel

ScheduleFreeAdamW runs on JAX, in a process of its own. On TensorFlow, "momentum_old" of Keras's update_step is the variable itself,
and so its value after the step, which is neither the formula of the comments there nor that of the paper.
"""

import json
import os
import subprocess
import sys
import tempfile
import warnings

ON_JAX = sys.argv[1:2] == ["--jax"]
if ON_JAX:
    os.environ["KERAS_BACKEND"] = "jax"
    import jax

    jax.config.update("jax_enable_x64", True)

from common import array, lcg, np, versions, write
import keras

warnings.simplefilter("ignore")
keras.config.set_floatx("float64")
keras.config.set_dtype_policy("float64")
O = keras.optimizers
SMALL = {"kernel": (2, 3), "bias": (3,)}
LARGE = {**SMALL, "tall": (5, 2), "conv": (2, 2, 2, 3), "embeddings": (4, 2)}
RATE = "The learning rate is float32 here"
# The cases of a group have these variables, seeds of gradients, and shown steps.
GROUP = {}
cases = []


def group(variables, seeds, shown):
    GROUP.update(variables=variables, seeds=seeds, shown=shown)


def tolerance(cls):
    """The bound where the default of 1e-7 is too tight for the rounding of the learning rate."""
    if GROUP["variables"] is LARGE:
        return {"rtol": 2e-7, "reason": RATE + ", as are all numbers that scale an update"}
    if len(GROUP["shown"]) == 6 and cls == "Ftrl":
        return {"rtol": 3e-7, "reason": RATE + ", and Ftrl divides by it and subtracts the results"}
    if len(GROUP["shown"]) == 6 and cls == "SGD":
        return {"rtol": 2e-7, "reason": RATE + ", as SGD's momentum is in Keras"}
    return None


def slot(variable, seen):
    record = {"name": variable.name}
    if variable.name == "variable":
        record["here"] = "u_product"
    elif variable.name in LARGE:
        record["here"] = f"{variable.name}_{'c' if variable.name in seen else 'r'}"
        seen.add(variable.name)
    return {**record, "path": variable.path, "value": array(variable.numpy())}


def case(cls, exclude=None, note=None, scale=1.0, zero=False, **options):
    keras.backend.clear_session()
    scale = 0.0 if zero else scale
    shapes, (first, per_step), shown = GROUP["variables"], GROUP["seeds"], GROUP["shown"]
    optimizer = getattr(O, cls)(**options)
    variables = [keras.Variable(lcg(shape, 1 + k), dtype="float64", name=name) for k, (name, shape) in enumerate(shapes.items())]
    if exclude:
        optimizer.exclude_from_weight_decay(var_names=exclude)
    optimizer.build(variables)
    steps = []
    for s in range(shown[-1]):
        gradients = [lcg(shape, first + per_step * s + k).astype(np.float64) * scale for k, shape in enumerate(shapes.values())]
        optimizer.apply([keras.ops.convert_to_tensor(g, dtype="float64") for g in gradients])
        if s + 1 in shown:
            steps.append([array(v.numpy()) for v in variables])
    record = {"optimizer": cls, "options": {k: keras.saving.serialize_keras_object(v) if hasattr(v, "get_config") else v for k, v in options.items()},
              "variables": [{"name": name, "shape": list(shape)} for name, shape in shapes.items()],
              "gradientSeeds": [first, per_step], "gradientScale": scale}
    if exclude:
        record["excludeFromWeightDecay"] = exclude
    seen = set()
    record.update(config=json.dumps(optimizer.get_config()), serialized=json.dumps(keras.saving.serialize_keras_object(optimizer)),
                  shown=list(shown), steps=steps, slots=[slot(v, seen) for v in optimizer.variables])
    if note:
        record["note"] = note
    bound = tolerance(cls)
    if bound:
        record["tolerance"] = bound
    cases.append(record)


def five_steps():
    """Every option of the older optimizers."""
    group(SMALL, (10, 2), (1, 2, 3, 4, 5))
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


def twenty_steps():
    """The other elementwise optimizers, and options that matter after many steps."""
    group(SMALL, (10, 2), (1, 2, 3, 5, 10, 20))
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


def common_cases(cls):
    """Those of the options that all optimizers have."""
    case(cls, learning_rate=0.05, weight_decay=0.1, exclude=["bias", "tall"])
    case(cls, learning_rate=0.05, global_clipnorm=0.5)
    case(cls, learning_rate=0.05, use_ema=True, ema_momentum=0.9, ema_overwrite_frequency=4)
    if cls != "Muon":  # whose steps in float64 Keras does not multiply by a schedule's rate in float32
        case(cls, learning_rate=O.schedules.ExponentialDecay(0.9, 5, 0.5))
    case(cls, learning_rate=0.05, gradient_accumulation_steps=3, note="variables move at every third step")


def matrices():
    """Optimizers that treat matrices in their own way."""
    group(LARGE, (100, 10), (1, 2, 5, 20))
    case("Adafactor")
    case("Adafactor", learning_rate=0.5, beta_2_decay=-0.5, epsilon_1=1e-6, epsilon_2=0.7, clip_threshold=0.4)
    case("Adafactor", learning_rate=0.5, relative_step=False)
    case("Adafactor", scale=0.0, note="zero gradients")
    case("Lamb")
    case("Lamb", learning_rate=0.05, beta_1=0.8, beta_2=0.95, epsilon=1e-3)
    case("Lamb", scale=0.0, note="updates of norm 0")
    case("Muon")
    case("Muon", learning_rate=0.05, adam_beta_1=0.8, adam_beta_2=0.95, adam_weight_decay=0.1, epsilon=1e-3, weight_decay=0.2)
    case("Muon", learning_rate=0.05, weight_decay=None, adam_lr_ratio=0.3, note="Adam's weight decay stays")
    case("Muon", learning_rate=0.05, adam_weight_decay=None, nesterov=False, momentum=0.8)
    case("Muon", learning_rate=0.05, exclude_layers=["ker", "^x"], exclude_embeddings=False)
    case("Muon", learning_rate=0.05, muon_a=3.0, muon_b=-3.2, muon_c=1.2, ns_steps=2, rms_rate=None)
    case("Muon", scale=0.0, note="zero gradients")
    for cls in ("Adafactor", "Lamb", "Muon"):
        common_cases(cls)


def schedule_free():
    group(LARGE, (100, 10), (1, 2, 5, 20))
    case("ScheduleFreeAdamW")
    case("ScheduleFreeAdamW", learning_rate=0.05, beta_1=0.8, beta_2=0.95, epsilon=1e-3, warmup_steps=7)
    case("ScheduleFreeAdamW", learning_rate=0.05, beta_1=1.0, note="the weights are the mean")
    common_cases("ScheduleFreeAdamW")


def on_jax():
    """The cases of schedule_free, made by this script in another process."""
    with tempfile.NamedTemporaryFile("r", suffix=".json") as file:
        subprocess.run([sys.executable, __file__, "--jax", file.name], check=True)
        return json.load(file)


if __name__ == "__main__":
    if ON_JAX:
        schedule_free()
        with open(sys.argv[2], "w") as file:
            json.dump({"cases": cases, "jax": jax.__version__}, file)
    else:
        five_steps()
        twenty_steps()
        matrices()
        more = on_jax()
        write("optimizers", cases + more["cases"], versions(jax=more["jax"]))
