"""Layers of keras-hub in float64: test/golden/hub.json.gz.

Run from the repository root, in an environment with keras==3.15.1 and tensorflow, and a checkout of keras-hub:

    EVENKEEL_KERAS_HUB=~/keras-hub python test/golden/make/hub.py

The fields of a case are those of test/golden/make/attention.py, with a class of keras-hub. `integers` has an entry for each
input. Where a cache is updated, there are no gradients. `embedding` is the config of the `token_embedding`.
"""

from common import array, lcg, np, versions, write
import keras
import tensorflow as tf

keras.config.set_floatx("float64")
keras.config.set_dtype_policy("float64")

from keras_hub_modules import hub_versions, layers as H

cases = []
SINGLE = {"rtol": 1e-5, "atol": 1e-6, "reason": "keras-hub computes frequencies and angles in float32"}
FACTOR = {"rtol": 1e-6, "atol": 1e-7, "reason": "Keras holds the factor of the scores in float32"}
FOURIER = {"rtol": 2e-5, "atol": 2e-5, "reason": "keras-hub transforms in float32"}


def tail(length, *kept):
    return np.stack([np.arange(length) < k for k in kept])


def case(cls, shapes, call=None, masks=None, integers=None, training=False, tolerance=None, options=None, arguments=None):
    number = len(cases)
    seed, weight_seed, dy_seed = 100 + 10 * number, 9000 + 40 * number, 5000 + 10 * number
    call, options = call or {}, options or {}
    layer = getattr(H, cls)(**options, **(arguments or {}))
    integers = integers or {}
    xs = []
    for i, shape in enumerate(shapes):
        x = lcg(shape, seed + i).astype(np.float64)
        xs.append(np.floor((x + 1) / 2 * integers[i]).astype(np.int32) if i in integers else x)
    record = {"layer": cls, "options": options, "inputShapes": [list(s) for s in shapes],
              "integers": [integers.get(i) for i in range(len(shapes))], "seed": seed, "weightSeed": weight_seed,
              "dySeed": dy_seed, "training": training, "tolerance": tolerance,
              "call": {k: array(v) if isinstance(v, np.ndarray) else v for k, v in call.items()},
              "masks": None if masks is None else [None if m is None else array(m) for m in masks]}

    def run(trains):
        ts = [tf.constant(x) for x in xs]
        for t, m in zip(ts, masks or []):
            if m is not None:
                t._keras_mask = tf.constant(m)
        tensors = {k: tf.constant(v) if isinstance(v, np.ndarray) else v for k, v in call.items()}
        return ts, tensors, ({"training": True} if trains else {})

    ts, tensors, more = run(training)
    layer(*ts, **tensors, **more)
    if arguments:
        record["embedding"] = {"config": keras.layers.serialize(next(iter(arguments.values())))}
    layer.set_weights([lcg(tuple(w.shape), weight_seed + k, -0.5, 0.5).astype(np.float64) for k, w in enumerate(layer.weights)])
    with tf.GradientTape() as tape:
        ts, tensors, more = run(training)
        sources = [t for t in ts if t.dtype == tf.float64]
        tape.watch(sources)
        y = layer(*ts, **tensors, **more)
        ys = list(y) if isinstance(y, (list, tuple)) else [y]
        total = tf.add_n([tf.reduce_sum(tf.cast(v, tf.float64) * lcg(tuple(v.shape), dy_seed + i).astype(np.float64)) for i, v in enumerate(ys)])
    mask = getattr(ys[0], "_keras_mask", None)
    # TensorFlow has no gradient of the update of a cache.
    differentiable = not any(key.endswith("cache_update_index") for key in call)
    targets = sources + [w.value for w in layer.trainable_weights]
    found = tape.gradient(total, targets, unconnected_gradients="zero") if differentiable else []
    found = [tf.convert_to_tensor(g).numpy() for g in found]
    record["weights"] = [{"name": w.name, "shape": list(w.shape)} for w in layer.weights]
    config = dict(layer.get_config())
    config.pop("name", None)
    record["config"] = config
    record["outputs"] = [array(v.numpy().astype(np.float64)) for v in ys]
    record["outputMask"] = None if mask is None else array(np.asarray(mask))
    record["inputGradients"] = [array(found.pop(0)) if found and x.dtype == np.float64 else None for x in xs]
    record["weightGradients"] = [array(g) for g in found]
    cases.append(record)


