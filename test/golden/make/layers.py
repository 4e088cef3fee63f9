"""Single layers: Dense, convolution, pooling, shape and activation layers: test/golden/layers.json.

Run from the repository root, in an environment with keras==3.15.1 and tensorflow:

    python test/golden/make/layers.py

All float64, training=False. The input is lcg(inputShape, seed, low, high) (seed, low, high recorded); weights are stored, in
layer.get_weights() order; gradients are those of sum(dy * output) with dy = lcg(output shape, dySeed). A case may carry "mask"
(bool, given to the call), "outputMask" (what compute_mask gives) and "input" (a stored input instead of a seeded one).

"options" is what was given to the constructor, "config" is get_config() without the name, its dtype
cut down to "float64". "outputShape" is compute_output_shape of inputShape with
the batch size unknown (null); "outputShapeUnknown" is the same with every spatial size of an image input unknown too.

"viaTranspose": true marks channels_first cases that TensorFlow cannot run on a CPU: there the numbers are those of the channels_last
layer with the same weights on the transposed input, transposed back.
"""

from common import array, lcg, np, versions, write
import keras
import tensorflow as tf

keras.config.set_floatx("float64")
keras.config.set_dtype_policy("float64")
L = keras.layers
cases = []
COUNTER = [0]


def plain(value):
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    return value


def call(layer, x, extra):
    with tf.GradientTape() as tape:
        xt = tf.constant(x)
        tape.watch(xt)
        y = layer(xt, training=False, **extra) if takes_training(layer) else layer(xt, **extra)
        y = keras.ops.convert_to_tensor(y)
        dy = lcg(tuple(y.shape), COUNTER[0] + 5000).astype(np.float64)
        total = tf.reduce_sum(y * tf.constant(dy))
    sources = [xt] + [w.value for w in layer.trainable_weights]
    grads = tape.gradient(total, sources)
    grads = [np.zeros(s.shape) if g is None else g.numpy() for g, s in zip(grads, sources)]
    return y.numpy(), grads


def takes_training(layer):
    return layer._call_has_training_arg


FIRST, LAST = (0, 3, 1, 2), (0, 2, 3, 1)


def case(cls, shape, low=-1.0, high=1.0, mask=None, x=None, note=None, **options):
    COUNTER[0] += 1
    seed = 100 + COUNTER[0]
    stored = x is not None
    if not stored:
        x = lcg(shape, seed, low, high)
    x = np.asarray(x, np.float64)
    make = getattr(L, cls)
    layer = make(**options)
    layer.build((None,) + tuple(shape[1:]))
    values = []
    for k, w in enumerate(layer.weights):
        values.append(lcg(tuple(w.shape), 9000 + 20 * COUNTER[0] + k, -0.5, 0.5).astype(np.float64))
    layer.set_weights(values)
    extra = {} if mask is None else {"mask": tf.constant(np.asarray(mask, bool))}
    record = {"layer": cls, "options": plain(options), "config": plain(layer.get_config()), "inputShape": list(shape), "seed": seed,
              "low": low, "high": high, "dySeed": COUNTER[0] + 5000}
    record["config"].pop("name")
    record["config"]["dtype"] = record["config"]["dtype"]["config"]["name"] if isinstance(record["config"].get("dtype"), dict) else "float64"
    if stored:
        record["input"] = array(x)
        del record["seed"], record["low"], record["high"]
    if mask is not None:
        record["mask"] = array(np.asarray(mask, bool))
    transposed = options.get("data_format") == "channels_first" and len(shape) == 4 and cls not in ("Flatten",)
    try:
        y, grads = call(layer, x, extra)
    except (tf.errors.OpError, ValueError, NotImplementedError) as e:
        if not transposed:
            raise
        print(cls, options, "via transpose:", type(e).__name__, (str(e).splitlines() + [""])[0][:90])
        twin = make(**{**options, "data_format": "channels_last"})
        n, c, h, w = shape
        twin.build((None, h, w, c))
        twin.set_weights(values)
        with tf.GradientTape() as tape:
            xt = tf.constant(x)
            tape.watch(xt)
            y = twin(tf.transpose(xt, LAST))
            if len(y.shape) == 4:
                y = tf.transpose(y, FIRST)
            dy = lcg(tuple(y.shape), COUNTER[0] + 5000).astype(np.float64)
            total = tf.reduce_sum(y * tf.constant(dy))
        grads = [g.numpy() for g in tape.gradient(total, [xt] + [v.value for v in twin.trainable_weights])]
        y = y.numpy()
        record["viaTranspose"] = True
    record["weights"] = [{"name": w.name, "value": array(v)} for w, v in zip(layer.weights, values)]
    record["output"] = array(y)
    record["inputGradient"] = array(grads[0])
    record["weightGradients"] = [array(g) for g in grads[1:]]
    record["outputShape"] = list(make(**options).compute_output_shape((None,) + tuple(shape[1:])))
    if cls in ("Conv2D", "MaxPooling2D", "AveragePooling2D", "GlobalAveragePooling2D", "GlobalMaxPooling2D", "Flatten") and len(shape) == 4:
        first = options.get("data_format") == "channels_first"
        unknown = (None, shape[1], None, None) if first else (None, None, None, shape[3])
        try:
            record["outputShapeUnknown"] = list(make(**options).compute_output_shape(unknown))
        except Exception as e:  # noqa: BLE001 - recorded as absent
            print(cls, options, "unknown sizes:", type(e).__name__, (str(e).splitlines() + [""])[0][:90])
    if cls in ("Masking",):
        record["outputMask"] = array(np.asarray(layer.compute_mask(x)))
    assert y.dtype == np.float64, (cls, y.dtype)
    if None not in record["outputShape"][1:]:
        assert list(y.shape[1:]) == record["outputShape"][1:], (cls, options, y.shape, record["outputShape"])
    if note:
        record["note"] = note
    cases.append(record)


