"""Losses and their gradients with respect to y_pred: test/golden/losses.json.

Run from the repository root, in an environment with keras==3.15.1 and tensorflow:

    python test/golden/make/losses.py

All float64 (epsilon 1e-7), TensorFlow backend, called as keras.losses.<loss>(**options)(yTrue, yPred, sampleWeight). "value" is a
scalar, or one value per sample with reduction "none" (or a masked shape). "gradient" is that of sum(dy * value) with respect to
yPred: dy is 1 where value is a scalar (dySeed null), otherwise lcg(value shape, dySeed). "mask", where given, is the Keras mask
attached to yPred. "error" (instead of value and gradient) is the exception's class and message.
"""

import warnings

from common import array, lcg, np, versions, write
import keras
import tensorflow as tf

warnings.simplefilter("ignore")
keras.config.set_floatx("float64")
keras.config.set_dtype_policy("float64")
cases = []


def case(cls, y_true, y_pred, weight=None, mask=None, note=None, **options):
    n = len(cases)
    y_true, y_pred = np.asarray(y_true), np.asarray(y_pred, np.float64)
    if y_true.dtype.kind == "f":
        y_true = y_true.astype(np.float64)
    elif y_true.dtype.kind == "i":
        y_true = y_true.astype(np.int32)
    record = {"loss": cls, "options": options, "yTrue": array(y_true), "yPred": array(y_pred),
              "sampleWeight": None if weight is None else array(np.asarray(weight, np.float64)),
              "mask": None if mask is None else array(np.asarray(mask, bool))}
    if note:
        record["note"] = note
    cases.append(record)
    try:
        loss = getattr(keras.losses, cls)(**options)
        record["config"] = loss.get_config()
        with tf.GradientTape() as tape:
            p = tf.constant(y_pred)
            tape.watch(p)
            if mask is not None:
                keras.src.backend.set_keras_mask(p, tf.constant(np.asarray(mask, bool)))
            value = loss(y_true, p, sample_weight=weight)
            dy_seed = None if value.shape == () else 7000 + n
            dy = 1.0 if dy_seed is None else tf.constant(lcg(tuple(value.shape), dy_seed).astype(np.float64))
            total = tf.reduce_sum(value * dy)
        gradient = tape.gradient(total, p)
        record.update(value=array(value.numpy()), dySeed=dy_seed, gradient=array(gradient.numpy()))
        assert value.dtype == tf.float64
    except Exception as e:  # noqa: BLE001 - recorded
        record["error"] = [type(e).__name__, str(e).strip()[:300]]
        print("error:", n, cls, options, y_true.shape, y_pred.shape, record["error"])


