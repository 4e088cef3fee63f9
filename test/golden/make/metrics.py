"""Metrics over sequences of updates, and the metrics of the strings "accuracy" and "crossentropy": test/golden/metrics.json.

Run from the repository root, in an environment with keras==3.15.1 and tensorflow:

    python test/golden/make/metrics.py

Fields of a case of kind "metric":
  metric, dtype, options  the class, and the arguments of its constructor; everything is float64, except that the top-k metrics
                          are float32: TensorFlow has no in_top_k for float64
  serialized              the JSON string of serialize_keras_object(), without a dtype
  updates                 the arguments of each update_state: {"yTrue", "yPred", "sampleWeight"}, or {"values", "sampleWeight"}
  results                 result() after each update
  variables               name and value of the metric's variables at the end, in order
  error                   class and message of the exception of the update after the last result
  note, tolerance         as in test/golden/README.md

Kind "resolve": a model with outputs of shape [null, ...outputShape] is compiled with "loss" and metrics=[identifier] and given
targets of shape [batch, ...targetShape]; "metricClass", "metricName" and "metricFunction" are Keras's choice, "lossFunction" the
function of the loss and "logKeys" the names in the logs; "error" is the exception's class and message.
"""

import json
import warnings

from common import array, lcg, np, versions, write
import keras

warnings.simplefilter("ignore")
keras.config.set_floatx("float64")
keras.config.set_dtype_policy("float64")
M = keras.metrics
cases = []


def tolerance(cls, dtype, options):
    """The bound where Keras's own rounding is larger than the tests' default of 1e-9."""
    if dtype == "float32":
        return {"rtol": 1e-6, "atol": 1e-6, "reason": "TensorFlow computes this in float32 only"}
    if cls == "LogCoshError":
        return {"rtol": 1e-7, "atol": 1e-7, "reason": "Keras holds log(2) in float32"}
    if cls.endswith("IoU"):
        return {"rtol": 3e-7, "atol": 1e-9, "reason": "Keras computes overlaps in float32"}
    if options.get("num_regressors"):
        return {"rtol": 3e-7, "atol": 1e-9, "reason": "Keras adjusts scores for regressors in float32"}
    return None


def case(cls, updates, note=None, labels="int32", **options):
    """`labels`: the dtype of integers among the targets and predictions."""
    keras.backend.clear_session()  # names are numbered in a session
    dtype = "float32" if "TopK" in cls else "float64"
    metric = getattr(M, cls)(**options, dtype=dtype)
    serialized = keras.saving.serialize_keras_object(metric)
    serialized["config"].pop("dtype", None)
    record = {"kind": "metric", "metric": cls, "dtype": dtype, "options": options, "serialized": json.dumps(serialized), "updates": [], "results": []}
    if note:
        record["note"] = note
    bound = tolerance(cls, dtype, options)
    if bound:
        record["tolerance"] = bound
    cases.append(record)
    for update in updates:
        *given, weight = update
        given = [np.asarray(g) for g in given]
        given = [g.astype(dtype if g.dtype.kind == "f" else labels) for g in given]
        weight = None if weight is None else np.asarray(weight, dtype)
        names = ("values",) if len(given) == 1 else ("yTrue", "yPred")
        record["updates"].append({**{n: array(g) for n, g in zip(names, given)}, "sampleWeight": None if weight is None else array(weight)})
        try:
            metric.update_state(*given, sample_weight=weight)
            record["results"].append(array(np.asarray(metric.result(), "float64")))
        except Exception as e:  # noqa: BLE001 - recorded
            record["error"] = [type(e).__name__, str(e).strip()[:300]]
            print("error:", cls, options, [g.shape for g in given], record["error"])
            break
    record["variables"] = [{"name": v.name, "value": array(np.asarray(v.numpy(), "float64"))} for v in metric.variables]


def means():
    """Mean, Sum, accuracies, and means of losses."""
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


