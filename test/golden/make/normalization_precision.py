"""How far the float32 normalization layers of other libraries are from the truth, to compare ours with.

Writes normalization-precision.json.

Run:       python test/golden/make/normalization_precision.py
Needs:     keras==3.15.1, tensorflow-cpu==2.21.0, jax==0.10.2, torch==2.13.0 (CPU), numpy; the versions that made the
           committed file are in its "about". Each library runs in a subprocess of its own. About two minutes. The
           seeds make the inputs the same everywhere; the last digits of the errors depend on the CPU.

Numbers are those of common.lcg, in row-major order. With u = lcg(shape, seed, -1, 1), in float64 and in this order,
    x = fround(mean + (deviation * 1.7320508075688772) * u)        (fround rounds to float32)
    upstream gradient = lcg(shape of the output, seed + 500009, -1, 1)
`sample` is x's first three and last elements, to check the regeneration. Errors are {max: max|a - t| / rms(t),
rms: rms(a - t) / rms(t)}, where t is the truth in float64, and null where a result is not finite.

Kinds of cases
  statistics     layer (a class of evenkeel) and config (Keras's names) on x; gamma (or scale) = lcg(seed + 1, 0.5, 1.5),
                 beta = lcg(seed + 2, -0.5, 0.5). Of BatchNormalization momentum is 0, so the new moving statistics are
                 the batch's own (population variance; PyTorch's has Bessel's correction, and its truth has too).
  spectral       SpectralNormalization(Dense(units)) on x, training, mean 0 and deviation 1; kernel = fround(scale *
                 lcg(seed + 1)), vector_u = lcg(seed + 2, 0.1, 1), no bias. kernel and vectorU are those after the call.
  weight         WeightNormalization(Dense(units)), no bias; v = fround(scale * lcg(seed + 1)), g = lcg(seed + 2, 0.5, 1.5)
  adapt          Normalization adapted to `batches` batches of `shape`, which follow one another in one sequence of x;
                 batches 0 stands for one array. The output is that of the first eight rows.
"""

import inspect
import os
import pathlib
import subprocess
import sys
import tempfile

import numpy as np

SQRT3 = 1.7320508075688772
PLAIN = [(0.0, 1.0), (100.0, 1.0), (10000.0, 1.0)]
EXTREME = [(0.0, 1e-20), (0.0, 1e20)]
IMAGE, ROWS = [8, 16, 16, 32], [64, 1024]


# ---- The cases -----------------------------------------------------------------------------------


def statistics(layer, config, shape, inputs, title):
    return [{"kind": "statistics", "layer": layer, "config": config, "shape": shape, "mean": m, "deviation": d,
             "name": f"{title}; mean {m:g}, deviation {d:g}"} for m, d in inputs]


def batch(epsilon, inputs):
    config = {"axis": -1, "epsilon": epsilon, "momentum": 0.0}
    return statistics("BatchNormalization", config, [64, 8, 8, 16], inputs, f"[64, 8, 8, 16], epsilon {epsilon:g}")


