"""Metrics over sequences of updates, and what "accuracy" and "crossentropy" resolve to: test/golden/metrics.json.

Run from the repository root, in an environment with keras==3.15.1 and tensorflow:

    python test/golden/make/metrics.py

All float64, except that the top-k metrics are float32 ("dtype"): TensorFlow has no in_top_k for float64. A case of kind "metric": "metric" (class), "options", "config" (get_config()), "updates": what each update_state call was
given, in order ({"yTrue", "yPred", "sampleWeight"}, or {"values", "sampleWeight"} for Mean and Sum), "results": result() after each
update, "variables": the names of the metric's variables in order, and their values at the end.

A case of kind "resolve": a model with outputs of shape [null, ...outputShape] is compiled with "loss" and metrics=[identifier] and
given targets of shape [batch, ...targetShape]; "metricClass", "metricName" and "metricFunction" say what Keras picked, "lossFunction"
which loss function was meant.
"""

import warnings

from common import array, lcg, np, versions, write
import keras

warnings.simplefilter("ignore")
keras.config.set_floatx("float64")
keras.config.set_dtype_policy("float64")
M = keras.metrics
cases = []


def floats(a):
    a = np.asarray(a)
    return a.astype(np.float64) if a.dtype.kind == "f" else a.astype(np.int32)


def case(cls, updates, note=None, **options):
    dtype = "float32" if "TopK" in cls else "float64"
    metric = getattr(M, cls)(**options, dtype=dtype)
    record = {"kind": "metric", "metric": cls, "dtype": dtype, "options": options, "config": {k: v for k, v in metric.get_config().items() if k != "dtype"},
              "updates": [], "results": []}
    if note:
        record["note"] = note
    cases.append(record)
    for update in updates:
        *given, weight = update
        given = [floats(g).astype(dtype if floats(g).dtype.kind == "f" else "int32") for g in given]
        weight = None if weight is None else np.asarray(weight, dtype)
        names = ("values",) if len(given) == 1 else ("yTrue", "yPred")
        record["updates"].append({**{n: array(g) for n, g in zip(names, given)}, "sampleWeight": None if weight is None else array(weight)})
        try:
            metric.update_state(*given, sample_weight=weight)
            record["results"].append(float(metric.result()))
        except Exception as e:  # noqa: BLE001 - recorded
            record["error"] = [type(e).__name__, str(e).strip()[:300]]
            print("error:", cls, options, [g.shape for g in given], record["error"])
            break
    record["variables"] = [{"name": v.name, "value": array(v.numpy())} for v in metric.variables]


W, W1 = [0.5, 2.0, 0.0, 1.25], [[0.5], [2.0], [0.0], [1.25]]
WC = lcg((4, 3), 30, 0.0, 2.0)
T, P, T2, P2 = (lcg((4, 3), s, -2.0, 2.0) for s in (1, 2, 3, 4))
BITS, BITS2 = (lcg((4, 3), 5) > 0) * 1.0, (lcg((4, 3), 6) > 0) * 1.0
PROB, PROB2 = lcg((4, 3), 7, 0.02, 0.98), lcg((2, 3), 8, 0.02, 0.98)
POS, POS2 = lcg((4, 3), 9, 0.1, 3.0), lcg((4, 3), 10, 0.1, 3.0)
SOFT = PROB / PROB.sum(-1, keepdims=True, dtype=np.float64)
SOFT2 = PROB2 / PROB2.sum(-1, keepdims=True, dtype=np.float64)
HOT, HOT2 = np.eye(3)[[2, 0, 1, 0]], np.eye(3)[[1, 2]]
Y, Y2 = np.array([2, 0, 1, 0]), np.array([1, 2])

# Mean and Sum
for cls in ("Mean", "Sum"):
    case(cls, [([1.0, 3.0, 5.0, 7.0], None), ([2.0, 4.0], None)])
    case(cls, [([1.0, 3.0, 5.0, 7.0], [1, 1, 0, 0]), ([2.0, 4.0], None), ([9.0, 1.0], [0.5, 2.0])])
    case(cls, [(T, W), (T, W1), (T, WC)])
    case(cls, [(3.0, None), (5.0, 2.0)])
    case(cls, [(T, [0, 0, 0, 0])], note="weights that add up to 0")
    case(cls, [(T, 0.5), (P, None)], note="one weight for all")

# Accuracy and its kin
case("Accuracy", [([[1], [2], [3], [4]], [[0], [2], [3], [4]], None), ([[1], [2]], [[1], [1]], None)])
case("Accuracy", [([1, 2, 3, 4], [0, 2, 3, 4], W), ([1, 2, 3, 4], [0, 2, 3, 4], None)])
case("Accuracy", [([[1], [2], [3], [4]], [0, 2, 3, 4], W)])
for threshold in (0.5, 0.3, 0.75):
    case("BinaryAccuracy", [(BITS, PROB, None), (BITS2[:2], PROB2, None)], threshold=threshold)
    case("BinaryAccuracy", [(BITS, PROB, W), (BITS, PROB, W1), (BITS2, PROB, None)], threshold=threshold)
