"""Layers of all families in float64, without training: test/golden/layers.json.

Run from the repository root, in an environment with keras==3.15.1 and tensorflow:

    python test/golden/make/layers.py

Fields of a case:
  layer, options          the class, and the arguments of its constructor
  several, inputShapes    whether the layer is called on a list, and the shapes of its inputs
  seed, low, high         input i is lcg(inputShapes[i], seed + i, low, high), unless
  inputs                  they are stored: integers, and special numbers
  weightSeed, weights     names and shapes in the order of get_weights(); weight k is lcg(shape, weightSeed + k, -0.5, 0.5)
  config                  get_config() without the name; the dtype is reduced to "float64"
  output, dySeed          the output; gradients are those of sum(dy * output) with dy = lcg(output shape, dySeed)
  inputGradients          one for each input, null for integers
  weightGradients         one for each trainable weight
  outputShape             compute_output_shape with an unknown batch size
  unknown                 a shape with more unknown sizes, and compute_output_shape of it
  masks, outputMask       the mask of each input (null for none), and that of the output
  viaTranspose            a channels_first case that TensorFlow cannot run on a CPU: its numbers are those of the channels_last
                          layer with the same weights on the transposed input, transposed back
  single                  TensorFlow computes it in float32 only
  note, tolerance, deviations   as in test/golden/README.md
"""

from common import array, lcg, np, versions, write
import keras
import tensorflow as tf

keras.config.set_floatx("float64")
keras.config.set_dtype_policy("float64")
L = keras.layers
cases = []


def plain(value):
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    return value


def last(rank):
    return [0, *range(2, rank), 1]


def first(rank):
    return [0, rank - 1, *range(1, rank - 1)]


def run(layer, xs, several, dy_seed, masks=None, wrap=None, single=False):
    floats = [x.dtype == np.float64 for x in xs]
    with tf.GradientTape() as tape:
        ts = [tf.constant(x) for x in xs]
        for t in ts:
            tape.watch(t)
        for t, m in zip(ts, masks or []):
            if m is not None:
                t._keras_mask = tf.constant(m)
        given = [tf.transpose(t, last(len(t.shape))) for t in ts] if wrap else ts
        y = layer(given if several else given[0])
        mask = getattr(y, "_keras_mask", None)
        y = tf.cast(y, tf.float64) if single else y
        if wrap:
            y = tf.transpose(y, first(len(y.shape)))
        dy = lcg(tuple(y.shape), dy_seed).astype(np.float64)
        total = tf.reduce_sum(y * tf.constant(dy))
    sources = [t for t, f in zip(ts, floats) if f] + [w.value for w in layer.trainable_weights]
    grads = tape.gradient(total, sources)
    grads = [np.zeros(s.shape) if g is None else tf.convert_to_tensor(g).numpy() for g, s in zip(grads, sources)]
    of_inputs = [grads.pop(0) if f else None for f in floats]
    return y.numpy(), of_inputs, grads, mask


def turned(record, make, shapes, values, xs, dy_seed, e, single=False):
    print(record["layer"], record["options"], "via transpose:", type(e).__name__, (str(e).splitlines() + [""])[0][:70])
    twin = make(data_format="channels_last", **({"dtype": "float32"} if single else {}))
    twin.build((shapes[0][0], *shapes[0][2:], shapes[0][1]))
    twin.set_weights(values)
    record["viaTranspose"] = True
    try:
        return run(twin, xs, False, dy_seed, wrap=True, single=single)
    except (tf.errors.OpError, ValueError, NotImplementedError) as e:
        if single:
            raise
        record["single"] = True
        return turned(record, make, shapes, values, xs, dy_seed, e, single=True)


CONSTANTS = "TensorFlow holds the constants of this function in float32"
TABLE = "TensorFlow takes the weights of cubic interpolation from a table of 1,024 positions"
SINGLE = "TensorFlow computes this in float32 only"
IMAGES = ("Conv2D", "MaxPooling2D", "AveragePooling2D", "GlobalAveragePooling2D", "GlobalMaxPooling2D", "Flatten")
# Distance between the input seeds of two cases of a group; groups count their cases from 1.
GROUP = {"stride": 1, "begin": 0}


