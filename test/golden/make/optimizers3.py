"""Adafactor, Lamb and Muon, twenty steps each: test/golden/optimizers3.json. schedule_free.py uses this too.

Run from the repository root, in an environment with keras==3.15.1 and tensorflow:

    python test/golden/make/optimizers3.py

All float64. The k-th of the five variables is lcg(shape, seed=1 + k): "kernel" [2, 3], "bias" [3], "tall" [5, 2], "conv" [2, 2, 2, 3]
and "embeddings" [4, 2]; at step s (0 to 19) its gradient is lcg(shape, seed=100 + 10 s + k), times "gradientScale". "steps" holds the
variables' values after each of "shown" steps, "slots" optimizer.variables in order at the end (Adafactor's means of rows and columns
have the name of their variable alone), "config" the JSON text of get_config(), "serialized" that of serialize_keras_object.
"""

import json
import warnings

from common import array, lcg, np, versions, write
import keras

warnings.simplefilter("ignore")
keras.config.set_floatx("float64")
keras.config.set_dtype_policy("float64")
O = keras.optimizers
SHOWN = (1, 2, 5, 20)
SHAPES = {"kernel": (2, 3), "bias": (3,), "tall": (5, 2), "conv": (2, 2, 2, 3), "embeddings": (4, 2)}
cases = []


def case(cls, exclude=None, note=None, scale=1.0, **options):
    keras.backend.clear_session()
    optimizer = getattr(O, cls)(**options)
    variables = [keras.Variable(lcg(shape, 1 + k), dtype="float64", name=name) for k, (name, shape) in enumerate(SHAPES.items())]
    if exclude:
        optimizer.exclude_from_weight_decay(var_names=exclude)
    optimizer.build(variables)
    steps = []
    for s in range(20):
        gradients = [lcg(shape, 100 + 10 * s + k).astype(np.float64) * scale for k, shape in enumerate(SHAPES.values())]
        optimizer.apply([keras.ops.convert_to_tensor(g, dtype="float64") for g in gradients])
        if s + 1 in SHOWN:
            steps.append([array(v.numpy()) for v in variables])
    shown = {k: keras.saving.serialize_keras_object(v) if hasattr(v, "get_config") else v for k, v in options.items()}
    record = {"optimizer": cls, "options": shown, "gradientScale": scale, "config": json.dumps(optimizer.get_config()),
              "serialized": json.dumps(keras.saving.serialize_keras_object(optimizer)), "shown": SHOWN, "steps": steps,
              "slots": [{"name": v.name, "path": v.path, "value": array(v.numpy())} for v in optimizer.variables]}
    if exclude:
        record["excludeFromWeightDecay"] = exclude
    if note:
        record["note"] = note
    cases.append(record)



def common_cases(cls):
    """Those of the options that all optimizers have."""
    case(cls, learning_rate=0.05, weight_decay=0.1, exclude=["bias", "tall"])
    case(cls, learning_rate=0.05, global_clipnorm=0.5)
    case(cls, learning_rate=0.05, use_ema=True, ema_momentum=0.9, ema_overwrite_frequency=4)
    if cls != "Muon":  # whose steps in float64 Keras does not multiply by a schedule's rate in float32
        case(cls, learning_rate=O.schedules.ExponentialDecay(0.9, 5, 0.5))
    case(cls, learning_rate=0.05, gradient_accumulation_steps=3, note="variables move at every third step")


if __name__ == "__main__":
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
    write("optimizers3", cases, versions())