def counts():
    """Metrics that count how predictions and targets agree, R2, and overlaps of labels."""
    case = count
    W = [0.5, 2.0, 0.0, 1.25]
    BITS, BITS2 = (lcg((4, 3), 5) > 0) * 1.0, (lcg((4, 3), 6) > 0) * 1.0
    PROB, PROB2 = lcg((4, 3), 7, 0.0, 1.0), lcg((4, 3), 8, 0.0, 1.0)
    WC = lcg((4, 3), 30, 0.0, 2.0)
    EDGES = [0.0, 0.25, 0.5, 0.75, 1.0, 0.1, 0.9, 0.5]
    EDGE_BITS = [0, 1, 1, 0, 1, 1, 0, 0]
    BOTH = [(BITS, PROB, None), (BITS2, PROB2, W), (BITS, PROB2, WC)]

    for cls in ("TruePositives", "TrueNegatives", "FalsePositives", "FalseNegatives", "Precision", "Recall"):
        case(cls, BOTH)
        case(cls, [(BITS[:, 0], PROB[:, 0], None), (BITS[:, 0], PROB[:, 0], W), (BITS[:, :1], PROB[:, 0], W), (BITS[:, 0], PROB[:, :1], W)])
        case(cls, [(EDGE_BITS, EDGES, None)])
        case(cls, BOTH, thresholds=0.3)
        case(cls, [*BOTH, (EDGE_BITS, EDGES, None)], thresholds=[0.2, 0.5, 0.9])
        case(cls, [*BOTH, (EDGE_BITS, EDGES, None)], thresholds=[0.0, 0.25, 0.5, 0.75, 1.0], note="thresholds spread evenly")
    for cls in ("Precision", "Recall"):
        case(cls, [(BITS, PROB, None), (BITS2, PROB2, W)], top_k=2)
        case(cls, [(BITS, np.round(PROB), None)], top_k=2, note="ties")
        case(cls, [(BITS, PROB, None), (BITS2, PROB2, W)], class_id=1)
        case(cls, [(BITS, PROB, None), (BITS2, PROB2, W)], class_id=0, top_k=1, thresholds=0.4)
        case(cls, [(0 * BITS, 0 * PROB, None)], note="nothing is positive")
    for curve in ("ROC", "PR", "PRGAIN"):
        for summation_method in ("interpolation", "minoring", "majoring"):
            case("AUC", BOTH, curve=curve, summation_method=summation_method, num_thresholds=11)
        case("AUC", [(EDGE_BITS, EDGES, None)], curve=curve)
        case("AUC", BOTH, curve=curve, thresholds=[0.7, 0.2, 0.4])
        case("AUC", BOTH, curve=curve, thresholds=[0.25, 0.5, 0.75], note="thresholds spread evenly")
        case("AUC", [(BITS, PROB, None), (BITS2, PROB2, W)], curve=curve, num_thresholds=6, multi_label=True)
        case("AUC", [(BITS, PROB, None)], curve=curve, num_thresholds=6, multi_label=True, num_labels=3, label_weights=[0.5, 2.0, 1.0])
        case("AUC", [(BITS, PROB, None), (BITS2, PROB2, W)], curve=curve, thresholds=[0.3, 0.4], multi_label=True)
    case("AUC", [(BITS, 4 * PROB - 2, None)], from_logits=True)
    case("AUC", [(BITS, PROB, None), (BITS2, PROB2, W)], num_thresholds=6, label_weights=[0.5, 2.0, 1.0])
    case("AUC", [(BITS, PROB, None), (BITS2, PROB2, W)], thresholds=[0.3, 0.4], label_weights=[0.5, 2.0, 1.0])
    case("AUC", [(BITS[:, 0], PROB[:, 0], None), (BITS[:, :1], PROB[:, :1], W)])
    HOT = np.eye(3)[[2, 0, 1, 0]]
    for average in (None, "micro", "macro", "weighted"):
        case("F1Score", [(HOT, PROB, None), (BITS, PROB2, W)], average=average)
        case("F1Score", [(HOT, PROB, None), (BITS, PROB2, W)], average=average, threshold=0.4)
        case("FBetaScore", [(HOT, PROB, None), (BITS, PROB2, W)], average=average, beta=2.0)
        case("FBetaScore", [(HOT, np.round(PROB), None)], average=average, beta=0.5, note="ties, and rows of zeros")
    T, P = lcg((4, 3), 1, -2.0, 2.0), lcg((4, 3), 2, -2.0, 2.0)
    for aggregation in (None, "uniform_average", "variance_weighted_average"):
        case("R2Score", [(T, P, None), (P, T, W)], class_aggregation=aggregation)
        case("R2Score", [(T, P, None), (P, T, None)], class_aggregation=aggregation, num_regressors=2)
    case("R2Score", [(T, T, None)])
    case("R2Score", [(T[:, :1], P[:, :1], None), (T[:, :1], P[:, 0], W)])
    case("R2Score", [(T, P, WC)])
    case("R2Score", [(np.ones((4, 2)), P[:, :2], None)], note="targets that are all alike")
    LABELS, GUESSES = [0, 2, 1, 1, 2, 0], [0, 1, 1, 2, 2, 0]
    case("MeanIoU", [(LABELS, GUESSES, None), ([[0, 1], [2, 2]], [[0, 0], [2, 1]], [[0.5, 1.0], [2.0, 0.0]])], num_classes=3)
    case("MeanIoU", [(LABELS, GUESSES, None), ([0, 0], [0, 1], [1.0, 0.5])], num_classes=4, note="a class that never comes")
    case("MeanIoU", [(LABELS, GUESSES, None)], num_classes=3, ignore_class=0)
    case("MeanIoU", [([0, 7, 1, -1], [0, 1, 9, 1], None)], num_classes=3, note="labels that are no class")
    case("MeanIoU", [(HOT, PROB, None)], num_classes=3, sparse_y_true=False, sparse_y_pred=False)
    case("IoU", [(LABELS, GUESSES, None)], num_classes=3, target_class_ids=[0, 2])
    case("BinaryIoU", [(EDGE_BITS, EDGES, None), (BITS, PROB, WC)])
    case("BinaryIoU", [(EDGE_BITS, EDGES, None)], target_class_ids=[1], threshold=0.3)


