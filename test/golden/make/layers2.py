"""The other layers of Keras's families (merging, reshaping, convolutions, pooling, activations, core): test/golden/layers2.json.

Run from the repository root, in an environment with keras==3.15.1 and tensorflow:

    python test/golden/make/layers2.py

All float64, training=False. Input i is lcg(inputShapes[i], seed + i, low, high), or stored as "inputs" where it must be integers
or have special numbers. Weight k is lcg(shape, weightSeed + k, -0.5, 0.5), in layer.get_weights() order. Gradients are those of
sum(dy * output) with dy = lcg(output shape, dySeed): "inputGradients" (null for integers), "weightGradients". "masks" has the mask
of each input (null for none) and "outputMask" what comes of them.

"options" is what was given to the constructor, "config" is get_config() without the name, its dtype cut down to "float64".
"outputShape" is compute_output_shape with the batch unknown; "unknown" has shapes with more sizes unknown, and what becomes of them.

A channels_first case that TensorFlow cannot run on a CPU has the numbers of the channels_last layer with the same weights on the
transposed input, transposed back ("viaTranspose"). "single" marks what TensorFlow can compute in float32 only.
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


def case(cls, shapes, low=-1.0, high=1.0, xs=None, masks=None, unknown=None, note=None, **options):
    number = len(cases) + 1
    several = isinstance(shapes[0], tuple)
    shapes = list(shapes) if several else [shapes]
    seed, dy_seed, weight_seed = 100 + 10 * number, 5000 + number, 9000 + 20 * number
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
        if options.get("data_format") != "channels_first" and "double is not in the list" in str(e) or "T=DT_DOUBLE" in str(e) and options.get("data_format") != "channels_first":
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
    if unknown is not None:
        record["unknown"] = [unknown, plain(list(make().compute_output_shape(tuple(unknown))))]
    assert y.dtype == np.float64, (cls, y.dtype)
    assert list(y.shape[1:]) == record["outputShape"][1:], (cls, options, y.shape, record["outputShape"])
    if note:
        record["note"] = note
    cases.append(record)


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


if __name__ == "__main__":
    write("layers2", cases, versions())