def group(stride):
    GROUP.update(stride=stride, begin=len(cases))


def tolerance(cls, options, single):
    """The bound where Keras's own rounding is larger than the tests' default of 1e-9."""
    if options.get("interpolation") == "bicubic":
        return {"rtol": 1e-3, "atol": 1e-3, "reason": TABLE}
    if single or options.get("interpolation") == "bilinear":
        return {"rtol": 1e-6, "atol": 1e-6, "reason": SINGLE}
    constants = cls in ("LeakyReLU", "Rescaling") or options.get("activation") in ("leaky_relu", "gelu")
    if constants or (cls == "ReLU" and "negative_slope" in options):
        return {"rtol": 1e-7, "atol": 1e-7, "reason": CONSTANTS}
    return None


def case(cls, shapes, low=-1.0, high=1.0, xs=None, masks=None, unknown=None, note=None, slope=None, **options):
    """`slope`: (element, value, reason) where the slope of the only input differs from Keras's."""
    number = len(cases) - GROUP["begin"] + 1
    several = isinstance(shapes[0], tuple)
    shapes = list(shapes) if several else [shapes]
    seed, dy_seed, weight_seed = 100 + GROUP["stride"] * number, 5000 + number, 9000 + 20 * number
    record = {"layer": cls, "options": plain(options), "several": several, "inputShapes": plain(shapes), "seed": seed, "low": low, "high": high,
              "dySeed": dy_seed, "weightSeed": weight_seed}
    if xs is None:
        xs = [lcg(s, seed + i, low, high).astype(np.float64) for i, s in enumerate(shapes)]
    else:
        xs = [np.asarray(x) for x in xs]
        record["inputs"] = [array(x.astype(np.int32) if x.dtype != np.float64 else x) for x in xs]
    make = lambda **more: getattr(L, cls)(**{**options, **more})
    layer = make()
    open_batch = [(None,) + tuple(s[1:]) for s in shapes]
    layer.build(open_batch if several else open_batch[0])
    values = [lcg(tuple(w.shape), weight_seed + k, -0.5, 0.5).astype(np.float64) for k, w in enumerate(layer.weights)]
    layer.set_weights(values)
    config = plain(layer.get_config())
    config.pop("name")
    if isinstance(config.get("dtype"), dict):
        config["dtype"] = config["dtype"]["config"]["name"]
    record["config"] = config
    masks = None if masks is None else [None if m is None else np.asarray(m, bool) for m in masks]
    try:
        y, of_inputs, of_weights, mask = run(layer, xs, several, dy_seed, masks)
    except (tf.errors.OpError, ValueError, NotImplementedError) as e:
        is_single = any(words in str(e) for words in ("double is not in the list", "T=DT_DOUBLE", "is a double tensor"))
        if is_single and (options.get("data_format") != "channels_first" or "ScaleAndTranslate" in str(e)):
            single = make(dtype="float32")
            single.build(open_batch[0])
            single.set_weights(values)
            y, of_inputs, of_weights, mask = run(single, xs, several, dy_seed, masks, single=True)
            record["single"] = True
        elif options.get("data_format") != "channels_first":
            raise
        else:
            y, of_inputs, of_weights, mask = turned(record, make, shapes, values, xs, dy_seed, e)
    record["weights"] = [{"name": w.name, "shape": list(w.shape)} for w in layer.weights]
    record["output"] = array(y)
    record["inputGradients"] = [None if g is None else array(g) for g in of_inputs]
    record["weightGradients"] = [array(g) for g in of_weights]
    record["outputShape"] = list(make().compute_output_shape(open_batch if several else open_batch[0]))
    if masks is not None:
        record["masks"] = [None if m is None else array(m) for m in masks]
        record["outputMask"] = None if mask is None else array(np.asarray(mask))
    if cls == "Masking":
        record["outputMask"] = array(np.asarray(layer.compute_mask(xs[0])))
    if unknown is None and cls in IMAGES and len(shapes[0]) == 4:
        channels_first = options.get("data_format") == "channels_first"
        unknown = [None, shapes[0][1], None, None] if channels_first else [None, None, None, shapes[0][3]]
    if unknown is not None:
        record["unknown"] = [unknown, plain(list(make().compute_output_shape(tuple(unknown))))]
    assert y.dtype == np.float64, (cls, y.dtype)
    assert list(y.shape[1:]) == record["outputShape"][1:], (cls, options, y.shape, record["outputShape"])
    if note:
        record["note"] = note
    bound = tolerance(cls, options, "single" in record)
    if bound:
        record["tolerance"] = bound
    if slope:
        element, value, reason = slope
        dy = lcg(tuple(y.shape), dy_seed).ravel()[element]
        record["deviations"] = [{"of": "inputGradients", "index": 0, "element": element, "value": float(value * dy), "reason": reason}]
    cases.append(record)