SEQ, ENC = (2, 4, 6), (2, 5, 6)
PADDING, ENCODER_PADDING = tail(4, 3, 4), tail(5, 5, 2)
AM = lcg((2, 4, 4), 77) > -0.4
CROSS = lcg((2, 4, 5), 78) > -0.4
BLOCK = {"intermediate_dim": 5, "num_heads": 2}

for first in (False, True):
    options = {**BLOCK, "normalize_first": first}
    case("TransformerEncoder", [SEQ], options=options)
    case("TransformerEncoder", [SEQ], masks=[PADDING], options=options)
    case("TransformerEncoder", [SEQ], call={"padding_mask": PADDING}, options=options)
    case("TransformerEncoder", [SEQ], call={"attention_mask": AM}, options=options)
    case("TransformerEncoder", [SEQ], call={"padding_mask": PADDING, "attention_mask": AM}, masks=[tail(4, 4, 2)], options=options)
    case("TransformerDecoder", [SEQ], options=options)
    case("TransformerDecoder", [SEQ], masks=[PADDING], options=options)
    case("TransformerDecoder", [SEQ], call={"use_causal_mask": False, "decoder_attention_mask": AM}, options=options)
    case("TransformerDecoder", [SEQ, ENC], options=options)
    case("TransformerDecoder", [SEQ, ENC], masks=[PADDING, ENCODER_PADDING], options=options)
    case("TransformerDecoder", [SEQ, ENC], options=options,
         call={"decoder_padding_mask": PADDING, "decoder_attention_mask": AM, "encoder_padding_mask": ENCODER_PADDING,
               "encoder_attention_mask": CROSS})
case("TransformerEncoder", [SEQ], call={"return_attention_scores": True}, options=BLOCK, tolerance=FACTOR)
case("TransformerEncoder", [(2, 5, 6)], options={"intermediate_dim": 3, "num_heads": 4, "activation": "tanh", "layer_norm_epsilon": 0.1,
                                           "kernel_initializer": "he_normal", "bias_initializer": "ones"})
CACHE = lcg((2, 2, 6, 2, 3), 91).astype(np.float64)
CROSS_CACHE = lcg((2, 2, 5, 2, 3), 92).astype(np.float64)
STEP = (2, 1, 6)
case("TransformerDecoder", [STEP], options=BLOCK, call={"self_attention_cache": CACHE, "self_attention_cache_update_index": 3})
case("TransformerDecoder", [(2, 2, 6)], options=BLOCK, call={"self_attention_cache": CACHE, "self_attention_cache_update_index": 2})
case("TransformerDecoder", [SEQ], options=BLOCK, call={"self_attention_cache": CACHE, "self_attention_cache_update_index": 0})
case("TransformerDecoder", [STEP, ENC], options=BLOCK,
     call={"self_attention_cache": CACHE, "self_attention_cache_update_index": 4,
           "cross_attention_cache": CROSS_CACHE, "cross_attention_cache_update_index": 0})
case("TransformerDecoder", [STEP, ENC], options={**BLOCK, "normalize_first": True},
     call={"self_attention_cache": CACHE, "self_attention_cache_update_index": 4, "cross_attention_cache": CROSS_CACHE})

MHA = {"num_heads": 2, "key_dim": 3}
case("CachedMultiHeadAttention", [SEQ, ENC], options=MHA)
case("CachedMultiHeadAttention", [SEQ, ENC, (2, 5, 3)], options=MHA, call={"attention_mask": CROSS})
case("CachedMultiHeadAttention", [SEQ, ENC], options=MHA, masks=[PADDING, ENCODER_PADDING])
case("CachedMultiHeadAttention", [STEP, STEP], options=MHA, call={"cache": CACHE, "cache_update_index": 5})
case("CachedMultiHeadAttention", [STEP, STEP], options=MHA, call={"cache": CACHE})
case("CachedMultiHeadAttention", [STEP, STEP], options=MHA, tolerance=FACTOR,
     call={"cache": CACHE, "cache_update_index": 1, "return_attention_scores": True, "attention_mask": lcg((2, 1, 6), 79) > -0.4})
case("CachedMultiHeadAttention", [SEQ, ENC], options={**MHA, "use_bias": False, "value_dim": 3, "output_shape": 4})