def all_cases():
    small = [(0.0, 1e-6), (1e-4, 1e-6)]
    both = PLAIN + EXTREME
    found = [
        *batch(1e-3, [(1.0, 1.0), *PLAIN[1:], *small]),
        *batch(1e-3, EXTREME),
        *batch(1e-5, [(1.0, 1.0), *PLAIN[1:], *small]),
        *batch(1e-12, small),
        *statistics("SyncBatchNormalization", {"axis": -1, "epsilon": 1e-3, "momentum": 0.0}, [64, 8, 8, 16],
                    [(1.0, 1.0), *PLAIN[1:], EXTREME[1]], "[64, 8, 8, 16]"),
        *statistics("LayerNormalization", {"axis": -1, "epsilon": 1e-3}, ROWS, both, "[64, 1024], axis -1"),
        *statistics("LayerNormalization", {"axis": -1, "epsilon": 1e-12}, [512, 100], small, "[512, 100], epsilon 1e-12"),
        *statistics("LayerNormalization", {"axis": [1, 2, 3], "epsilon": 1e-3}, [16, 8, 8, 32], both,
                    "[16, 8, 8, 32], axis [1, 2, 3]"),
        *statistics("LayerNormalization", {"axis": 1, "epsilon": 1e-3}, [16, 128, 32], PLAIN, "[16, 128, 32], axis 1"),
        *statistics("LayerNormalization", {"axis": -1, "epsilon": 1e-3, "rms_scaling": True}, [64, 256], both,
                    "[64, 256], rms_scaling"),
        *statistics("GroupNormalization", {"groups": 8, "axis": -1, "epsilon": 1e-3}, IMAGE, both,
                    "[8, 16, 16, 32], 8 groups"),
        *statistics("GroupNormalization", {"groups": 1, "axis": -1, "epsilon": 1e-3}, IMAGE, PLAIN,
                    "[8, 16, 16, 32], 1 group"),
        *statistics("GroupNormalization", {"groups": 4, "axis": 1, "epsilon": 1e-3}, [8, 16, 16, 16], PLAIN,
                    "[8, 16, 16, 16], 4 groups, axis 1"),
        *statistics("InstanceNormalization", {"axis": -1, "epsilon": 1e-3}, IMAGE, both, "[8, 16, 16, 32]"),
        *statistics("RMSNormalization", {"axis": -1, "epsilon": 1e-6}, ROWS, both, "[64, 1024], axis -1"),
        *statistics("RMSNormalization", {"axis": [1, 2], "epsilon": 1e-6}, [16, 64, 64], both,
                    "[16, 64, 64], axis [1, 2]"),
        *statistics("RMSNormalization", {"axis": -1, "epsilon": 1e-12}, [512, 100], [(0.0, 1e-6)], "[512, 100], epsilon 1e-12"),
        *statistics("UnitNormalization", {"axis": -1}, ROWS, [*PLAIN, (0.0, 1e-10), (0.0, 1e20)], "[64, 1024], axis -1"),
        *statistics("UnitNormalization", {"axis": [1, 2]}, [16, 64, 64], [*PLAIN, (0.0, 1e20)],
                    "[16, 64, 64], axis [1, 2]"),
    ]
    for iterations in (1, 3, 10):
        for scale in (1.0, 1e-3, 1e20)[: 3 if iterations == 1 else 1]:
            found.append({"kind": "spectral", "layer": "SpectralNormalization", "config": {"power_iterations": iterations},
                          "units": 64, "shape": [32, 256], "scale": scale, "mean": 0.0, "deviation": 1.0,
                          "name": f"Dense [256, 64], {iterations} iterations, kernel times {scale:g}"})
    for scale in (1.0, 1e-9, 1e20):
        found.append({"kind": "weight", "layer": "WeightNormalization", "config": {}, "units": 64, "shape": [32, 128],
                      "scale": scale, "mean": 0.0, "deviation": 1.0, "name": f"Dense [128, 64], v times {scale:g}"})
    for batches, shape, inputs in ((0, [4096, 16], PLAIN), (10, [512, 16], PLAIN), (1000, [64, 8], PLAIN),
                                   (100, [64, 8], [(0.0, 1e-15), (0.0, 1e15)])):
        for m, d in inputs:
            kind = "one array" if batches == 0 else f"{batches} batches"
            found.append({"kind": "adapt", "layer": "Normalization", "config": {"axis": -1}, "batches": batches,
                          "shape": shape, "mean": m, "deviation": d,
                          "name": f"{kind} of [{shape[0]}, {shape[1]}]; mean {m:g}, deviation {d:g}"})
    seeds = {}  # layers that are given the same numbers have the same input
    for case in found:
        key = (case["layer"], str(case["shape"]), str(case["config"].get("axis")), case.get("batches"),
               case["mean"], case["deviation"], case["name"] if case["kind"] in ("spectral", "weight") else "")
        case["seed"] = seeds.setdefault(key, 90001 + 7919 * len(seeds))
    return found


