"""How far float32 batch normalization of other libraries is from the truth, to compare ours with.

Writes batch-normalization-precision.json.

Run:       python test/golden/make/batch_normalization_precision.py
Needs:     keras==3.15.1, tensorflow-cpu==2.21.0, jax==0.10.2, torch==2.13.0 (CPU), numpy; the versions that made the
           committed file are in its "about". Each library runs in a subprocess of its own. About a minute. The
           seeds make the inputs the same everywhere; the last digits of the errors depend on the CPU.

The problem of a case: training-mode batch normalization of x, shape [64, 8, 8, 16], channels last, float32, and
its gradients for the upstream gradient g. With u = lcg(shape, seed, -1, 1), in float64 and in this order,
    x = fround(mean + (deviation * 1.7320508075688772) * u)
    gamma = lcg([16], gammaSeed, 0.5, 1.5), beta = lcg([16], betaSeed, -0.5, 0.5), g = lcg(shape, gradientSeed, -1, 1)
(fround rounds to float32; lcg's numbers are float32 already). Elements are in row-major order of the channels-last
shape. `inputSample` is x's first three and last elements, to check the regeneration.

Truth: float64 numpy, two passes, from the float32 arrays x, gamma, beta, g and the float64 epsilon.
Momentum is 0, so the new moving statistics are the batch's own (population variance; for torch.native the truth of
the moving variance has Bessel's correction, as F.batch_norm has it).

What a case holds
  name, mean, deviation, epsilon, shape, seed, gammaSeed, betaSeed, gradientSeed, inputSample
  truth        {mean, variance, dgamma, dbeta: arrays of 16; outputRms, dxRms: numbers; outputSample, dxSample: first
               three and last elements}, float64
  errors       for each of keras.tensorflow, keras.jax, keras.torch, torch.native.contiguous (NCHW memory),
               torch.native.channels_last: {output, dx, dgamma, dbeta, movingMean, movingVariance}, each
               {max: max|a - t| / rms(t), rms: rms(a - t) / rms(t)}; null where the result is not finite
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

import numpy as np

SCRIPT = "test/golden/make/batch_normalization_precision.py"
SHAPE = (64, 8, 8, 16)
SQRT3 = 1.7320508075688772
TODO = [
    # mean, deviation, epsilons
    (1.0, 1.0, (1e-3, 1e-5)),
    (100.0, 1.0, (1e-3, 1e-5)),
    (10000.0, 1.0, (1e-3, 1e-5)),
    (0.0, 1e-6, (1e-3, 1e-5, 1e-12)),
    (1e-4, 1e-6, (1e-3, 1e-5, 1e-12)),
]
RESULTS = ("output", "dx", "dgamma", "dbeta", "movingMean", "movingVariance")


def fast_lcg(shape, seed, low=-1.0, high=1.0):
    """common.lcg, quicker for large arrays; the main process checks that both agree."""
    count = int(np.prod(shape))
    out = np.empty(count, np.float64)
    x = int(seed)
    for i in range(count):
        x = (x * 1664525 + 1013904223) & 0xFFFFFFFF
        out[i] = x >> 8
    return (low + (high - low) * (out / 16777216.0)).astype(np.float32).reshape(shape)


def problems():
    index = 0
    for mean, deviation, epsilons in TODO:
        seed = 90001 + 7919 * index
        index += 1
        u = fast_lcg(SHAPE, seed).astype(np.float64)
        x = (mean + (deviation * SQRT3) * u).astype(np.float32)
        gamma = fast_lcg([16], seed + 1, 0.5, 1.5)
        beta = fast_lcg([16], seed + 2, -0.5, 0.5)
        g = fast_lcg(SHAPE, seed + 500009)
        for epsilon in epsilons:
            yield {
                "name": f"mean {mean}, deviation {deviation}, epsilon {epsilon}",
                "mean": mean,
                "deviation": deviation,
                "epsilon": epsilon,
                "shape": list(SHAPE),
                "seed": seed,
                "gammaSeed": seed + 1,
                "betaSeed": seed + 2,
                "gradientSeed": seed + 500009,
            }, x, gamma, beta, g


def truth(x, gamma, beta, g, epsilon):
    x, gamma, beta, g = (a.astype(np.float64).reshape(-1, 16) if a.ndim == 4 else a.astype(np.float64)
                         for a in (x, gamma, beta, g))
    n = x.shape[0]
    mean = x.mean(0)
    mean += (x - mean).mean(0)  # the rounding error of the first pass
    variance = ((x - mean) ** 2).mean(0)
    inv = 1 / np.sqrt(variance + epsilon)
    xhat = (x - mean) * inv
    dgamma, dbeta = (g * xhat).sum(0), g.sum(0)
    return {
        "output": xhat * gamma + beta,
        "dx": gamma * inv / n * (n * g - dbeta - xhat * dgamma),
        "dgamma": dgamma,
        "dbeta": dbeta,
        "movingMean": mean,
        "movingVariance": variance,
    }


# ---- One library, in a subprocess ----------------------------------------------------------------


def with_keras(backend, x, gamma, beta, g, epsilon):
    import keras

    layer = keras.layers.BatchNormalization(epsilon=epsilon, momentum=0.0, dtype="float32")
    layer.build(x.shape)
    layer.set_weights([gamma, beta, np.zeros(16, np.float32), np.ones(16, np.float32)])
    if backend == "tensorflow":
        import tensorflow as tf

        xt, gt = tf.constant(x), tf.constant(g)
        with tf.GradientTape() as tape:
            tape.watch(xt)
            y = layer(xt, training=True)
        grads = tape.gradient(y, [xt, layer.gamma.value, layer.beta.value], output_gradients=gt)
        moving = layer.moving_mean, layer.moving_variance
    elif backend == "jax":
        import jax

        fixed = [v.value for v in layer.non_trainable_variables]

        def f(xj, params):
            y, state = layer.stateless_call(params, fixed, xj, training=True)
            return y, state

        y, pull, state = jax.vjp(f, jax.numpy.asarray(x), [v.value for v in layer.trainable_variables], has_aux=True)
        dx, (dgamma, dbeta) = pull(jax.numpy.asarray(g))
        grads, moving = (dx, dgamma, dbeta), state
    else:
        import torch

        xt = torch.tensor(x, requires_grad=True)
        y = layer(xt, training=True)
        y.backward(torch.tensor(g))
        grads = xt.grad, layer.gamma.value.grad, layer.beta.value.grad
        moving = layer.moving_mean, layer.moving_variance
    convert = keras.ops.convert_to_numpy
    return [convert(a) for a in (y, *grads, *moving)]


def with_torch(layout, x, gamma, beta, g, epsilon):
    import torch

    def first(a):
        t = torch.tensor(a).permute(0, 3, 1, 2)
        return t.contiguous(memory_format=torch.channels_last if layout == "channels_last" else torch.contiguous_format)

    xt = first(x).requires_grad_()
    wt, bt = torch.tensor(gamma, requires_grad=True), torch.tensor(beta, requires_grad=True)
    mean, variance = torch.zeros(16), torch.ones(16)
    y = torch.nn.functional.batch_norm(xt, mean, variance, wt, bt, training=True, momentum=1.0, eps=epsilon)
    y.backward(first(g))
    last = lambda t: t.detach().permute(0, 2, 3, 1).contiguous().numpy()  # noqa: E731
    return [last(y), last(xt.grad), wt.grad.numpy(), bt.grad.numpy(), mean.numpy(), variance.numpy()]


def worker(kind, path):
    arrays = {}
    for i, (case, *data) in enumerate(problems()):
        if kind == "torch.native":
            results = {f"{kind}.{layout}": with_torch(layout, *data, case["epsilon"])
                       for layout in ("contiguous", "channels_last")}
        else:
            results = {kind: with_keras(kind.split(".")[1], *data, case["epsilon"])}
        for label, values in results.items():
            for name, value in zip(RESULTS, values):
                assert value.dtype == np.float32, (label, name, value.dtype)
                arrays[f"{i}/{label}/{name}"] = value
    np.savez(path, **arrays)


def main():
    import common

    kinds = ("keras.tensorflow", "keras.jax", "keras.torch", "torch.native")
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        for kind in kinds:
            path = pathlib.Path(folder) / f"{kind}.npz"
            backend = kind.split(".")[1] if kind.startswith("keras") else "torch"
            env = {**os.environ, "KERAS_BACKEND": backend, "CUDA_VISIBLE_DEVICES": "", "TF_CPP_MIN_LOG_LEVEL": "3",
                   "JAX_PLATFORMS": "cpu"}
            subprocess.run([sys.executable, __file__, "--worker", kind, str(path)], check=True, env=env)
            with np.load(path) as data:
                found.update({k: data[k] for k in data.files})
    labels = ("keras.tensorflow", "keras.jax", "keras.torch", "torch.native.contiguous", "torch.native.channels_last")
    rms = lambda a: float(np.sqrt(np.mean(np.square(a))))  # noqa: E731
    ends = lambda a: [float(v) for v in (*a.reshape(-1)[:3], a.reshape(-1)[-1])]  # noqa: E731
    cases = []
    for i, (case, x, gamma, beta, g) in enumerate(problems()):
        if i == 0:
            assert np.array_equal(common.lcg(SHAPE, case["seed"]), fast_lcg(SHAPE, case["seed"]))
            assert np.array_equal(common.lcg([16], 5, 0.5, 1.5), fast_lcg([16], 5, 0.5, 1.5))
        t = truth(x, gamma, beta, g, case["epsilon"])
        n = x.size // 16
        errors = {}
        for label in labels:
            errors[label] = {}
            for name in RESULTS:
                expected = t[name]
                if name == "movingVariance" and label.startswith("torch.native"):
                    expected = expected * n / (n - 1)
                actual = found[f"{i}/{label}/{name}"].astype(np.float64).reshape(expected.shape)
                errors[label][name] = None
                if np.all(np.isfinite(actual)):
                    difference = actual - expected
                    errors[label][name] = {
                        "max": float(f"{np.max(np.abs(difference)) / rms(expected):.4g}"),
                        "rms": float(f"{rms(difference) / rms(expected):.4g}"),
                    }
        cases.append({
            **case,
            "inputSample": ends(x),
            "truth": {
                "mean": common.array(t["movingMean"]),
                "variance": common.array(t["movingVariance"]),
                "dgamma": common.array(t["dgamma"]),
                "dbeta": common.array(t["dbeta"]),
                "outputRms": rms(t["output"]),
                "dxRms": rms(t["dx"]),
                "outputSample": ends(t["output"]),
                "dxSample": ends(t["dx"]),
            },
            "errors": errors,
        })
        print(case["name"])
        for label in labels:
            print("  ", label.ljust(28), " ".join(f"{k} {v['max']:.1e}/{v['rms']:.1e}" if v else f"{k} not finite"
                                                   for k, v in errors[label].items()))
    import jax
    import torch

    common.write(
        "batch-normalization-precision", SCRIPT, cases,
        note="float32 errors of other libraries' training-mode batch normalization against float64 truth. Input, in "
        "float64 and in this order: x = fround(mean + (deviation * 1.7320508075688772) * u), u = lcg(shape, seed, -1, 1); "
        "gamma = lcg([16], gammaSeed, 0.5, 1.5); beta = lcg([16], betaSeed, -0.5, 0.5); upstream gradient "
        "lcg(shape, gradientSeed, -1, 1). momentum 0. errors: max = max|a - t| / rms(t), rms = rms(a - t) / rms(t).",
        **common.versions(jax=jax.__version__, torch=torch.__version__),
    )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--worker"]:
        worker(*sys.argv[2:])
    else:
        main()
