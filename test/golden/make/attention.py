"""Layers of attention, and layers whose calls have arguments, in float64: test/golden/attention.json.gz.

Run from the repository root, in an environment with keras==3.15.1 and tensorflow:

    python test/golden/make/attention.py

Fields of a case:
  layer, options          the class, and the arguments of its constructor
  inputShapes, integers   the shapes of its inputs, in order; input i is lcg(inputShapes[i], seed + i), or integers below `integers`
  seed, weightSeed        weight k is lcg(shape, weightSeed + k, -0.5, 0.5)
  call                    the further arguments of the call: numbers, booleans and boolean masks
  masks                   the mask attached to each input (null for none)
  training                whether the call trains
  tolerance               as in test/golden/README.md
  weights, config         as in test/golden/make/layers.py
  outputs, dySeed         the output or outputs; gradients are those of sum(dy_i * output_i) with dy_i = lcg(shape, dySeed + i)
  inputGradients, weightGradients, outputMask   as in test/golden/make/layers.py
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


def tail(length, *kept):
    """A mask of each sample's first positions."""
    return np.stack([np.arange(length) < k for k in kept])


def case(cls, shapes, call=None, masks=None, integers=None, spread=False, training=False, lora=None, **options):
    number = len(cases)
    seed, weight_seed, dy_seed = 100 + 10 * number, 9000 + 20 * number, 5000 + 10 * number
    call = call or {}
    layer = getattr(L, cls)(**options)
    xs = []
    for i, shape in enumerate(shapes):
        x = lcg(shape, seed + i).astype(np.float64)
        xs.append(np.floor((x + 1) / 2 * integers).astype(np.int32) if integers and i == 0 else x)
    named = dict(options)
    named.pop("dtype", None)
    explicit = call.get("return_attention_scores") or options.get("dropout") or cls == "MultiHeadAttention" and len(shapes[0]) > 3
    if options.get("dtype") == "float32":
        bound = {"rtol": 1e-5, "atol": 1e-6, "reason": "TensorFlow computes this in float32 only"}
    elif lora is not None:
        bound = {"rtol": 1e-6, "atol": 1e-7, "reason": "Keras holds the weights of adaptations in float32"}
    elif explicit and "Head" in cls or explicit and cls == "GroupQueryAttention":
        bound = {"rtol": 1e-6, "atol": 1e-7, "reason": "Keras holds the factor of the scores in float32"}
    else:
        bound = None
    record = {"tolerance": bound, "layer": cls, "options": plain(named), "inputShapes": plain(shapes), "integers": integers, "seed": seed,
              "weightSeed": weight_seed, "dySeed": dy_seed, "training": training,
              "call": {k: array(v) if isinstance(v, np.ndarray) else v for k, v in call.items()},
              "masks": None if masks is None else [None if m is None else array(m) for m in masks]}

    def run():
        ts = [tf.constant(x) for x in xs]
        for t, m in zip(ts, masks or []):
            if m is not None:
                t._keras_mask = tf.constant(m)
        tensors = {k: tf.constant(v) if isinstance(v, np.ndarray) else v for k, v in call.items()}
        more = {"training": True} if training else {}
        y = layer(*ts, **tensors, **more) if spread else layer(ts if len(ts) > 1 else ts[0], **tensors, **more)
        return ts, y

    run()
    if lora is not None:
        layer.enable_lora(**lora)
        record["lora"] = lora
    layer.set_weights([lcg(tuple(w.shape), weight_seed + k, -0.5, 0.5).astype(np.float64) for k, w in enumerate(layer.weights)])
    with tf.GradientTape() as tape:
        ts = [tf.constant(x) for x in xs]
        sources = [t for t in ts if t.dtype == tf.float64]
        tape.watch(sources)
        for t, m in zip(ts, masks or []):
            if m is not None:
                t._keras_mask = tf.constant(m)
        tensors = {k: tf.constant(v) if isinstance(v, np.ndarray) else v for k, v in call.items()}
        more = {"training": True} if training else {}
        y = layer(*ts, **tensors, **more) if spread else layer(ts if len(ts) > 1 else ts[0], **tensors, **more)
        ys = list(y) if isinstance(y, (list, tuple)) else [y]
        total = tf.add_n([tf.reduce_sum(tf.cast(v, tf.float64) * lcg(tuple(v.shape), dy_seed + i).astype(np.float64)) for i, v in enumerate(ys)])
    mask = getattr(ys[0], "_keras_mask", None)
    found = tape.gradient(total, sources + [w.value for w in layer.trainable_weights], unconnected_gradients="zero")
    found = [tf.convert_to_tensor(g).numpy() for g in found]
    record["weights"] = [{"name": w.name, "shape": list(w.shape)} for w in layer.weights]
    config = plain(layer.get_config())
    config.pop("name")
    config["dtype"] = "float64"
    record["config"] = config
    record["outputs"] = [array(v.numpy().astype(np.float64)) for v in ys]
    record["outputMask"] = None if mask is None else array(np.asarray(mask))
    record["inputGradients"] = [array(found.pop(0)) if x.dtype == np.float64 else None for x in xs]
    record["weightGradients"] = [array(g) for g in found]
    cases.append(record)