def fast_lcg(shape, seed, low=-1.0, high=1.0):
    """common.lcg for large arrays; the main process checks that both agree."""
    count = int(np.prod(shape))
    with np.errstate(over="ignore"):
        powers = np.cumprod(np.full(count, 1664525, np.uint32), dtype=np.uint32)
        before = np.cumsum(np.concatenate([np.ones(1, np.uint32), powers[:-1]]), dtype=np.uint32)
        x = powers * np.uint32(seed) + before * np.uint32(1013904223)
    unit = (x >> np.uint32(8)).astype(np.float64) / 16777216.0
    return (low + (high - low) * unit).astype(np.float32).reshape(shape)


def make_x(case, shape=None):
    u = fast_lcg(case["shape"] if shape is None else shape, case["seed"]).astype(np.float64)
    return (case["mean"] + (case["deviation"] * SQRT3) * u).astype(np.float32)


def affine_names(case):
    if case["layer"] == "UnitNormalization":
        return []
    if case["layer"] == "RMSNormalization" or case["config"].get("rms_scaling"):
        return ["gamma"]
    return ["gamma", "beta"]


def axes_of(case):
    rank = len(case["shape"])
    axis = case["config"]["axis"]
    return sorted(a % rank for a in (axis if isinstance(axis, list) else [axis]))


def problem(case):
    """The float32 arrays of a case."""
    seed = case["seed"]
    if case["kind"] == "adapt":
        batches = case["batches"]
        return {"x": make_x(case, case["shape"] if batches == 0 else [batches, *case["shape"]])}
    x = make_x(case)
    if case["kind"] == "statistics":
        sizes = [case["shape"][a] for a in axes_of(case)]
        made = {"gamma": fast_lcg(sizes, seed + 1, 0.5, 1.5), "beta": fast_lcg(sizes, seed + 2, -0.5, 0.5)}
        return {"x": x, "dy": fast_lcg(case["shape"], seed + 500009),
                **{name: made[name] for name in affine_names(case)}}
    inner = [case["shape"][-1], case["units"]]
    kernel = (case["scale"] * fast_lcg(inner, seed + 1).astype(np.float64)).astype(np.float32)
    low, name = (0.1, "u") if case["kind"] == "spectral" else (0.5, "g")
    high, size = (1.0, [1, case["units"]]) if case["kind"] == "spectral" else (1.5, [case["units"]])
    return {"x": x, "kernel": kernel, name: fast_lcg(size, seed + 2, low, high),
            "dy": fast_lcg([case["shape"][0], case["units"]], seed + 500009)}


# ---- The truth, in float64 -----------------------------------------------------------------------