# Dense
case("Dense", (4, 3), units=5)
case("Dense", (4, 3), units=5, use_bias=False)
for name in ("relu", "sigmoid", "tanh", "softmax", "gelu", "elu", "selu", "silu", "softplus", "softsign", "leaky_relu", "exponential",
             "hard_sigmoid", "linear", "relu6", "mish", "log_softmax"):
    case("Dense", (4, 3), units=5, activation=name)
case("Dense", (2, 3, 4), units=5)
case("Dense", (2, 3, 4), units=5, activation="softmax")
case("Dense", (2, 3, 4, 5), units=3, activation="relu")
case("Dense", (2, 2, 3, 4), units=1, use_bias=False)
case("Dense", (1, 1), units=1)

# Conv2D
IMG, ODD = (2, 6, 7, 3), (2, 5, 8, 4)
case("Conv2D", IMG, filters=4, kernel_size=3)
case("Conv2D", IMG, filters=4, kernel_size=[3, 3], activation="relu")
case("Conv2D", IMG, filters=4, kernel_size=[1, 1])
case("Conv2D", IMG, filters=2, kernel_size=[2, 3])
case("Conv2D", IMG, filters=2, kernel_size=[5, 1], padding="same")
case("Conv2D", IMG, filters=4, kernel_size=3, padding="same")
case("Conv2D", IMG, filters=4, kernel_size=2, padding="same")
case("Conv2D", IMG, filters=2, kernel_size=[4, 4], padding="same", activation="tanh")
case("Conv2D", IMG, filters=4, kernel_size=3, use_bias=False)
for strides in (2, [2, 1], [1, 3], [3, 2]):
    for padding in ("valid", "same"):
        case("Conv2D", IMG, filters=3, kernel_size=3, strides=strides, padding=padding)
case("Conv2D", IMG, filters=2, kernel_size=1, strides=2, padding="same")
case("Conv2D", IMG, filters=2, kernel_size=2, strides=3, padding="same")
case("Conv2D", IMG, filters=2, kernel_size=2, strides=3)
for dilation in (2, [1, 2], [2, 3]):
    for padding in ("valid", "same"):
        case("Conv2D", (2, 7, 9, 2), filters=3, kernel_size=3, dilation_rate=dilation, padding=padding)
