"""Metrics at the best threshold, overlaps of one-hot targets, and correlations: test/golden/metrics3.json.

Run from the repository root, in an environment with keras==3.15.1 and tensorflow:

    python test/golden/make/metrics3.py

What the cases hold stands in metrics2.py, whose function makes them.
"""

from common import lcg, np, versions, write
import metrics2
from metrics2 import BITS, BITS2, EDGE_BITS, EDGES, HOT, PROB, PROB2, W, WC, case

cases = metrics2.cases
cases.clear()

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

if __name__ == "__main__":
    write("metrics3", cases, versions())