def true_statistics(case, x, dy, gamma=None, beta=None):
    shape, layer, config = list(x.shape), case["layer"], case["config"]
    axes = axes_of(case)
    everything = set(range(x.ndim))
    view, coefficient = shape, axes  # the axes of gamma and beta
    if layer in ("GroupNormalization", "InstanceNormalization"):
        (a,) = axes
        groups = config.get("groups", shape[a])
        view = [*shape[:a], groups, shape[a] // groups, *shape[a + 1:]]
        coefficient = [a, a + 1]
        reduced = tuple(i for i in range(len(view)) if i not in (0, a))
    elif "BatchNormalization" in layer:
        reduced = tuple(sorted(everything - set(axes)))
    else:
        reduced = tuple(axes)
    over = tuple(i for i in range(len(view)) if i not in coefficient)
    spread = [view[i] if i in coefficient else 1 for i in range(len(view))]
    x, dy = x.reshape(view), dy.reshape(view)
    gamma = 1.0 if gamma is None else gamma.reshape(spread)
    mean_of = lambda a: a.mean(axis=reduced, keepdims=True)  # noqa: E731
    mean = mean_of(x)
    mean = mean + mean_of(x - mean)  # the rounding error of the first pass
    variance = mean_of((x - mean) ** 2)
    g = dy * gamma
    if layer == "UnitNormalization":
        norm = np.maximum(np.sqrt((x * x).sum(axis=reduced, keepdims=True)), 1e-12)
        hat = x / norm
        return {"output": hat, "dx": (g - hat * (g * hat).sum(axis=reduced, keepdims=True)) / norm}
    if layer == "RMSNormalization":
        inverse = 1 / np.sqrt(mean_of(x * x) + config["epsilon"])
        hat = x * inverse
        dx = inverse * (g - hat * mean_of(g * hat))
    elif config.get("rms_scaling"):
        inverse = 1 / np.sqrt(variance + config["epsilon"])
        hat = x * inverse
        dx = inverse * (g - (x - mean) * inverse * mean_of(g * hat))
    else:
        inverse = 1 / np.sqrt(variance + config["epsilon"])
        hat = (x - mean) * inverse
        dx = inverse * (g - mean_of(g) - hat * mean_of(g * hat))
    result = {"output": hat * gamma, "dx": dx, "dgamma": (dy * hat).sum(axis=over)}
    if beta is not None:
        result["output"] = result["output"] + beta.reshape(spread)
        result["dbeta"] = dy.sum(axis=over)
    if "BatchNormalization" in layer:
        result |= {"movingMean": mean, "movingVariance": variance}
    return result


def true_spectral(case, x, dy, kernel, u):
    for _ in range(case["config"]["power_iterations"]):
        v = u @ kernel.T
        v = v / np.sqrt((v * v).sum())
        u = v @ kernel
        u = u / np.sqrt((u * u).sum())
    kernel = kernel / (v @ kernel @ u.T)
    return {"output": x @ kernel, "dx": dy @ kernel.T, "kernel": kernel, "vectorU": u}


def true_weight(case, x, dy, kernel, g):
    norm = np.sqrt((kernel * kernel).sum(axis=0))
    direction = kernel / norm
    dkernel = x.T @ dy
    dg = (dkernel * direction).sum(axis=0)
    return {"output": x @ (g * direction), "dx": dy @ (g * direction).T, "dg": dg,
            "dv": (g / norm) * (dkernel - direction * dg)}


def true_adapt(case, x):
    features = x.reshape(-1, x.shape[-1])
    mean = features.mean(axis=0)
    mean = mean + (features - mean).mean(axis=0)
    variance = ((features - mean) ** 2).mean(axis=0)
    return {"mean": mean, "variance": variance, "output": (features[:8] - mean) / np.maximum(np.sqrt(variance), 1e-7)}


TRUTHS = {"statistics": true_statistics, "spectral": true_spectral, "weight": true_weight, "adapt": true_adapt}


def truth(case, data):
    return TRUTHS[case["kind"]](case, **{name: a.astype(np.float64) for name, a in data.items()})


# ---- One library, in a subprocess ----------------------------------------------------------------


def keras_gradients(backend, layer, x, dy):
    """The output, the gradients of x and of the trainable weights, and the other weights after the call."""
    mode = {"training": True} if "training" in inspect.signature(layer.call).parameters else {}
    if backend == "tensorflow":
        import tensorflow as tf

        xt = tf.constant(x)
        with tf.GradientTape() as tape:
            tape.watch(xt)
            y = layer(xt, **mode)
        weights = [v.value for v in layer.trainable_weights]
        dx, *grads = tape.gradient(y, [xt, *weights], output_gradients=tf.constant(dy))
        return y, dx, grads, layer.non_trainable_variables
    if backend == "jax":
        import jax

        fixed = [v.value for v in layer.non_trainable_variables]
        call = lambda xj, params: layer.stateless_call(params, fixed, xj, **mode)  # noqa: E731
        y, pull, state = jax.vjp(call, jax.numpy.asarray(x), [v.value for v in layer.trainable_variables], has_aux=True)
        dx, grads = pull(jax.numpy.asarray(dy))
        return y, dx, grads, state
    import torch

    xt = torch.tensor(x, requires_grad=True)
    y = layer(xt, **mode)
    y.backward(torch.tensor(dy))
    return y, xt.grad, [v.value.grad for v in layer.trainable_weights], layer.non_trainable_variables


def with_keras(backend, case, data):
    import keras

    config = dict(case["config"])
    kind, name, x = case["kind"], case["layer"], data["x"]
    if kind == "weight" or (name == "SyncBatchNormalization" and backend != "tensorflow"):
        return {}
    if name == "LayerNormalization" and backend == "torch" and case["config"]["axis"] == 1:
        return {}  # an error: there it takes the last axes alone
    if kind == "adapt":
        layer = keras.layers.Normalization(**config)
        layer.adapt(x if case["batches"] == 0 else list(x))
        found = {"mean": layer.adapt_mean, "variance": layer.adapt_variance,
                 "output": layer(x.reshape(-1, x.shape[-1])[:8])}
    elif kind == "spectral":
        inner = keras.layers.Dense(case["units"], use_bias=False)
        layer = keras.layers.SpectralNormalization(inner, **config)
        layer.build(x.shape)
        layer.kernel.assign(data["kernel"])
        layer.vector_u.assign(data["u"])
        u, kernel = layer.normalized_weights()
        found = {"kernel": keras.ops.convert_to_numpy(kernel), "vectorU": keras.ops.convert_to_numpy(u)}
        y, dx, _, _ = keras_gradients(backend, layer, x, data["dy"])
        found |= {"output": y, "dx": dx}
    else:
        if name == "InstanceNormalization":
            name, config = "GroupNormalization", {**config, "groups": -1}
        if name == "SyncBatchNormalization":
            name, config = "BatchNormalization", {**config, "synchronized": True}
        layer = getattr(keras.layers, name)(**config, dtype="float32")
        layer.build(x.shape)
        for weight in layer.trainable_weights:
            weight.assign(data["beta" if weight.name == "beta" else "gamma"])
        y, dx, grads, state = keras_gradients(backend, layer, x, data["dy"])
        found = {"output": y, "dx": dx}
        for weight, gradient in zip(layer.trainable_weights, grads):
            found["dbeta" if weight.name == "beta" else "dgamma"] = gradient
        if name == "BatchNormalization":
            found |= {"movingMean": state[0], "movingVariance": state[1]}
    return {"": {k: keras.ops.convert_to_numpy(v) for k, v in found.items()}}


def with_torch(case, data):
    """PyTorch's own functions, where they have the same meaning; channels last as a layout of memory besides."""
    import torch
    import torch.nn.functional as F

    kind, name, config = case["kind"], case["layer"], case["config"]
    if kind == "weight":
        layer = torch.nn.Linear(data["x"].shape[-1], case["units"], bias=False)
        layer = torch.nn.utils.parametrizations.weight_norm(layer, dim=0)
        g, v = layer.parametrizations.weight.original0, layer.parametrizations.weight.original1
        with torch.no_grad():
            g.copy_(torch.tensor(data["g"]).reshape(-1, 1))
            v.copy_(torch.tensor(data["kernel"].T.copy()))
        x = torch.tensor(data["x"], requires_grad=True)
        y = layer(x)
        y.backward(torch.tensor(data["dy"]))
        found = {"output": y, "dx": x.grad, "dg": g.grad.reshape(-1), "dv": v.grad.T}
        return {"": {k: t.detach().numpy() for k, t in found.items()}}
    if kind != "statistics" or name == "SyncBatchNormalization" or config.get("rms_scaling"):
        return {}
    axes, rank = axes_of(case), len(case["shape"])
    channels = name in ("BatchNormalization", "GroupNormalization", "InstanceNormalization")
    isLast = channels and axes == [rank - 1]
    if not channels and name != "UnitNormalization" and axes != list(range(rank - len(axes), rank)):
        return {}
    results = {}
    for layout in ("", ".channels_last") if isLast else ("",):
        memory = torch.channels_last if layout else torch.contiguous_format
        first = lambda a: torch.tensor(a).permute(0, 3, 1, 2).contiguous(memory_format=memory) if isLast else torch.tensor(a)  # noqa: E731
        last = lambda t: t.permute(0, 2, 3, 1) if isLast else t  # noqa: E731
        x = first(data["x"]).requires_grad_()
        w, b = (torch.tensor(data[k], requires_grad=True) if k in data else None for k in ("gamma", "beta"))
        found = {}
        if name == "BatchNormalization":
            found = {"movingMean": torch.zeros(16), "movingVariance": torch.ones(16)}
            y = F.batch_norm(x, *found.values(), w, b, training=True, momentum=1.0, eps=config["epsilon"])
        elif name == "GroupNormalization":
            y = F.group_norm(x, config["groups"], w, b, eps=config["epsilon"])
        elif name == "InstanceNormalization":
            y = F.instance_norm(x, weight=w, bias=b, eps=config["epsilon"])
        elif name == "LayerNormalization":
            y = F.layer_norm(x, list(w.shape), w, b, eps=config["epsilon"])
        elif name == "RMSNormalization":
            y = F.rms_norm(x, list(w.shape), w, eps=config["epsilon"])
        else:
            y = F.normalize(x, dim=tuple(axes), eps=1e-12)
        y.backward(first(data["dy"]))
        found |= {"output": last(y), "dx": last(x.grad)}
        found |= {key: t.grad for key, t in (("dgamma", w), ("dbeta", b)) if t is not None}
        results[layout] = {k: t.detach().contiguous().numpy() for k, t in found.items()}
    return results


def worker(kind, path):
    arrays = {}
    for i, case in enumerate(all_cases()):
        data = problem(case)
        results = with_torch(case, data) if kind == "torch" else with_keras(kind.split(".")[1], case, data)
        for layout, values in results.items():
            for name, value in values.items():
                assert value.dtype == np.float32, (kind, case["name"], name, value.dtype)
                arrays[f"{i}/{kind}{layout}/{name}"] = value
    np.savez(path, **arrays)


def rms(a):
    return float(np.sqrt(np.mean(np.square(a))))


def error(actual, expected):
    if not np.all(np.isfinite(actual)):
        return None
    difference = actual.astype(np.float64).reshape(expected.shape) - expected
    size = rms(expected)
    return {"max": float(f"{np.max(np.abs(difference)) / size:.3g}"), "rms": float(f"{rms(difference) / size:.3g}")}


def main():
    import common

    found = {}
    labels = ("keras.tensorflow", "keras.jax", "keras.torch", "torch")
    with tempfile.TemporaryDirectory() as folder:
        for kind in labels:
            path = pathlib.Path(folder) / f"{kind}.npz"
            backend = kind.split(".")[1] if kind.startswith("keras") else "torch"
            env = {**os.environ, "KERAS_BACKEND": backend, "CUDA_VISIBLE_DEVICES": "", "TF_CPP_MIN_LOG_LEVEL": "3",
                   "JAX_PLATFORMS": "cpu"}
            subprocess.run([sys.executable, "-W", "ignore", __file__, "--worker", kind, str(path)], check=True, env=env)
            with np.load(path) as data:
                found.update({k: data[k] for k in data.files})
    assert np.array_equal(common.lcg([3, 700], 90001), fast_lcg([3, 700], 90001))
    assert np.array_equal(common.lcg([16], 5, 0.5, 1.5), fast_lcg([16], 5, 0.5, 1.5))
    cases = []
    for i, case in enumerate(all_cases()):
        data = problem(case)
        expected = truth(case, data)
        count = data["x"].size // case["shape"][-1]
        errors = {}
        for label in (*labels, "torch.channels_last"):
            for name, exact in expected.items():
                actual = found.get(f"{i}/{label}/{name}")
                if actual is None:
                    continue
                if name == "movingVariance" and label.startswith("torch"):
                    exact = exact * count / (count - 1)
                errors.setdefault(label, {})[name] = error(actual, exact)
        x = data["x"].reshape(-1)
        cases.append({
            **case,
            "sample": [float(v) for v in (*x[:3], x[-1])],
            "truthRms": {name: float(f"{rms(a):.12g}") for name, a in expected.items()},
            "errors": errors,
        })
        print(f"{case['layer']}, {case['name']}")
        for label, sizes in errors.items():
            print("  ", label.ljust(20), " ".join(f"{k} {v['max']:.1e}/{v['rms']:.1e}" if v else f"{k} not finite"
                                                   for k, v in sizes.items()))
    import jax
    import torch

    common.write(
        "normalization-precision", cases, common.versions(jax=jax.__version__, torch=torch.__version__),
        note="float32 errors of other libraries' normalization layers against float64 truth. The inputs are those of lcg; "
        "the script says how they are made.",
    )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--worker"]:
        worker(*sys.argv[2:])
    else:
        main()