Q, V, K = (2, 3, 4), (2, 5, 4), (2, 5, 4)
QM, VM = tail(3, 2, 3), tail(5, 4, 2)
for cls in ("Attention", "AdditiveAttention"):
    case(cls, [Q, V])
    case(cls, [Q, V, K], call={"return_attention_scores": True}, use_scale=True)
    case(cls, [Q, V], call={"use_causal_mask": True, "return_attention_scores": True}, use_scale=False)
    case(cls, [Q, V], masks=[QM, VM])
    case(cls, [Q, V, K], masks=[None, VM, None], call={"use_causal_mask": True})
    case(cls, [Q, V], masks=[QM, None])
case("Attention", [Q, V], score_mode="concat")
case("Attention", [Q, V, K], score_mode="concat", use_scale=True)

AM = lcg((2, 3, 5), 77) > -0.4
SEQ = (2, 4, 6)
for cls, options in (("MultiHeadAttention", {"num_heads": 2, "key_dim": 3}), ("GroupQueryAttention", {"head_dim": 3, "num_query_heads": 4, "num_key_value_heads": 2})):
    same = cls == "GroupQueryAttention"
    q, v, k = (2, 3, 4), (2, 5, 4), (2, 5, 4 if same else 6)
    for call in ({}, {"use_causal_mask": True}, {"attention_mask": AM}, {"attention_mask": AM, "use_causal_mask": True}):
        for scores in (False, True):
            case(cls, [q, v], call={**call, **({"return_attention_scores": True} if scores else {})}, spread=True, **options)
    case(cls, [q, v, k], spread=True, **options)
    case(cls, [q, v], masks=[QM, VM], spread=True, **options)
    case(cls, [q, v, k], masks=[QM, VM, tail(5, 5, 3)], call={"return_attention_scores": True}, spread=True, **options)
    case(cls, [q, v], call={"value_mask": VM, "key_mask": tail(5, 5, 3), "query_mask": QM}, spread=True, **options)
    case(cls, [q, v], use_bias=False, use_gate=True, spread=True, **options)
    case(cls, [SEQ, SEQ], sliding_window=2, call={"use_causal_mask": True}, spread=True, **options)
    case(cls, [SEQ, SEQ], sliding_window=2, masks=[tail(4, 3, 4), None], spread=True, use_gate=True, **options)
    case(cls, [SEQ, SEQ], dropout=0.5, call={"use_causal_mask": True}, spread=True, **options)
case("GroupQueryAttention", [SEQ, SEQ], head_dim=2, num_query_heads=3, num_key_value_heads=1, spread=True)
MHA = {"num_heads": 2, "key_dim": 3}
case("MultiHeadAttention", [SEQ, SEQ], value_dim=5, spread=True, **MHA)
case("MultiHeadAttention", [SEQ, SEQ], output_shape=7, spread=True, **MHA)
case("MultiHeadAttention", [SEQ, SEQ], output_shape=[2, 3], value_dim=2, spread=True, **MHA)
IMG = (2, 2, 3, 4)
case("MultiHeadAttention", [IMG, IMG], spread=True, **MHA)
case("MultiHeadAttention", [IMG, IMG], attention_axes=[1], call={"return_attention_scores": True}, spread=True, **MHA)
case("MultiHeadAttention", [IMG, IMG], attention_axes=[2], spread=True, **MHA)
case("MultiHeadAttention", [IMG, IMG], attention_axes=[-2], value_dim=2, spread=True, **MHA)
case("MultiHeadAttention", [IMG, (2, 3, 2, 4)], attention_axes=[1, 2], call={"attention_mask": lcg((2, 2, 3, 3, 2), 78) > -0.4, "return_attention_scores": True}, spread=True, **MHA)
case("MultiHeadAttention", [(2, 2, 2, 3, 4)] * 2, attention_axes=[2, 3], spread=True, **MHA)