case("BinaryAccuracy", [([1, 0, 1, 0], PROB[:, :1], None), ([[1], [0], [1], [0]], PROB[:, 0], W)])
case("BinaryAccuracy", [([[1.0], [0.0], [1.0], [0.0]], [[0.5], [0.5], [0.50001], [0.49999]], None)], note="exactly at the threshold")
case("BinaryAccuracy", [([[0.7], [0.2], [0.5]], [[0.9], [0.1], [0.9]], None)], note="soft targets")
case("CategoricalAccuracy", [(HOT, SOFT, None), (HOT2, SOFT2, None)])
case("CategoricalAccuracy", [(HOT, SOFT, W), (HOT, SOFT, W1), (HOT2, SOFT2, [1, 0])])
case("CategoricalAccuracy", [([[0.0, 1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]], [[0.4, 0.4, 0.2], [0.4, 0.4, 0.2], [0.2, 0.4, 0.4]], None)], note="ties: the first maximum")
case("CategoricalAccuracy", [(np.eye(3)[[[0, 1], [2, 2]]], lcg((2, 2, 3), 12), None), (np.eye(3)[[[0, 1], [2, 2]]], lcg((2, 2, 3), 12), [0.5, 2.0])])
case("SparseCategoricalAccuracy", [(Y, SOFT, None), (Y2, SOFT2, None)])
case("SparseCategoricalAccuracy", [(Y.reshape(-1, 1), SOFT, None), (Y2.reshape(-1, 1), SOFT2, None)])
case("SparseCategoricalAccuracy", [(Y, SOFT, W), (Y.reshape(-1, 1), SOFT, W1), (Y2, SOFT2, [1, 0])])
case("SparseCategoricalAccuracy", [([1, 0, 2], [[0.4, 0.4, 0.2], [0.4, 0.4, 0.2], [0.2, 0.4, 0.4]], None)], note="ties: the first maximum")
case("SparseCategoricalAccuracy", [([[0, 1], [2, 2]], lcg((2, 2, 3), 12), None), ([[0, 1], [2, 2]], lcg((2, 2, 3), 12), [[0.5, 1.0], [2.0, 0.0]])])
case("SparseCategoricalAccuracy", [([1.0, 0.0, 2.0], SOFT[:3], None)], note="float labels")
SCORES = lcg((5, 8), 13)
SCORES2 = lcg((3, 8), 14)
TIED = np.array([[0.5, 0.5, 0.5, 0.1], [0.1, 0.5, 0.5, 0.5], [0.2, 0.2, 0.2, 0.2], [0.9, 0.1, 0.1, 0.0]])
for k in (1, 2, 3, 5):
    hot = np.eye(8)
    case("TopKCategoricalAccuracy", [(hot[[3, 1, 7, 0, 5]], SCORES, None), (hot[[2, 2, 6]], SCORES2, [1.0, 0.5, 2.0])], k=k)
    case("SparseTopKCategoricalAccuracy", [([3, 1, 7, 0, 5], SCORES, None), ([2, 2, 6], SCORES2, [1.0, 0.5, 2.0])], k=k)
    case("SparseTopKCategoricalAccuracy", [([[3], [1], [7], [0], [5]], SCORES, None)], k=k)
    for labels in ([0, 1, 0, 1], [2, 3, 3, 2], [1, 2, 1, 3], [3, 0, 2, 0]):
        if k < 4:
            case("TopKCategoricalAccuracy", [(np.eye(4)[labels], TIED, None)], k=k, note="ties")
            case("SparseTopKCategoricalAccuracy", [(labels, TIED, None)], k=k, note="ties")
case("TopKCategoricalAccuracy", [(np.eye(8)[[3, 1, 7, 0, 5]], SCORES, None)], note="k is 5 by default")
case("SparseTopKCategoricalAccuracy", [([[3, 1], [7, 0]], lcg((2, 2, 8), 15), None), ([[3, 1], [7, 0]], lcg((2, 2, 8), 15), [0.5, 2.0])], k=2)
case("SparseTopKCategoricalAccuracy", [([[3, 1], [7, 0]], lcg((2, 2, 8), 15), [[0.5, 1.0], [2.0, 0.0]])], k=2)
case("SparseTopKCategoricalAccuracy", [([3, 1], lcg((2, 3), 15), None)], k=3, note="a label that is not a class")
case("SparseTopKCategoricalAccuracy", [([0, 1], lcg((2, 3), 15), None)], k=5, note="k above the number of classes")
case("SparseTopKCategoricalAccuracy", [([0, 1], [[np.nan, 0.5, 0.4], [0.1, 0.2, 0.9]], None)], k=1, note="NaN")

