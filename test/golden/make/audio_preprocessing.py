"""Spectrograms and pipelines: test/golden/audio-preprocessing.json.

Run from the repository root, in an environment with keras==3.15.1, tensorflow and scipy:

    python test/golden/make/audio_preprocessing.py

MelSpectrogram in float32, which Keras on TensorFlow cannot compute in float64; the others in float64. A case is a "class_name" with its "config", "shape" and "seed" (the input is lcg(shape, seed)), "dySeed",
"output", "gradients" (of sum(dy * output) by the input, then by each trainable weight), "outputShape" (compute_output_shape of
the shape with an unknown batch size, or of the shape itself if it has one axis) and "built", the shape of build_config.
A case of kind "initial" has "weights", those that the layer makes.
"""

import json

from common import array, lcg, np, versions, write
import keras
import tensorflow as tf

keras.config.set_floatx("float64")
keras.config.set_dtype_policy("float64")
L = keras.layers
CASES = []


def run(layer, shape, seed=5, keeps_weights=False):
    config = keras.saving.serialize_keras_object(layer)["config"]
    dtype = keras.config.floatx()
    x = tf.constant(lcg(shape, seed).astype(dtype))
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = layer(x, training=False) if isinstance(layer, L.Pipeline) else layer(x)
        dy = lcg(tuple(y.shape), seed + 1).astype(dtype)
        total = tf.reduce_sum(y * dy)
    gradients = tape.gradient(total, [x] + [w.value for w in layer.trainable_weights])
    given = tuple(shape) if len(shape) == 1 else (None, *shape[1:])
    case = {
        "class_name": layer.__class__.__name__,
        "config": json.loads(json.dumps(config)),
        "shape": list(shape),
        "seed": seed,
        "dySeed": seed + 1,
        "output": array(y.numpy()),
        "gradients": [array(g.numpy()) for g in gradients],
        "outputShape": list(layer.compute_output_shape(given)) if not isinstance(layer, L.Pipeline) else None,
    }
    if keeps_weights:
        case["weights"] = [array(w.numpy()) for w in layer.weights]
    CASES.append(case)


for mode in ("log", "magnitude", "psd", "real", "imag", "angle", "stft"):
    for expand_dims in (False, True):
        run(L.STFTSpectrogram(mode, frame_length=8, frame_step=3, expand_dims=expand_dims), (2, 20, 2))
run(L.STFTSpectrogram("stft", frame_length=6), (1, 13, 1), keeps_weights=True)
run(L.STFTSpectrogram("psd", frame_length=6, fft_length=8, window="hamming", periodic=True, scaling="spectrum"), (1, 13, 1), keeps_weights=True)
run(L.STFTSpectrogram("real", frame_length=4, window=[0.5, 1.0, 0.75, 0.25], scaling=None), (1, 9, 1))
run(L.STFTSpectrogram("imag", frame_length=4, window=None, padding="same"), (1, 9, 1))
run(L.STFTSpectrogram("magnitude", frame_length=5, frame_step=5, padding="same"), (2, 13, 3))

run(L.Pipeline([L.Rescaling(0.5, 1.0), L.CenterCrop(3, 2)]), (2, 5, 4, 3))
run(L.Pipeline([L.Rescaling([1.0, 2.0, 3.0]), L.RandomFlip(seed=1), L.Resizing(2, 2), L.Flatten(), L.Dense(2, kernel_initializer="ones")], name="steps"), (1, 4, 4, 3))

keras.config.set_floatx("float32")
keras.config.set_dtype_policy("float32")
run(L.MelSpectrogram(16, 4, sampling_rate=1000, num_mel_bins=5), (40,))
run(L.MelSpectrogram(16, 4, sampling_rate=1000, num_mel_bins=5), (3, 40))
for options in (
    {"sequence_length": 10},
    {"window": "hamming", "min_freq": 60.0, "max_freq": 400.0},
    {"window": None, "power_to_db": False},
    {"mag_exp": 1.0, "power_to_db": False},
    {"mag_exp": 1.5, "ref_power": -0.5, "min_power": 1e-3},
    {"top_db": 6.0},
    {"fft_length": 15, "sequence_length": 12, "sequence_stride": 7},
):
    run(L.MelSpectrogram(**{"fft_length": 16, "sequence_stride": 4, "sampling_rate": 1000, "num_mel_bins": 5, **options}), (2, 40))
window = [float(v) for v in lcg((16,), 9, 0.1, 1.0)]
run(L.MelSpectrogram(16, 8, window=window, sampling_rate=800, num_mel_bins=4), (2, 33))
run(L.MelSpectrogram(), (1, 2048))

if __name__ == "__main__":
    write("audio-preprocessing", CASES, versions())