case("PositionEmbedding", [SEQ], options={"sequence_length": 7})
case("PositionEmbedding", [SEQ], options={"sequence_length": 7, "initializer": "ones"}, call={"start_index": 3})
case("PositionEmbedding", [SEQ], options={"sequence_length": 7}, call={"start_index": np.array(2, "int32")})
case("PositionEmbedding", [SEQ], options={"sequence_length": 7}, call={"positions": np.array([3, 0, 0, 6], "int32")})
case("PositionEmbedding", [SEQ], options={"sequence_length": 7},
     call={"start_index": 1, "positions": np.array([[3, 0, 0, 6], [1, 2, 3, 4]], "int32")})
case("PositionEmbedding", [(2, 3, 4, 5)], options={"sequence_length": 4})
case("SinePositionEncoding", [SEQ], tolerance=SINGLE)
case("SinePositionEncoding", [(2, 4, 5)], tolerance=SINGLE, options={"max_wavelength": 50}, call={"start_index": 9})
case("SinePositionEncoding", [SEQ], tolerance=SINGLE, call={"positions": np.array([3.0, 0.0, 0.5, 6.0], "float64")})
for options in ({}, {"max_wavelength": 100, "scaling_factor": 2.5}, {"rope_type": "dynamic", "scaling_factor": 2.0},
                {"rope_type": "yarn", "scaling_factor": 4.0, "original_max_position_embeddings": 64},
                {"rope_type": "yarn", "scaling_factor": 4.0, "original_max_position_embeddings": 5, "truncate": True, "beta_fast": 2.0, "beta_slow": 0.5},
                {"denominator_dim": 8}, {"denominator_dim": 8, "rope_type": "linear", "scaling_factor": 3.0}):
    case("RotaryEmbedding", [(2, 7, 2, 6)], options=options, tolerance=SINGLE)
case("RotaryEmbedding", [SEQ], tolerance=SINGLE, call={"start_index": 5})
case("RotaryEmbedding", [SEQ], tolerance=SINGLE, call={"start_index": np.array(5, "int32")})
case("RotaryEmbedding", [SEQ], tolerance=SINGLE, call={"positions": np.array([3, 0, 0, 6], "int32")})
case("RotaryEmbedding", [SEQ], tolerance=SINGLE, call={"positions": np.array([[3, 0, 0, 6], [1, 2, 3, 4]], "int32")})
case("RotaryEmbedding", [(2, 4, 5, 3)], options={"sequence_axis": 2, "feature_axis": 1}, tolerance=SINGLE)
case("RotaryEmbedding", [(2, 3, 2, 5, 4)], options={"sequence_axis": -2}, tolerance=SINGLE)
TOKENS = {"vocabulary_size": 7, "sequence_length": 5, "embedding_dim": 3}
case("TokenAndPositionEmbedding", [(2, 4)], options=TOKENS, integers={0: 7})
case("TokenAndPositionEmbedding", [(2, 4)], options={**TOKENS, "mask_zero": True}, integers={0: 2}, call={"start_index": 1})
case("TokenAndPositionEmbedding", [(2, 4)], options={**TOKENS, "tie_weights": False}, integers={0: 7},
     call={"positions": np.array([4, 3, 2, 1], "int32")})
case("ReversibleEmbedding", [(2, 4)], options={"input_dim": 7, "output_dim": 3, "mask_zero": True}, integers={0: 2})
case("ReversibleEmbedding", [(2, 4, 3)], options={"input_dim": 7, "output_dim": 3, "tie_weights": False, "logit_soft_cap": 0.5},
     call={"reverse": True})
for shape in [(2, 3, 4, 4), (2, 6, 2, 5), (1, 1, 3, 2), (2, 12, 1, 3)]:
    case("AlibiBias", [shape], options={} if shape[1] != 3 else {"alibi_bias_max": 16})
case("FNetEncoder", [SEQ], options={"intermediate_dim": 5}, tolerance=FOURIER)
case("FNetEncoder", [(2, 5, 4)], masks=[ENCODER_PADDING], options={"intermediate_dim": 3, "activation": "tanh", "layer_norm_epsilon": 0.01}, tolerance=FOURIER)
case("RMSNormalization", [(2, 3, 4)], options={"input_dim": 4}, tolerance=FOURIER)
case("MaskedLMHead", [SEQ, (2, 3)], options={"vocabulary_size": 7}, integers={1: 4})
case("MaskedLMHead", [SEQ, (2, 3)], options={"vocabulary_size": 7, "activation": "softmax", "intermediate_activation": "tanh"}, integers={1: 4})
case("MaskedLMHead", [SEQ, (2, 3)], integers={1: 4}, arguments={"token_embedding": H.ReversibleEmbedding(7, 6, name="tokens")})

write("hub", cases, versions(**hub_versions()), zipped=True)