group(stride=1)

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
case("MaxPooling2D", (1, 4, 4, 1), xs=[np.ones((1, 4, 4, 1))], note="ties: where the gradient goes")
case("MaxPooling2D", (1, 3, 3, 1), xs=[np.array([1, 2, 2, 2, 1, 0, 0, 2, 2.0]).reshape(1, 3, 3, 1)], pool_size=2, strides=1, note="ties in overlapping windows")
case("MaxPooling2D", (1, 2, 4, 1), xs=[np.zeros((1, 2, 4, 1))], pool_size=2, note="ties at zero, as after relu")

for cls in ("GlobalAveragePooling2D", "GlobalMaxPooling2D"):
    case(cls, (2, 4, 5, 3))
    case(cls, (2, 4, 5, 3), keepdims=True)
    case(cls, (2, 3, 4, 5), data_format="channels_first")
    case(cls, (2, 3, 4, 5), data_format="channels_first", keepdims=True)
case("GlobalMaxPooling2D", (1, 2, 2, 2), xs=[np.array([1, 3, 1, 0, 1, 3, 0, 3.0]).reshape(1, 2, 2, 2)], note="ties: TensorFlow shares the gradient equally")

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
case("ReLU", (1, 7), xs=[np.array([[-1, 0, 1, 1.5, 5, 6, 7.0]])], max_value=6.0, negative_slope=0.1, threshold=1.0, note="at the corners")
case("ReLU", (1, 5), xs=[np.array([[-1, 0, 1, 6, 7.0]])], max_value=6.0, note="at the corners",
     slope=(3, 1, "At maxValue the slope is 1 here, as in Keras for every maxValue but 6, which has a kernel of its own."))
case("ReLU", (1, 5), xs=[np.array([[-1, 0, 1, 6, 7.0]])], note="at the corner")
case("Softmax", (3, 5), **SPREAD)
case("Softmax", (2, 3, 4), **SPREAD, axis=1)
case("Softmax", (2, 3, 4), **SPREAD, axis=[1, 2])
case("Softmax", (2, 3, 4, 2), **SPREAD, axis=[-1, 1])
case("Softmax", (2, 4), **SPREAD, masks=[[[1, 0, 1, 1], [0, 0, 1, 1]]])
case("Softmax", (2, 4), **SPREAD, masks=[[[1, 0, 1, 1], [0, 0, 0, 0]]], note="a row with everything masked")
case("Softmax", (2, 3, 2), **SPREAD, masks=[[[[1, 0], [1, 1], [0, 1]], [[1, 1], [1, 1], [0, 0]]]], axis=[1, 2])
MASKED = np.array([[[1, 2], [0, 0], [0, 3]], [[0, 0], [4, -1], [0, 0]]], np.float64)
case("Masking", (2, 3, 2), xs=[MASKED])
case("Masking", (2, 3, 2), xs=[np.where(MASKED == 0, -1.0, MASKED)], mask_value=-1.0)
case("Dropout", (3, 5), rate=0.5)
case("Dropout", (2, 3, 4), rate=0.3, noise_shape=[None, 1, 4], seed=7)

group(stride=10)  # cases of several inputs, whose seeds follow each other