B = 4
WEIGHT = [0.5, 2.0, 0.0, 1.25]
WEIGHT2 = np.reshape(WEIGHT, (B, 1))
T = lcg((B, 3), 1, -2.0, 2.0)
P = lcg((B, 3), 2, -2.0, 2.0)
POSITIVE_T, POSITIVE_P = lcg((B, 3), 3, 0.0, 3.0), lcg((B, 3), 4, 0.05, 3.0)
BITS = (lcg((B, 3), 5) > 0).astype(np.float64)
PROB = lcg((B, 3), 6, 0.02, 0.98)
LOGITS = lcg((B, 3), 7, -4.0, 4.0)
SOFT = np.exp(LOGITS.astype(np.float64)) / np.exp(LOGITS.astype(np.float64)).sum(-1, keepdims=True)
ONEHOT = np.eye(3)[[2, 0, 1, 0]]
LABELS = np.array([2, 0, 1, 0])
IMAGE_P = lcg((2, 3, 2, 4), 8, 0.05, 0.95)
IMAGE_P = (IMAGE_P / IMAGE_P.sum(-1, keepdims=True)).astype(np.float64)
IMAGE_L = lcg((2, 3, 2, 4), 9, -3.0, 3.0)
IMAGE_Y = (np.arange(12).reshape(2, 3, 2) * 5 // 3) % 4
IMAGE_H = np.eye(4)[IMAGE_Y]
REDUCTIONS = ("sum_over_batch_size", "sum", "mean", "mean_with_sample_weight", "none")

SUITED = {
    "MeanSquaredError": (T, P), "MeanAbsoluteError": (T, P), "MeanAbsolutePercentageError": (T, P),
    "MeanSquaredLogarithmicError": (POSITIVE_T, POSITIVE_P), "LogCosh": (T, P), "CosineSimilarity": (T, P), "Huber": (T, P),
    "Poisson": (POSITIVE_T, POSITIVE_P), "KLDivergence": (SOFT[::-1].copy(), SOFT), "Hinge": (np.where(BITS > 0, 1.0, -1.0), P),
    "SquaredHinge": (np.where(BITS > 0, 1.0, -1.0), P), "CategoricalHinge": (ONEHOT, SOFT), "BinaryCrossentropy": (BITS, PROB),
    "CategoricalCrossentropy": (ONEHOT, SOFT), "SparseCategoricalCrossentropy": (LABELS, SOFT),
    "BinaryFocalCrossentropy": (BITS, PROB), "CategoricalFocalCrossentropy": (ONEHOT, SOFT),
}
for cls, (t, p) in SUITED.items():
    for reduction in REDUCTIONS:
        for weight in (None, WEIGHT):
            case(cls, t, p, weight, reduction=reduction)
    case(cls, t, p, WEIGHT2)
    case(cls, t, p, mask=[1, 1, 0, 1])
    case(cls, t, p, WEIGHT, mask=[1, 1, 0, 1])
for reduction in REDUCTIONS:
    case("MeanSquaredError", T, P, WEIGHT, mask=[1, 0, 1, 1], reduction=reduction)
    case("MeanSquaredError", T, P, mask=[0, 0, 0, 0], reduction=reduction)

# Their options
for delta in (0.5, 1.0, 2.0):
    case("Huber", T, P, delta=delta)
    case("Huber", [[0.0, 0.0, 0.0, 0.0]], [[delta, -delta, 0.0, 3.0]], delta=delta, note="at the corners")
for extra in (dict(), dict(label_smoothing=0.1), dict(axis=0), dict(axis=1, label_smoothing=0.2)):
    case("BinaryCrossentropy", BITS, PROB, **extra)
    case("BinaryCrossentropy", BITS, LOGITS, from_logits=True, **extra)
    case("BinaryCrossentropy", BITS, LOGITS, WEIGHT if extra.get("axis") != 0 else None, from_logits=True, **extra)
case("BinaryCrossentropy", [[0.0, 1.0, 0.0, 1.0]], [[0.0, 0.0, 1.0, 1.0]], note="clipped at epsilon")
case("BinaryCrossentropy", [[0.0, 1.0, 0.0, 1.0, 0.3]], [[100.0, 100.0, -100.0, -100.0, 50.0]], from_logits=True, note="large logits")
case("BinaryCrossentropy", BITS.reshape(2, 2, 3), PROB.reshape(2, 2, 3), [0.5, 2.0])
case("BinaryCrossentropy", BITS.reshape(2, 2, 3), PROB.reshape(2, 2, 3), [[0.5, 2.0], [1.0, 0.0]])
case("BinaryCrossentropy", BITS.reshape(2, 2, 3), PROB.reshape(2, 2, 3), reduction="none")
case("BinaryCrossentropy", np.array([0, 1, 1, 0]), PROB[:, :1])
for extra in (dict(), dict(label_smoothing=0.1)):
    case("CategoricalCrossentropy", ONEHOT, SOFT, **extra)
    case("CategoricalCrossentropy", ONEHOT, LOGITS, from_logits=True, **extra)
    case("CategoricalCrossentropy", ONEHOT, LOGITS, WEIGHT, from_logits=True, **extra)
    case("CategoricalCrossentropy", SOFT[::-1].copy(), SOFT, **extra, note="soft targets")
    case("CategoricalCrossentropy", 2 * SOFT[::-1], SOFT, **extra, note="targets that do not add up to 1")
    case("CategoricalCrossentropy", 2 * SOFT[::-1], LOGITS, from_logits=True, **extra, note="targets that do not add up to 1")
case("CategoricalCrossentropy", ONEHOT, PROB, note="predictions that do not add up to 1 are normalised")
case("CategoricalCrossentropy", ONEHOT[:3], [[1.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]], note="clipped at epsilon")
case("CategoricalCrossentropy", ONEHOT, 50 * LOGITS, from_logits=True, note="large logits")
case("CategoricalCrossentropy", np.moveaxis(IMAGE_H, -1, 1), np.moveaxis(IMAGE_P, -1, 1), axis=1)
case("CategoricalCrossentropy", np.moveaxis(IMAGE_H, -1, 1), np.moveaxis(IMAGE_P, -1, 1), axis=-3)
case("CategoricalCrossentropy", np.moveaxis(IMAGE_H, -1, 1), np.moveaxis(IMAGE_L, -1, 1), axis=1, from_logits=True)
case("CategoricalCrossentropy", IMAGE_H, IMAGE_P, [0.5, 2.0])
case("CategoricalCrossentropy", IMAGE_H, IMAGE_P, lcg((2, 3, 2), 11, 0.0, 2.0))
case("CategoricalCrossentropy", IMAGE_H, IMAGE_P, reduction="none")
case("CategoricalCrossentropy", IMAGE_H, IMAGE_L, [0.5, 2.0], from_logits=True, reduction="mean_with_sample_weight")
case("SparseCategoricalCrossentropy", LABELS, LOGITS, from_logits=True)
case("SparseCategoricalCrossentropy", LABELS, LOGITS, WEIGHT, from_logits=True)
case("SparseCategoricalCrossentropy", LABELS.reshape(-1, 1), SOFT, note="labels [B, 1]")
case("SparseCategoricalCrossentropy", LABELS.reshape(-1, 1), SOFT, WEIGHT2, note="labels [B, 1], weights [B, 1]")
case("SparseCategoricalCrossentropy", LABELS.reshape(-1, 1), SOFT, WEIGHT, reduction="none")
case("SparseCategoricalCrossentropy", LABELS.astype(np.float64), SOFT, note="float labels")
case("SparseCategoricalCrossentropy", LABELS, PROB, note="predictions that do not add up to 1 are normalised")
case("SparseCategoricalCrossentropy", LABELS[:3], [[1.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]], note="clipped at epsilon")
case("SparseCategoricalCrossentropy", LABELS, 50 * LOGITS, from_logits=True, note="large logits")
case("SparseCategoricalCrossentropy", IMAGE_Y, IMAGE_P)
case("SparseCategoricalCrossentropy", IMAGE_Y, IMAGE_P, [0.5, 2.0])
case("SparseCategoricalCrossentropy", IMAGE_Y, IMAGE_P, lcg((2, 3, 2), 11, 0.0, 2.0))
case("SparseCategoricalCrossentropy", IMAGE_Y, IMAGE_L, from_logits=True, reduction="none")
case("SparseCategoricalCrossentropy", IMAGE_Y[..., None], IMAGE_L, from_logits=True)
case("SparseCategoricalCrossentropy", IMAGE_Y, IMAGE_P, axis=3)
case("SparseCategoricalCrossentropy", IMAGE_Y, np.moveaxis(IMAGE_P, -1, 1), axis=1, note="TensorFlow knows only the last axis")
for ignore, y in ((0, LABELS), (-1, np.array([2, -1, 1, 0])), (255, np.array([255, 255, 1, 0])), (-1, np.array([-1, -1, -1, -1]))):
    for reduction in REDUCTIONS:
        case("SparseCategoricalCrossentropy", y, SOFT, ignore_class=ignore, reduction=reduction)
    case("SparseCategoricalCrossentropy", y, SOFT, WEIGHT, ignore_class=ignore)
    case("SparseCategoricalCrossentropy", y, LOGITS, from_logits=True, ignore_class=ignore)
case("SparseCategoricalCrossentropy", IMAGE_Y, IMAGE_L, [0.5, 2.0], from_logits=True, ignore_class=1)
case("SparseCategoricalCrossentropy", IMAGE_Y, IMAGE_L, from_logits=True, ignore_class=1)
case("SparseCategoricalCrossentropy", IMAGE_Y, IMAGE_P, ignore_class=3, reduction="none")
case("SparseCategoricalCrossentropy", LABELS, SOFT, mask=[1, 1, 0, 1], ignore_class=0)
for extra in (dict(gamma=1.0), dict(apply_class_balancing=True), dict(apply_class_balancing=True, alpha=0.6, gamma=3.0), dict(label_smoothing=0.1), dict(axis=0)):
    case("BinaryFocalCrossentropy", BITS, PROB, **extra)
    case("BinaryFocalCrossentropy", BITS, LOGITS, from_logits=True, **extra)
for extra in (dict(gamma=1.0), dict(alpha=0.6, gamma=3.0), dict(alpha=[0.1, 0.5, 0.4]), dict(label_smoothing=0.1)):
    case("CategoricalFocalCrossentropy", ONEHOT, SOFT, **extra)
    case("CategoricalFocalCrossentropy", ONEHOT, LOGITS, from_logits=True, **extra)
case("CategoricalFocalCrossentropy", ONEHOT, PROB, note="predictions that do not add up to 1")
case("CosineSimilarity", T, P, axis=0)
case("CosineSimilarity", [[0.0, 0.0], [1.0, 0.0]], [[1.0, 2.0], [0.0, 0.0]], note="zero vectors")
for cls in ("Hinge", "SquaredHinge"):
    case(cls, BITS, P, note="targets 0 and 1 become -1 and 1")
    case(cls, [[0.0, 1.0, -1.0]], [[0.3, 0.4, -2.0]], note="targets 0, 1 and -1 mixed stay as they are")
    case(cls, [[1.0, 1.0, 1.0]], [[0.3, 1.0, 2.0]], note="all ones")
    case(cls, [[0.0, 0.0, 0.0]], [[0.3, 1.0, 2.0]], note="all zeros")
case("MeanAbsolutePercentageError", [[0.0, 1.0, -2.0]], [[0.5, 0.5, 0.5]], note="zero target")
case("MeanSquaredLogarithmicError", [[0.0, 1.0, -2.0]], [[-0.5, 0.5, 0.0]], note="negative values are raised to epsilon")
case("KLDivergence", [[0.0, 1.0, 2.0]], [[0.5, 0.0, 0.5]], note="clipped to [epsilon, 1]")
case("Poisson", [[0.0, 1.0, 2.0]], [[0.5, 0.0, 2.0]], note="epsilon inside the logarithm")
case("LogCosh", [[0.0, 0.0, 0.0]], [[50.0, -800.0, 1e-9]], note="large differences")
case("MeanAbsoluteError", [[0.0, 1.0]], [[0.0, 3.0]], note="gradient 0 at no difference")

# Ranks that differ
for cls in ("MeanSquaredError", "MeanAbsoluteError", "BinaryCrossentropy", "Huber"):
    t, p = (BITS, PROB) if cls == "BinaryCrossentropy" else (T, P)
    case(cls, t[:, 0], p[:, :1])
    case(cls, t[:, :1], p[:, 0])
    case(cls, t[:, 0], p[:, 0])
    case(cls, t[:, 0], p[:, 0], WEIGHT)
    case(cls, t[:, 0], p[:, 0], WEIGHT, reduction="none")
    case(cls, t[:, 0], p[:, :1], WEIGHT)
    case(cls, t[:, 0], p[:, :1], WEIGHT2)
    case(cls, t[:, 0], p[:, :1], reduction="none")
    case(cls, t[:, :1], p[:, 0], reduction="none")
    case(cls, t[:, 0], p[:, 0], reduction="none")
    case(cls, t.reshape(2, 2, 3)[..., 0], p.reshape(2, 2, 3)[..., :1])
    case(cls, t.reshape(2, 2, 3)[..., :1], p.reshape(2, 2, 3)[..., 0])
case("MeanSquaredError", T.reshape(2, 2, 3), P.reshape(2, 2, 3), [0.5, 2.0])
case("MeanSquaredError", T.reshape(2, 2, 3), P.reshape(2, 2, 3), [[0.5], [2.0]])
case("MeanSquaredError", T.reshape(2, 2, 3), P.reshape(2, 2, 3), [[0.5, 1.0], [2.0, 0.0]])
case("MeanSquaredError", T.reshape(2, 2, 3), P.reshape(2, 2, 3), [[0.5, 1.0], [2.0, 0.0]], reduction="mean_with_sample_weight")
case("MeanSquaredError", T.reshape(2, 2, 3), P.reshape(2, 2, 3), [[0.5, 1.0], [2.0, 0.0]], reduction="none")
case("MeanSquaredError", T.reshape(2, 2, 3), P.reshape(2, 2, 3), mask=[[1, 0], [1, 1]])
case("MeanSquaredError", T.reshape(2, 2, 3), P.reshape(2, 2, 3), [0.5, 2.0], mask=[[1, 0], [1, 1]])
case("MeanSquaredError", T.reshape(2, 2, 3), P.reshape(2, 2, 3), [[0.5], [2.0]], mask=[[1, 0], [1, 1]])
case("MeanSquaredError", T, P, [0.0, 0.0, 0.0, 0.0], reduction="mean_with_sample_weight", note="weights that add up to 0")
case("MeanSquaredError", T, P, 2.0, note="a single weight")
case("MeanSquaredError", T[:1], P, note="y_true broadcasts")
case("MeanSquaredError", T, P[:, :2], note="shapes that do not agree")

# Overlap, and losses of labels or sequences
SPARSE_BITS = BITS * (lcg((B, 3), 12) > 0.3)
for cls, extras in (("Dice", ({}, {"axis": 0}, {"axis": -1}, {"axis": [0, 1]})),
                    ("Tversky", ({}, {"axis": -1}, {"alpha": 0.3, "beta": 0.7}, {"alpha": 1.0, "beta": 0.25, "axis": [1]}))):
    for extra in extras:
        case(cls, BITS, PROB, **extra)
        case(cls, SPARSE_BITS, LOGITS, **extra, note="any numbers")
    case(cls, BITS, PROB, WEIGHT, axis=-1)
    case(cls, BITS, PROB, WEIGHT, axis=-1, reduction="sum")
    case(cls, BITS, PROB, axis=-1, reduction="none")
    case(cls, BITS, PROB, mask=[1, 1, 0, 1], axis=-1)
    case(cls, np.zeros((2, 3)), np.zeros((2, 3)), note="empty sets")
    case(cls, IMAGE_H, IMAGE_P, axis=[1, 2, 3])
    case(cls, IMAGE_H, IMAGE_P, lcg((2,), 13, 0.0, 2.0), axis=[1, 2, 3])
for extra in ({}, {"q": 0.1}, {"q": 0.9}, {"reduction": "none"}):
    case("CategoricalGeneralizedCrossEntropy", LABELS, SOFT, **extra)
    case("CategoricalGeneralizedCrossEntropy", IMAGE_Y, IMAGE_P, **extra)
case("CategoricalGeneralizedCrossEntropy", LABELS, SOFT, WEIGHT)
case("CategoricalGeneralizedCrossEntropy", LABELS, SOFT, mask=[1, 1, 0, 1])
GROUPS = np.array([0, 1, 0, 1, 0, 2])
UNIT = lcg((6, 3), 14, -1.0, 1.0).astype(np.float64)
UNIT = UNIT / np.linalg.norm(UNIT, axis=-1, keepdims=True)
for extra in ({}, {"gamma": 2.0}, {"gamma": 5.0, "margin": 0.1}, {"gamma": 2.0, "remove_diagonal": False}, {"gamma": 2.0, "reduction": "sum"}):
    case("Circle", GROUPS[:5], UNIT[:5], **extra)
case("Circle", GROUPS[:5].reshape(-1, 1), UNIT[:5], gamma=2.0)
case("Circle", GROUPS[:5], UNIT[:5], [0.5, 2.0, 0.0, 1.25, 1.0], gamma=2.0)
case("Circle", GROUPS[:5], UNIT[:5], mask=[1, 1, 0, 1, 1], gamma=2.0)
case("Circle", GROUPS, UNIT, gamma=2.0, remove_diagonal=False, note="a label of one sample")
SPELLED = np.array([[1, 2, 2], [3, 0, 0], [0, 0, 0], [2, 1, 3]])
SEQUENCES = lcg((4, 6, 4), 15, -3.0, 3.0)
for extra in ({}, {"reduction": "sum"}, {"reduction": "none"}):
    case("CTC", SPELLED, SEQUENCES, **extra, note="float32 inside")
case("CTC", SPELLED, SEQUENCES, WEIGHT, note="float32 inside")
case("CTC", SPELLED[1:], SEQUENCES[1:, :3], note="float32 inside")

if __name__ == "__main__":
    write("losses", cases, versions())
