"""ScheduleFreeAdamW, twenty steps: test/golden/schedule-free.json, in the form of optimizers3.json, which says what it holds.

Run from the repository root, in an environment with keras==3.15.1, tensorflow and jax:

    python test/golden/make/schedule_free.py

It runs on JAX. On TensorFlow, "momentum_old" of Keras's update_step is the variable itself, and so what it is after the step, which is
neither the formula of the comments there nor that of the paper.
"""

import os

os.environ["KERAS_BACKEND"] = "jax"

import jax

jax.config.update("jax_enable_x64", True)

from optimizers3 import case, cases, common_cases
from common import versions, write

case("ScheduleFreeAdamW")
case("ScheduleFreeAdamW", learning_rate=0.05, beta_1=0.8, beta_2=0.95, epsilon=1e-3, warmup_steps=7)
case("ScheduleFreeAdamW", learning_rate=0.05, beta_1=1.0, note="the weights are the mean")
common_cases("ScheduleFreeAdamW")

if __name__ == "__main__":
    write("schedule-free", cases, versions(jax=jax.__version__))