case("Conv2D", ODD, filters=4, kernel_size=3, groups=2)
case("Conv2D", ODD, filters=4, kernel_size=3, groups=4, padding="same")
case("Conv2D", ODD, filters=8, kernel_size=[2, 3], groups=4, strides=2, padding="same", use_bias=False)
case("Conv2D", ODD, filters=6, kernel_size=3, groups=2, activation="relu")
case("Conv2D", (1, 6, 6, 1), filters=2, kernel_size=6)
case("Conv2D", (1, 3, 3, 2), filters=2, kernel_size=5, padding="same")
case("Conv2D", (2, 3, 6, 7), filters=4, kernel_size=3, data_format="channels_first")
case("Conv2D", (2, 3, 6, 7), filters=4, kernel_size=3, padding="same", strides=2, data_format="channels_first", activation="relu")
case("Conv2D", (2, 3, 6, 7), filters=4, kernel_size=[3, 2], padding="same", use_bias=False, data_format="channels_first")
case("Conv2D", (2, 2, 7, 9), filters=3, kernel_size=3, dilation_rate=2, data_format="channels_first")
case("Conv2D", (2, 4, 5, 8), filters=4, kernel_size=3, groups=2, data_format="channels_first")

# Pooling
case("MaxPooling2D", (2, 6, 8, 3))  # AveragePooling2D has no default pool_size
case("MaxPooling2D", (2, 5, 7, 3), padding="same")
for cls in ("MaxPooling2D", "AveragePooling2D"):
    case(cls, (2, 6, 8, 3), pool_size=2)
    case(cls, (2, 5, 7, 3), pool_size=2)
    case(cls, (2, 5, 7, 3), padding="same", pool_size=2)
    case(cls, (2, 6, 8, 3), padding="same", pool_size=2)
    case(cls, (2, 6, 7, 2), pool_size=3)
    case(cls, (2, 6, 7, 2), pool_size=3, padding="same")
    case(cls, (2, 6, 7, 2), pool_size=3, strides=1)
    case(cls, (2, 6, 7, 2), pool_size=3, strides=1, padding="same")
    case(cls, (2, 6, 7, 2), pool_size=3, strides=2)
    case(cls, (2, 6, 7, 2), pool_size=3, strides=2, padding="same")
    case(cls, (2, 6, 7, 2), pool_size=[2, 3], strides=[1, 2])
    case(cls, (2, 6, 7, 2), pool_size=[2, 3], strides=[2, 1], padding="same")
    case(cls, (2, 6, 7, 2), pool_size=2, strides=3)
    case(cls, (2, 7, 8, 2), pool_size=2, strides=3, padding="same")
    case(cls, (2, 5, 5, 2), pool_size=4, strides=3, padding="same")
    case(cls, (2, 5, 5, 2), pool_size=1, strides=2)
    case(cls, (1, 2, 3, 2), pool_size=[2, 3])
    case(cls, (1, 1, 1, 2), padding="same", pool_size=2)
    case(cls, (1, 4, 5, 2), low=-3.0, high=-1.0, pool_size=3, strides=2, padding="same", note="all negative: padding is never the maximum nor averaged in")
    case(cls, (2, 3, 6, 8), data_format="channels_first", pool_size=2)
    case(cls, (2, 3, 5, 7), padding="same", data_format="channels_first", pool_size=2)
    case(cls, (2, 2, 6, 7), pool_size=3, strides=2, padding="same", data_format="channels_first")
    case(cls, (2, 2, 6, 7), pool_size=[3, 2], strides=[1, 2], data_format="channels_first")
case("MaxPooling2D", (2, 3, 6, 8), data_format="channels_first")
case("MaxPooling2D", (1, 4, 4, 1), x=np.ones((1, 4, 4, 1)), note="ties: where the gradient goes")
case("MaxPooling2D", (1, 3, 3, 1), x=np.array([1, 2, 2, 2, 1, 0, 0, 2, 2.0]).reshape(1, 3, 3, 1), pool_size=2, strides=1, note="ties in overlapping windows")
case("MaxPooling2D", (1, 2, 4, 1), x=np.zeros((1, 2, 4, 1)), pool_size=2, note="ties at zero, as after relu")