# Merging
TWO, THREE = ((2, 3), (2, 3)), ((2, 3, 2), (2, 3, 2), (2, 3, 2))
BOTH = [[[1, 0, 1], [0, 0, 1]], [[1, 1, 0], [0, 1, 1]]]
for cls in ("Add", "Average", "Multiply", "Maximum", "Minimum", "Subtract"):
    case(cls, TWO)
    case(cls, ((2, 3, 4), (2, 1, 4)))
    case(cls, ((2, 3, 4), (2, 4)), note="another rank")
    case(cls, ((2, 3, 2), (2, 3, 2)), masks=BOTH)
    case(cls, ((2, 3, 2), (2, 3, 2)), masks=[BOTH[0], None])
    case(cls, ((2, 3, 2), (2, 3, 2)), masks=[None, BOTH[1]])
    if cls != "Subtract":
        case(cls, THREE)
        case(cls, THREE, masks=[*BOTH, [[0, 0, 0], [0, 1, 0]]])
case("Concatenate", TWO)
case("Concatenate", ((2, 3), (2, 1), (2, 2)))
case("Concatenate", ((2, 3, 2), (2, 1, 2)), axis=1)
case("Concatenate", ((2, 2, 3, 2), (2, 2, 3, 4)), axis=3)
case("Concatenate", ((2, 3, 2), (2, 3, 2)), axis=-2)
case("Concatenate", ((2, 3, 2), (2, 3, 2)), masks=BOTH)
case("Concatenate", ((2, 3, 2), (2, 3, 2)), masks=BOTH, axis=1)
case("Concatenate", ((2, 3, 2), (2, 3, 2)), masks=[BOTH[0], None], axis=1)
case("Dot", TWO, axes=1)
case("Dot", TWO, axes=-1, normalize=True)
case("Dot", ((2, 3, 4), (2, 5, 4)), axes=2)
case("Dot", ((2, 3, 4), (2, 3, 5)), axes=[1, 1])
case("Dot", ((2, 3, 4), (2, 4, 5)), axes=[2, 1], normalize=True)
case("Dot", ((2, 3, 4), (2, 3)), axes=[1, 1])
case("Dot", ((2, 4), (2, 3, 4)), axes=[1, -1])
case("Dot", ((2, 3, 2, 4), (2, 4, 5, 2)), axes=[3, 1])

# Core, reshaping, preprocessing
case("Permute", (2, 3, 4), dims=[2, 1])
case("Permute", (2, 3, 4, 5), dims=[3, 1, 2], unknown=[None, None, 4, None])
case("RepeatVector", (2, 3), n=4)
case("Rescaling", (2, 3), scale=0.5)
case("Rescaling", (2, 3), scale=1 / 127.5, offset=-1.0)
case("Rescaling", (2, 2, 3), scale=[0.5, 2.0, 3.0], offset=[1.0, 0.0, -1.0])
case("Identity", (2, 3))
IDS = np.array([[0, 2, 4, 2], [1, 0, 3, 2]], np.int64)
case("Embedding", (2, 4), xs=[IDS], input_dim=5, output_dim=3)
case("Embedding", (2, 4), xs=[IDS], input_dim=6, output_dim=2, mask_zero=True, embeddings_initializer="zeros", masks=[None])
case("Embedding", (2,), xs=[IDS[0, :2]], input_dim=5, output_dim=3)