# EinsumDense
case("EinsumDense", [(2, 3)], equation="ab,bc->ac", output_shape=4, bias_axes="c")
case("EinsumDense", [(2, 3, 4)], equation="abc,cd->abd", output_shape=[3, 5], bias_axes="d", activation="relu")
case("EinsumDense", [(2, 3, 4)], equation="abc,cde->abde", output_shape=[3, 2, 3], bias_axes="de")
case("EinsumDense", [(2, 3, 4)], equation="abc,cde->abde", output_shape=[3, 2, 3], bias_axes="d")
case("EinsumDense", [(2, 3, 4)], equation="abc,cde->abde", output_shape=[3, 2, 3], bias_axes="be")
case("EinsumDense", [(2, 3, 4, 5)], equation="abcd,cde->abe", output_shape=[3, 6], bias_axes="e")
case("EinsumDense", [(2, 3, 4)], equation="...x,xy->...y", output_shape=5, bias_axes="y")
case("EinsumDense", [(2, 3, 4, 5)], equation="...bc,bde->...cde", output_shape=[5, 2, 3], bias_axes="ce")
case("EinsumDense", [(2, 3, 4)], equation="ab...,bc->ac...", output_shape=5)
case("EinsumDense", [(2, 3, 4, 5)], equation="abc...,cd->abd...", output_shape=[3, 6], bias_axes="d")
case("EinsumDense", [(2, 3, 4)], equation="abc,bc->ab", output_shape=3)
case("EinsumDense", [(2, 3, 4)], equation="abc,bd->acd", output_shape=[4, 5], bias_axes="cd")
case("EinsumDense", [(2, 3, 4)], equation="abc,bcd->abd", output_shape=[3, 5], bias_axes="bd")

# Low-rank adaptation
case("Dense", [(2, 3)], units=4, lora={"rank": 2})
case("Dense", [(2, 3)], units=4, activation="tanh", lora={"rank": 2, "lora_alpha": 3.0})
case("EinsumDense", [(2, 3, 4)], equation="abc,cde->abde", output_shape=[3, 2, 3], bias_axes="de", lora={"rank": 2, "lora_alpha": 5})
case("Embedding", [(2, 3)], integers=5, input_dim=5, output_dim=4, lora={"rank": 2, "lora_alpha": 3.0})
case("Conv1D", [(2, 6, 3)], filters=4, kernel_size=2, lora={"rank": 2})
case("Conv2D", [(2, 4, 5, 3)], filters=4, kernel_size=2, use_bias=False, lora={"rank": 2, "lora_alpha": 3.0})
case("Conv3D", [(2, 3, 3, 4, 2)], filters=3, kernel_size=2, lora={"rank": 1})

# ReversibleEmbedding
EMB = {"input_dim": 5, "output_dim": 4}
case("ReversibleEmbedding", [(2, 3)], integers=5, **EMB)
case("ReversibleEmbedding", [(2, 3)], integers=5, mask_zero=True, **EMB)
case("ReversibleEmbedding", [(2, 3, 4)], call={"reverse": True}, **EMB)
case("ReversibleEmbedding", [(2, 3, 4)], call={"reverse": True}, tie_weights=False, **EMB)
case("ReversibleEmbedding", [(2, 3, 4)], call={"reverse": True}, logit_soft_cap=0.5, reverse_dtype="float64", **EMB)

# Adaptive pooling
for kind in ("Average", "Max"):
    for options in ({"output_size": 3}, {"output_size": 2}, {"output_size": 6, "data_format": "channels_first"}, {"output_size": 5}):
        case(f"Adaptive{kind}Pooling1D", [(2, 4, 6) if "data_format" in options else (2, 8, 3)], **options)
    for options in ({"output_size": 3}, {"output_size": [2, 5]}, {"output_size": [4, 2], "data_format": "channels_first"}):
        case(f"Adaptive{kind}Pooling2D", [(2, 3, 8, 6) if "data_format" in options else (2, 7, 6, 2)], **options)
    for options in ({"output_size": 2}, {"output_size": [2, 3, 1]}):
        case(f"Adaptive{kind}Pooling3D", [(2, 4, 5, 3, 2)], **options, dtype="float32")

write("attention", cases, versions(), zipped=True)