for cls in ("GlobalAveragePooling2D", "GlobalMaxPooling2D"):
    case(cls, (2, 4, 5, 3))
    case(cls, (2, 4, 5, 3), keepdims=True)
    case(cls, (2, 3, 4, 5), data_format="channels_first")
    case(cls, (2, 3, 4, 5), data_format="channels_first", keepdims=True)
case("GlobalMaxPooling2D", (1, 2, 2, 2), x=np.array([1, 3, 1, 0, 1, 3, 0, 3.0]).reshape(1, 2, 2, 2), note="ties: TensorFlow shares the gradient equally")

# Shapes
case("Flatten", (2, 3, 4, 2))
case("Flatten", (2, 3, 4, 2), data_format="channels_first")
case("Flatten", (2, 3, 4))
case("Flatten", (2, 3, 4), data_format="channels_first")
case("Flatten", (3, 4))
case("Flatten", (3,), note="rank 1 gains an axis")
case("Reshape", (2, 12), target_shape=[3, 4])
case("Reshape", (2, 12), target_shape=[-1, 2, 2])
case("Reshape", (2, 3, 4), target_shape=[-1])
case("Reshape", (2, 3, 4), target_shape=[2, -1])
case("Reshape", (2, 3, 4), target_shape=[4, 1, 3])
case("Reshape", (2, 1), target_shape=[])

# Activations
SPREAD = dict(low=-8.0, high=8.0)
case("Activation", (3, 7), **SPREAD, activation="relu")
case("Activation", (3, 7), **SPREAD, activation="sigmoid")
case("Activation", (2, 3, 4), **SPREAD, activation="softmax")
case("Activation", (3, 7), **SPREAD, activation="tanh")
case("Activation", (3, 7), **SPREAD, activation="linear")
case("ReLU", (3, 7), **SPREAD)
case("ReLU", (3, 7), **SPREAD, max_value=6.0)
case("ReLU", (3, 7), **SPREAD, negative_slope=0.2)
case("ReLU", (3, 7), **SPREAD, threshold=1.5)
case("ReLU", (3, 7), **SPREAD, max_value=5.0, negative_slope=0.1, threshold=1.0)
case("ReLU", (3, 7), **SPREAD, negative_slope=0.1, threshold=1.0)
# ReLU(threshold=-1.0) and ReLU(negative_slope=-1.0) and ReLU(max_value=-1.0) raise a ValueError
case("ReLU", (3, 7), **SPREAD, max_value=6.0, negative_slope=0.1)
case("ReLU", (1, 7), x=np.array([[-1, 0, 1, 1.5, 5, 6, 7.0]]), max_value=6.0, negative_slope=0.1, threshold=1.0, note="at the corners")
case("ReLU", (1, 5), x=np.array([[-1, 0, 1, 6, 7.0]]), max_value=6.0, note="at the corners")
case("ReLU", (1, 5), x=np.array([[-1, 0, 1, 6, 7.0]]), note="at the corner")
case("Softmax", (3, 5), **SPREAD)
case("Softmax", (2, 3, 4), **SPREAD, axis=1)
case("Softmax", (2, 3, 4), **SPREAD, axis=[1, 2])
case("Softmax", (2, 3, 4, 2), **SPREAD, axis=[-1, 1])
case("Softmax", (2, 4), **SPREAD, mask=[[1, 0, 1, 1], [0, 0, 1, 1]])
case("Softmax", (2, 4), **SPREAD, mask=[[1, 0, 1, 1], [0, 0, 0, 0]], note="a row with everything masked")
case("Softmax", (2, 3, 2), **SPREAD, mask=[[[1, 0], [1, 1], [0, 1]], [[1, 1], [1, 1], [0, 0]]], axis=[1, 2])
MASKED = np.array([[[1, 2], [0, 0], [0, 3]], [[0, 0], [4, -1], [0, 0]]], np.float64)
case("Masking", (2, 3, 2), x=MASKED)
case("Masking", (2, 3, 2), x=np.where(MASKED == 0, -1.0, MASKED), mask_value=-1.0)
case("Dropout", (3, 5), rate=0.5)
case("Dropout", (2, 3, 4), rate=0.3, noise_shape=[None, 1, 4], seed=7)

if __name__ == "__main__":
    write("layers", cases, versions())
