"""The kernels of the STFT initializer: test/golden/stft.json.

Run from the repository root, in an environment with keras==3.15.1, tensorflow and scipy:

    python test/golden/make/stft.py

All float64. A case of kind "kernel": "options" of keras.initializers.STFT, "shape", and "output". A case of kind "config": "options"
and "serialized", the JSON text of serialize_keras_object.
"""

import json

from common import array, np, versions, write
import keras

keras.config.set_floatx("float64")
keras.config.set_dtype_policy("float64")
WINDOWS = ("hann", "hamming", "blackman", "boxcar", "bartlett", "triang", "cosine", "flattop", "blackmanharris", "nuttall")
cases = []


def kernel(shape, **options):
    out = keras.initializers.STFT(**options)(shape, dtype="float64")
    cases.append({"kind": "kernel", "options": options, "shape": list(shape), "output": array(np.asarray(out))})


kernel((8, 1, 5))
for side in ("real", "imag"):
    for scaling in ("density", "spectrum", None):
        kernel((6, 1, 5), side=side, scaling=scaling, periodic=True)
    kernel((7, 1, 3), side=side, window=None)
    kernel((4, 1, 3), side=side, window=[0.5, 1.0, -2.0, 0.25], scaling="spectrum")
for window in WINDOWS:
    for periodic in (False, True):
        for length in (1, 7, 10):
            kernel((length, 1, 3), window=window, periodic=periodic, scaling=None)
for options in ({}, {"side": "imag", "window": None, "scaling": None}, {"window": "hamming", "scaling": "spectrum", "periodic": True}):
    made = keras.initializers.STFT(**options)
    cases.append({"kind": "config", "options": options, "serialized": json.dumps(keras.saving.serialize_keras_object(made))})

if __name__ == "__main__":
    write("stft", cases, versions())