# Padding, cropping, upsampling, pooling
case("ZeroPadding1D", (2, 3, 2))
case("ZeroPadding1D", (2, 3, 2), padding=[0, 2], unknown=[None, None, 2])
case("ZeroPadding1D", (2, 3, 2), padding=2, data_format="channels_first")
case("ZeroPadding2D", (2, 3, 2, 2), unknown=[None, None, 2, 2])
case("ZeroPadding2D", (2, 3, 2, 2), padding=[1, 2])
case("ZeroPadding2D", (2, 3, 2, 2), padding=[[0, 1], [2, 0]])
case("ZeroPadding2D", (2, 3, 2, 2), padding=[[0, 1], [2, 0]], data_format="channels_first")
case("ZeroPadding3D", (1, 2, 3, 2, 2))
case("ZeroPadding3D", (1, 2, 1, 2, 2), padding=[[0, 1], [2, 0], [1, 1]], data_format="channels_first")
case("ZeroPadding3D", (1, 2, 1, 2, 2), padding=[0, 2, 1])
case("Cropping1D", (2, 5, 2), unknown=[None, None, 2])
case("Cropping1D", (2, 5, 2), cropping=[0, 3])
case("Cropping1D", (2, 5, 2), cropping=2)
case("Cropping2D", (2, 5, 4, 2))
case("Cropping2D", (2, 5, 4, 2), cropping=1)
case("Cropping2D", (2, 5, 4, 2), cropping=[2, 1], unknown=[None, None, 4, 2])
case("Cropping2D", (2, 2, 5, 4), cropping=[[0, 2], [3, 0]], data_format="channels_first")
case("Cropping3D", (1, 3, 4, 5, 2))
case("Cropping3D", (1, 2, 3, 4, 5), cropping=[[0, 1], [2, 0], [1, 1]], data_format="channels_first")
case("UpSampling1D", (2, 3, 2))
case("UpSampling1D", (2, 3, 2), size=3, unknown=[None, None, 2])
case("UpSampling2D", (2, 3, 2, 2))
case("UpSampling2D", (2, 3, 2, 2), size=[1, 3], unknown=[None, None, 2, 2])
case("UpSampling2D", (2, 3, 2, 2), size=[2, 3], data_format="channels_first")
case("UpSampling2D", (2, 3, 2, 2), interpolation="bilinear", unknown=[None, None, 2, 2])
case("UpSampling2D", (1, 4, 5, 2), size=[3, 2], interpolation="bilinear")
case("UpSampling2D", (1, 2, 4, 5), size=[1, 4], interpolation="bilinear", data_format="channels_first")
case("UpSampling3D", (1, 2, 3, 1, 2))
case("UpSampling3D", (1, 2, 3, 1, 2), size=[1, 2, 3], data_format="channels_first")
for mode in ("Max", "Average"):
    for n, shape in ((1, (2, 7, 3)), (3, (1, 4, 5, 4, 2))):
        cls = f"{mode}Pooling{n}D"
        open_shape = [None, *(None for _ in range(n)), shape[-1]]
        case(cls, shape, pool_size=2, unknown=open_shape)
        case(cls, shape, pool_size=3, strides=2, padding="same", unknown=open_shape)
        case(cls, shape, pool_size=3, strides=1)
        case(cls, shape, pool_size=2, strides=2, data_format="channels_first")
        case(f"Global{mode}Pooling{n}D", shape)
        case(f"Global{mode}Pooling{n}D", shape, keepdims=True)
        case(f"Global{mode}Pooling{n}D", shape, data_format="channels_first")
case("GlobalAveragePooling1D", (2, 3, 2), masks=[[[1, 0, 1], [0, 0, 1]]])
case("GlobalAveragePooling1D", (2, 3, 2), masks=[[[1, 0, 1], [0, 0, 1]]], keepdims=True)
case("GlobalAveragePooling1D", (2, 2, 3), masks=[[[1, 0, 1], [0, 0, 1]]], data_format="channels_first")

# Convolutions
SEQ, IMG, VOL = (2, 7, 3), (2, 5, 6, 3), (1, 4, 5, 4, 2)
for padding in ("valid", "same", "causal"):
    case("Conv1D", SEQ, filters=4, kernel_size=3, padding=padding, unknown=[None, None, 3])
    case("Conv1D", SEQ, filters=2, kernel_size=2, strides=2, padding=padding, activation="relu")
    case("Conv1D", SEQ, filters=2, kernel_size=3, dilation_rate=2, padding=padding, use_bias=False)
case("Conv1D", (2, 7, 4), filters=4, kernel_size=3, groups=2, padding="causal")
case("Conv1D", (2, 3, 7), filters=4, kernel_size=3, data_format="channels_first")
case("Conv1D", (2, 3, 7), filters=4, kernel_size=3, padding="causal", data_format="channels_first")
for padding in ("valid", "same"):
    case("Conv3D", VOL, filters=2, kernel_size=2, padding=padding, unknown=[None, None, None, None, 2])
    case("Conv3D", VOL, filters=2, kernel_size=[3, 1, 2], strides=[1, 2, 2], padding=padding, activation="tanh")
