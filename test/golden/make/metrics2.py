"""Metrics that count how predictions and targets agree, and R2: test/golden/metrics2.json.

Run from the repository root, in an environment with keras==3.15.1 and tensorflow:

    python test/golden/make/metrics2.py

State and floating inputs are float64. "metric" (class), "options", "serialized" (the JSON text of serialize_keras_object, without a
dtype), "updates" ({"yTrue", "yPred", "sampleWeight"} of each update_state call), "results": result() after each, "variables": the
names of the metric's variables in order, and their values at the end.
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


def case(cls, updates, note=None, **options):
    metric = getattr(M, cls)(**options, dtype="float64")
    serialized = keras.saving.serialize_keras_object(metric)
    del serialized["config"]["dtype"]
    record = {"metric": cls, "options": options, "serialized": json.dumps(serialized), "updates": [], "results": []}
    if note:
        record["note"] = note
    cases.append(record)
    for y_true, y_pred, weight in updates:
        y_true, y_pred = np.asarray(y_true, "float64"), np.asarray(y_pred, "float64")
        weight = None if weight is None else np.asarray(weight, "float64")
        metric.update_state(y_true, y_pred, sample_weight=weight)
        record["updates"].append({"yTrue": array(y_true), "yPred": array(y_pred), "sampleWeight": None if weight is None else array(weight)})
        record["results"].append(array(np.asarray(metric.result(), "float64")))
    record["variables"] = [{"name": v.name, "value": array(np.asarray(v.numpy(), "float64"))} for v in metric.variables]


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

if __name__ == "__main__":
    write("metrics2", cases, versions())