# Means of losses
for cls, t, p in (("MeanSquaredError", T, P), ("MeanAbsoluteError", T, P), ("RootMeanSquaredError", T, P),
                  ("MeanAbsolutePercentageError", POS, POS2), ("MeanSquaredLogarithmicError", POS, POS2), ("LogCoshError", T, P),
                  ("CosineSimilarity", T, P), ("Poisson", POS, POS2), ("KLDivergence", SOFT[::-1], SOFT), ("Hinge", BITS, P),
                  ("SquaredHinge", BITS, P), ("CategoricalHinge", HOT, SOFT), ("BinaryCrossentropy", BITS, PROB),
                  ("CategoricalCrossentropy", HOT, SOFT)):
    case(cls, [(t, p, None), (t[:2], p[1:3], None)])
    case(cls, [(t, p, W), (t[:3], p[1:4], None), (t, p, W1)])
    case(cls, [(t[:, 0], p[:, 0], None), (t[:, 0], p[:, 0], W)] if cls in ("MeanSquaredError", "MeanAbsoluteError", "RootMeanSquaredError") else [(t, p, W1)])
for cls in ("MeanSquaredError", "MeanAbsoluteError", "RootMeanSquaredError"):
    case(cls, [(T[:, 0], P[:, :1], None), (T[:, :1], P[:, 0], W)], note="[B] against [B, 1]")
case("RootMeanSquaredError", [(T, P, WC)], note="a weight for each element")
case("BinaryCrossentropy", [(BITS, 4 * P, None), (BITS2, P2, W)], from_logits=True, label_smoothing=0.1)
case("CategoricalCrossentropy", [(HOT, 4 * P, None), (HOT, P2, W)], from_logits=True, label_smoothing=0.1)
case("SparseCategoricalCrossentropy", [(Y, SOFT, None), (Y.reshape(-1, 1), SOFT, W), (Y2, SOFT2, None)])
case("SparseCategoricalCrossentropy", [(Y, 4 * P, None), (Y, P2, W)], from_logits=True)
case("SparseCategoricalCrossentropy", [(Y, SOFT, None), (Y2, SOFT2, [1.0, 0.5])], ignore_class=0)
case("CosineSimilarity", [(T, P, None)], axis=0)
for cls in ("Precision", "Recall"):
    case(cls, [(BITS, PROB, None), (BITS2, PROB, W1)])
    case(cls, [(BITS[:, 0], PROB[:, 0], None)], thresholds=0.3)


# What the strings resolve to
def resolve(identifier, loss, output, target):
    model = keras.Sequential([keras.Input(output), keras.layers.Activation("linear")])
    model.compile(optimizer="sgd", loss=loss, metrics=[identifier])
    x = np.abs(lcg((4, *output), 50)) + 0.1
    y = np.zeros((4, *target))
    record = {"kind": "resolve", "identifier": identifier, "loss": loss, "outputShape": list(output), "targetShape": list(target)}
    cases.append(record)
    try:
        logs = model.test_on_batch(x, y, return_dict=True)
    except Exception as e:  # noqa: BLE001 - recorded
        record["error"] = [type(e).__name__, str(e).strip()[:300]]
        print("error:", record)
        return
    metric = model._compile_metrics.metrics[0]
    fn = model._compile_loss._flat_losses[0].loss if hasattr(model._compile_loss._flat_losses[0], "loss") else model._compile_loss._flat_losses[0]
    fn = getattr(fn, "fn", fn)
    record.update(metricClass=type(metric).__name__, metricName=metric.name,
                  metricFunction=getattr(getattr(metric, "_fn", None), "__name__", None),
                  lossFunction=getattr(fn, "__name__", type(fn).__name__), logKeys=list(logs))


for identifier in ("accuracy", "acc", "Accuracy", "crossentropy", "ce", "binary_accuracy", "mse", "MSE", "mae", "MeanSquaredError",
                   "mean_squared_error", "categorical_accuracy", "categorical_crossentropy", "sparse_categorical_accuracy", "binary_crossentropy"):
    if identifier in ("accuracy", "acc", "Accuracy"):
        shapes = [((1,), (1,)), ((1,), ()), ((3,), (3,)), ((3,), (1,)), ((3,), ()), ((2, 3), (2, 3)), ((2, 3), (2, 1)), ((2, 3), (2,)), ((2, 1), (2, 1)), ((2, 1), (2,))]
    else:
        shapes = [((3,), (1,)) if identifier.startswith("sparse") else ((3,), (3,))]
    for output, target in shapes:
        resolve(identifier, "mse" if target == output else "crossentropy", output, target)
for loss, output, target in (("binary_crossentropy", (1,), (1,)), ("binary_crossentropy", (1,), ()), ("binary_crossentropy", (3,), (3,)),
                             ("categorical_crossentropy", (3,), (3,)), ("sparse_categorical_crossentropy", (3,), (1,)),
                             ("sparse_categorical_crossentropy", (3,), ()), ("mse", (1,), (1,)), ("mse", (1,), ()), ("mse", (3,), (3,)),
                             ("crossentropy", (1,), (1,)), ("ce", (3,), (3,)), ("crossentropy", (3,), ()), ("hinge", (1,), (1,)),
                             ("sparse_categorical_crossentropy", (2, 2, 3), (2, 2)), ("sparse_categorical_crossentropy", (2, 2, 3), (2, 2, 1)),
                             ("binary_crossentropy", (2, 2, 1), (2, 2, 1))):
    resolve("accuracy", loss, output, target)

if __name__ == "__main__":
    write("metrics", cases, versions())
