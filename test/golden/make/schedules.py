"""Learning-rate schedules at many steps: test/golden/schedules.json.

Run from the repository root, in an environment with keras==3.15.1 and tensorflow:

    python test/golden/make/schedules.py

float32, Keras's own type of learning rates. "class" and "args" (all arguments by name), "steps", "rates" at those steps,
"serialized" the JSON text of serialize_keras_object.
"""

import json

from common import array, np, versions, write
import keras

S = keras.optimizers.schedules
STEPS = [*range(0, 26), 29, 30, 31, 49, 50, 51, 69, 70, 71, 99, 100, 101, 149, 150, 151, 1000, 12345]
cases = []


def case(cls, **args):
    schedule = getattr(S, cls)(**args)
    rates = [float(schedule(np.int64(step))) for step in STEPS]
    cases.append({"class": cls, "args": args, "steps": STEPS, "rates": array(np.array(rates, "float64")),
                  "serialized": json.dumps(keras.saving.serialize_keras_object(schedule))})


for cls in ("ExponentialDecay", "InverseTimeDecay"):
    for staircase in (False, True):
        case(cls, initial_learning_rate=0.1, decay_steps=10, decay_rate=0.5, staircase=staircase)
    case(cls, initial_learning_rate=0.01, decay_steps=7, decay_rate=0.96, name="mine")
case("PiecewiseConstantDecay", boundaries=[10, 20], values=[0.1, 0.05, 0.01])
case("PiecewiseConstantDecay", boundaries=[0, 3, 50], values=[1.0, 0.5, 0.25, 0.125], name="mine")
case("PiecewiseConstantDecay", boundaries=[5], values=[0.5, 0.25])
for power in (1.0, 2.0, 0.5):
    for cycle in (False, True):
        case("PolynomialDecay", initial_learning_rate=0.1, decay_steps=10, power=power, cycle=cycle)
case("PolynomialDecay", initial_learning_rate=0.5, decay_steps=30, end_learning_rate=0.01)
case("CosineDecay", initial_learning_rate=0.1, decay_steps=20)
case("CosineDecay", initial_learning_rate=0.1, decay_steps=20, alpha=0.25)
case("CosineDecay", initial_learning_rate=0.0, decay_steps=20, alpha=0.1, warmup_target=0.5, warmup_steps=10)
case("CosineDecay", initial_learning_rate=0.1, decay_steps=20, warmup_target=0.5, warmup_steps=0)
case("CosineDecay", initial_learning_rate=0.1, decay_steps=20, warmup_steps=10, name="mine")
case("CosineDecayRestarts", initial_learning_rate=0.1, first_decay_steps=10)
case("CosineDecayRestarts", initial_learning_rate=0.1, first_decay_steps=10, t_mul=1.0, m_mul=0.5)
case("CosineDecayRestarts", initial_learning_rate=0.1, first_decay_steps=10, t_mul=2.0, m_mul=0.9, alpha=0.1)
case("CosineDecayRestarts", initial_learning_rate=0.1, first_decay_steps=8, t_mul=1.5, m_mul=0.8, name="mine")

if __name__ == "__main__":
    write("schedules", cases, versions())
