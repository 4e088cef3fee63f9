"""Every activation function, its values and gradients: test/golden/activations.json.

Run from the repository root, in an environment with keras==3.15.1 and tensorflow:

    python test/golden/make/activations.py

All float64. "points" [24]: -40, -20, 20 steps from -6 to 6 that include 0, 20 and 40 (stored in "input"); "corners": where pieces
meet; "matrix" [3, 8] = lcg(seed=1, low=-4, high=4) with a large element or two (stored as well). "gradient" is that of
sum(dy * output), dy = lcg(output shape, dySeed). "error" stands instead where Keras refuses.
"""

from common import array, lcg, np, versions, write
import keras
import tensorflow as tf

keras.config.set_floatx("float64")
keras.config.set_dtype_policy("float64")
A = keras.activations
cases = []

POINTS = np.array([-40.0, -20.0, *np.arange(-6.0, 6.01, 0.625)[:20], 20.0, 40.0])
POINTS[2 + 10] = 0.0
CORNERS = np.array([-3.0, -2.5, -1.0, -0.5, -0.2, 0.0, 0.2, 0.5, 1.0, 2.5, 3.0, 6.0])
MATRIX = lcg((3, 8), 1, -4.0, 4.0).astype(np.float64)
MATRIX[1, 3], MATRIX[2, 0], MATRIX[2, 5] = 40.0, -40.0, 30.0
EQUAL = np.array([[1.0, 1.0, 1.0, 1.0], [0.5, 0.5, 0.0, -3.0]])
INPUTS = {"points": POINTS, "corners": CORNERS, "matrix": MATRIX, "equal": EQUAL}


def case(name, which, **options):
    x = INPUTS[which]
    n = len(cases)
    record = {"activation": name, "options": options, "which": which, "input": array(x), "dySeed": 3000 + n}
    cases.append(record)
    fn = getattr(A, name)
    try:
        with tf.GradientTape() as tape:
            xt = tf.constant(x)
            tape.watch(xt)
            y = fn(xt, **options)
            total = tf.reduce_sum(y * tf.constant(lcg(tuple(y.shape), 3000 + n).astype(np.float64)))
        gradient = tape.gradient(total, xt)
        assert y.dtype == tf.float64, name
        record.update(output=array(y.numpy()), gradient=array(gradient.numpy()))
        if not (np.isfinite(y.numpy()).all() and np.isfinite(gradient.numpy()).all()):
            print("not finite:", name, options, which)
    except Exception as e:  # noqa: BLE001 - recorded
        record["error"] = [type(e).__name__, str(e).strip()[:300]]
        print("error:", name, options, which, record["error"])


ELEMENTWISE = {
    "relu": [{}, {"negative_slope": 0.1}, {"max_value": 4.0}, {"threshold": 1.0}, {"negative_slope": 0.1, "max_value": 4.0, "threshold": 1.0},
             {"negative_slope": 0.2, "threshold": 0.5}, {"max_value": 0.0}],
    "leaky_relu": [{}, {"negative_slope": 0.01}], "relu6": [{}], "elu": [{}, {"alpha": 0.5}], "celu": [{}, {"alpha": 0.5}], "selu": [{}],
    "gelu": [{}, {"approximate": True}], "silu": [{}], "softplus": [{}], "softsign": [{}], "squareplus": [{}, {"b": 2}],
    "soft_shrink": [{}, {"threshold": 1.0}], "hard_shrink": [{}, {"threshold": 1.0}], "threshold": [{"threshold": 1.0, "default_value": -2.0}, {"threshold": -1.0, "default_value": 0.5}],
    "tanh": [{}], "tanh_shrink": [{}], "hard_tanh": [{}], "sigmoid": [{}], "hard_sigmoid": [{}], "hard_silu": [{}], "log_sigmoid": [{}],
    "sparse_plus": [{}], "sparse_sigmoid": [{}], "mish": [{}], "exponential": [{}], "linear": [{}],
}
for name, all_options in ELEMENTWISE.items():
    for options in all_options:
        for which in ("points", "corners"):
            case(name, which, **options)
for name in ("softmax", "log_softmax", "sparsemax"):
    case(name, "points")
    for axis in (-1, 0, 1):
        case(name, "matrix", axis=axis)
    case(name, "equal")
case("glu", "matrix")
case("glu", "matrix", axis=1)
case("glu", "points")

names = sorted(n for n in dir(A) if not n.startswith("_") and callable(getattr(A, n)) and n not in ("get", "serialize", "deserialize"))
print("not covered:", [n for n in names if n not in {c["activation"] for c in cases}])

if __name__ == "__main__":
    write("activations", cases, versions(), activations=names)