def thresholds():
    """Metrics at the best threshold, overlaps of one-hot targets, and correlations."""
    case = count
    W, WC = [0.5, 2.0, 0.0, 1.25], lcg((4, 3), 30, 0.0, 2.0)
    BITS, BITS2 = (lcg((4, 3), 5) > 0) * 1.0, (lcg((4, 3), 6) > 0) * 1.0
    PROB, PROB2 = lcg((4, 3), 7, 0.0, 1.0), lcg((4, 3), 8, 0.0, 1.0)
    EDGES, EDGE_BITS = [0.0, 0.25, 0.5, 0.75, 1.0, 0.1, 0.9, 0.5], [0, 1, 1, 0, 1, 1, 0, 0]
    HOT = np.eye(3)[[2, 0, 1, 0]]
    AT = {"SensitivityAtSpecificity": "specificity", "SpecificityAtSensitivity": "sensitivity", "PrecisionAtRecall": "recall", "RecallAtPrecision": "precision"}
    for cls, argument in AT.items():
        for least in (0.0, 0.3, 0.6, 1.0):
            case(cls, [(BITS, PROB, None), (BITS2, PROB2, W), (BITS, PROB2, WC)], **{argument: least})
        case(cls, [(EDGE_BITS, EDGES, None)], num_thresholds=5, note="predictions on the thresholds", **{argument: 0.4})
        case(cls, [(EDGE_BITS, EDGES, None)], num_thresholds=2, **{argument: 0.4})
        case(cls, [(EDGE_BITS, EDGES, None)], num_thresholds=1, **{argument: 0.4})
        case(cls, [(BITS, PROB, None), (BITS2, PROB2, W)], class_id=1, num_thresholds=11, **{argument: 0.5})
        case(cls, [(BITS[:, 0], PROB[:, 0], None), (BITS[:, :1], PROB[:, 0], W)], num_thresholds=11, **{argument: 0.5})
        case(cls, [(0 * BITS, PROB, None)], note="nothing is positive", num_thresholds=11, **{argument: 0.5})
        case(cls, [(0 * BITS + 1, PROB, None)], note="all is positive", num_thresholds=11, **{argument: 0.5})

    HOT2 = np.eye(3)[[1, 1, 0, 2]]
    PIXELS, GUESSES = np.eye(3)[[[0, 2], [1, 1]]], lcg((2, 2, 3), 9, 0.0, 1.0)
    case("OneHotIoU", [(HOT, PROB, None), (HOT2, PROB2, W)], num_classes=3, target_class_ids=[0, 2])
    case("OneHotIoU", [(PIXELS, GUESSES, None), (PIXELS, GUESSES, [[0.5, 1.0], [2.0, 0.0]])], num_classes=3, target_class_ids=[1])
    case("OneHotIoU", [(HOT, [2, 1, 1, 0], None)], num_classes=3, target_class_ids=[0, 1], sparse_y_pred=True)
    case("OneHotIoU", [(HOT, PROB, None)], num_classes=3, target_class_ids=[0, 1], ignore_class=2)
    case("OneHotIoU", [(HOT.T, PROB.T, None)], num_classes=3, target_class_ids=[0, 1], axis=0)
    case("OneHotMeanIoU", [(HOT, PROB, None), (HOT2, PROB2, W)], num_classes=3)
    case("OneHotMeanIoU", [(PIXELS, GUESSES, None), (PIXELS, GUESSES, [[0.5, 1.0], [2.0, 0.0]])], num_classes=3)
    case("OneHotMeanIoU", [(HOT, [2, 1, 1, 0], None)], num_classes=4, sparse_y_pred=True, note="a class that never comes")
    case("OneHotMeanIoU", [(HOT, PROB, None)], num_classes=3, ignore_class=0)

    T, P = lcg((4, 3), 1, -2.0, 2.0), lcg((4, 3), 2, -2.0, 2.0)
    T3, P3 = lcg((2, 4, 3), 3, -2.0, 2.0), lcg((2, 4, 3), 4, -2.0, 2.0)
    for cls in ("PearsonCorrelation", "ConcordanceCorrelation"):
        case(cls, [(T, P, None), (P, T, W)])
        case(cls, [(T, 3 * T + 1, None)], note="in a line")
        case(cls, [(T3, P3, None), (T3, P3, [0.5, 2.0]), (T3, P3, [[0.5, 2.0, 0.0, 1.0], [1.0, 1.0, 3.0, 0.25]])])
        case(cls, [(T3, P3, None), (T3, P3, [0.5, 2.0])], axis=1)
        case(cls, [(T3, P3, None), (T3, P3, [0.5, 2.0])], axis=(1, 2))
        case(cls, [(T, P, None)], axis=0)
        case(cls, [(T[:, 0], P[:, :1], None)], axis=0)
        case(cls, [(np.ones((4, 3)), P, None)], note="targets that are all alike")


def count(*args, **options):
    case(*args, labels="float64", **options)


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


def identifiers():
    """The metrics that strings stand for."""
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
    means()
    identifiers()
    counts()
    thresholds()
    write("metrics", cases, versions())