case("Conv3D", (1, 2, 4, 5, 4), filters=2, kernel_size=2, data_format="channels_first")
for n, shape in ((1, (2, 4, 3)), (2, (2, 3, 4, 2)), (3, (1, 2, 3, 2, 2))):
    cls = f"Conv{n}DTranspose"
    open_shape = [None, *(None for _ in range(n)), shape[-1]]
    for padding in ("valid", "same"):
        case(cls, shape, filters=2, kernel_size=3, padding=padding, unknown=open_shape)
        case(cls, shape, filters=2, kernel_size=3, strides=2, padding=padding, unknown=open_shape)
        case(cls, shape, filters=2, kernel_size=2, strides=2, padding=padding, activation="relu")
        case(cls, shape, filters=1, kernel_size=2, strides=3, padding=padding, use_bias=False)
        case(cls, shape, filters=1, kernel_size=3, strides=2, padding=padding, output_padding=1, unknown=open_shape)
        case(cls, shape, filters=1, kernel_size=3, strides=2, padding=padding, output_padding=0)
    case(cls, shape, filters=2, kernel_size=4, strides=2, padding="same", output_padding=1)
    case(cls, shape, filters=2, kernel_size=4, strides=2, padding="same")
    case(cls, (shape[0], shape[-1], *shape[1:-1]), filters=2, kernel_size=3, strides=2, padding="same", data_format="channels_first")
case("Conv2DTranspose", (2, 3, 4, 2), filters=2, kernel_size=[2, 3], strides=[3, 1], output_padding=[2, 0])
for n, shape in ((1, SEQ), (2, IMG)):
    open_shape = [None, *(None for _ in range(n)), shape[-1]]
    turned = (shape[0], shape[-1], *shape[1:-1])
    for padding in ("valid", "same"):
        case(f"DepthwiseConv{n}D", shape, kernel_size=3, padding=padding, unknown=open_shape)
        case(f"DepthwiseConv{n}D", shape, kernel_size=2, strides=2, depth_multiplier=2, padding=padding, activation="relu")
        case(f"SeparableConv{n}D", shape, filters=4, kernel_size=3, padding=padding, unknown=open_shape)
        case(f"SeparableConv{n}D", shape, filters=2, kernel_size=2, strides=2, depth_multiplier=2, padding=padding, activation="relu")
    case(f"DepthwiseConv{n}D", shape, kernel_size=2, dilation_rate=2, use_bias=False)
    case(f"SeparableConv{n}D", shape, filters=2, kernel_size=2, dilation_rate=2, use_bias=False)
    case(f"DepthwiseConv{n}D", turned, kernel_size=3, depth_multiplier=2, data_format="channels_first")
    case(f"SeparableConv{n}D", turned, filters=2, kernel_size=3, data_format="channels_first")

# Activations, regularization
case("LeakyReLU", (3, 5), low=-4.0, high=4.0)
case("LeakyReLU", (3, 5), low=-4.0, high=4.0, negative_slope=0.1)
case("LeakyReLU", (1, 3), xs=[np.array([[-1.0, 0.0, 2.0]])], note="at the corner")
case("ELU", (3, 5), low=-4.0, high=4.0)
case("ELU", (3, 5), low=-4.0, high=4.0, alpha=0.5)
case("PReLU", (3, 5))
case("PReLU", (2, 3, 4, 2), shared_axes=[1, 2])
case("PReLU", (2, 3, 4), shared_axes=1, alpha_initializer="ones", alpha_regularizer="l2", alpha_constraint="non_neg")
case("SpatialDropout1D", (2, 3, 2), rate=0.5)
case("SpatialDropout2D", (2, 3, 2, 2), rate=0.5, seed=3)
case("SpatialDropout3D", (1, 2, 3, 2, 2), rate=0.5, data_format="channels_first")
case("GaussianNoise", (3, 4), stddev=0.5)
case("GaussianDropout", (3, 4), rate=0.5, seed=1)
case("AlphaDropout", (3, 4), rate=0.5, noise_shape=[None, 1])
case("ActivityRegularization", (3, 4), l1=0.1, l2=0.2)
case("ActivityRegularization", (3, 4))

# The other interpolations
for interpolation in ("bicubic", "lanczos3", "lanczos5"):
    case("UpSampling2D", (2, 3, 4, 2), size=[2, 3], interpolation=interpolation, unknown=[None, None, None, 2])
case("UpSampling2D", (1, 2, 4, 5), size=[1, 4], interpolation="bicubic", data_format="channels_first")

if __name__ == "__main__":
    write("layers", cases, versions())
