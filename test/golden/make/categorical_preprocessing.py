"""The layers of categories and strings: test/golden/categorical-preprocessing.json.

Run from the repository root, in an environment with keras==3.15.1 and tensorflow:

    python test/golden/make/categorical_preprocessing.py

A case is a "class_name" with its "config" as it was before `adapt`, "adapt" (data, or null), "input" (nested lists of numbers
or strings, or a list of two for HashedCrossing) and "output"; lookups have their "vocabulary", and Discretization its
"boundaries".
"""

import json

from common import array, lcg, np, versions, write
import keras
import tensorflow as tf

L = keras.layers
CASES = []


def add(layer, given, adapt=None, dtype=None):
    config = json.loads(json.dumps(layer.get_config()))
    if adapt is not None:
        layer.adapt(np.array(adapt))
    x = [np.array(e) for e in given] if isinstance(layer, L.HashedCrossing) else np.array(given, dtype=dtype)
    if x is not given and not isinstance(x, list) and x.dtype.kind in "US":
        x = tf.constant(given)
    y = np.asarray(layer(x))
    case = {"class_name": layer.__class__.__name__, "config": config, "adapt": adapt, "input": given, "output": array(y)}
    if hasattr(layer, "get_vocabulary"):
        case["vocabulary"] = [v if isinstance(v, str) else int(v) for v in layer.get_vocabulary()]
    if hasattr(layer, "bin_boundaries"):
        case["boundaries"] = [float(v) for v in layer.bin_boundaries]
    CASES.append(case)


for mode in ("one_hot", "multi_hot", "count"):
    add(L.CategoryEncoding(4, output_mode=mode), [3, 2, 0, 1], dtype="int32")
    add(L.CategoryEncoding(4, output_mode=mode), [[0, 1], [0, 0], [1, 2], [3, 1]], dtype="int32")
    add(L.CategoryEncoding(4, output_mode=mode), [[3], [0]], dtype="int32")

NUMBERS = [[-1.5, 1.0, 3.4, 0.5], [0.0, 3.0, 1.3, 0.0]]
for mode in ("int", "one_hot", "multi_hot", "count"):
    add(L.Discretization(bin_boundaries=[0.0, 1.0, 2.0], output_mode=mode), NUMBERS, dtype="float32")
spread = [float(v) for v in lcg((500,), 3, -3.0, 9.0)]
add(L.Discretization(num_bins=4, epsilon=0.01), NUMBERS, adapt=spread, dtype="float32")
add(L.Discretization(num_bins=3, epsilon=0.05, output_mode="one_hot"), [[0.5], [4.0]], adapt=spread[:40], dtype="float32")
add(L.Discretization(num_bins=4), [0.5, 4.0], adapt=[1.0, 2.0, 3.0, 4.0, 5.0], dtype="float32")

WORDS = ["a", "omega", "Łódź 7", "", "sixteen letters!", "seventeen letters", "x" * 33, "abc" * 20, "y" * 64, "z" * 65, "long " * 60]
INTEGERS = [0, 1, -7, 123456789, 2**31 - 1]
for given in ([[w] for w in WORDS], [[i] for i in INTEGERS]):
    for options in ({"num_bins": 1000003}, {"num_bins": 97, "salt": 133137}, {"num_bins": 97, "salt": [5, 2**31 - 1]}):
        add(L.Hashing(**options), given)
add(L.Hashing(5, mask_value=""), [["a"], [""], ["b"]])
add(L.Hashing(5, mask_value=7), [[7], [8]])
for mode in ("one_hot", "multi_hot", "count"):
    add(L.Hashing(4, output_mode=mode), [["a", "b"], ["c", "c"]])
    add(L.Hashing(4, output_mode=mode), [["a"], ["b"]])

add(L.HashedCrossing(1000003), [["a", "b", "omega", ""], [1, -2, 3, 123456789]])
add(L.HashedCrossing(7, output_mode="one_hot"), [["a", "b"], ["x", "y"]])
add(L.HashedCrossing(11), [[[5], [6]], [[7], [8]]])

DATA = [["a", "c", "d"], ["d", "z", "b"], ["d", "a", ""]]
VOCABULARY = ["a", "b", "c", "d"]
for options in ({}, {"mask_token": ""}, {"num_oov_indices": 3}, {"num_oov_indices": 2, "salt": 5}, {"oov_token": "?", "mask_token": "?m"}):
    add(L.StringLookup(vocabulary=VOCABULARY, **options), DATA)
for mode in ("one_hot", "multi_hot", "count"):
    add(L.StringLookup(vocabulary=VOCABULARY, output_mode=mode), ["a", "z", "d"] if mode == "one_hot" else DATA)
    add(L.StringLookup(vocabulary=VOCABULARY, output_mode=mode, max_tokens=8, pad_to_max_tokens=True), ["a", "z"] if mode == "one_hot" else DATA)
add(L.StringLookup(vocabulary=VOCABULARY, idf_weights=[0.5, 1.0, 2.0, 0.25], output_mode="tf_idf"), DATA)
add(L.StringLookup(), DATA, adapt=DATA)
add(L.StringLookup(max_tokens=4), DATA, adapt=DATA)
add(L.StringLookup(output_mode="tf_idf", max_tokens=9, pad_to_max_tokens=True), DATA, adapt=DATA)
add(L.StringLookup(mask_token="", num_oov_indices=0), [["a", "b"], ["d", ""]], adapt=DATA)

INTS = [[12, 1138, 42], [42, 1000, 36], [42, 12, -1]]
for options in ({}, {"mask_token": 0}, {"num_oov_indices": 3}, {"num_oov_indices": 3, "oov_method": "farmhash"}, {"num_oov_indices": 3, "oov_method": "farmhash", "salt": 7}):
    add(L.IntegerLookup(vocabulary=[12, 36, 1138, 42], **options), INTS)
for mode in ("multi_hot", "count"):
    add(L.IntegerLookup(vocabulary=[12, 36, 1138, 42], output_mode=mode), INTS)
add(L.IntegerLookup(vocabulary=[12, 36], output_mode="one_hot"), [[12], [7]])
add(L.IntegerLookup(), INTS, adapt=INTS)
add(L.IntegerLookup(output_mode="tf_idf"), INTS, adapt=INTS)

TEXTS = ["The quick, brown Fox!", "the DOG's fox", "  tabs\tand\nlines  ", "Ünïcode straße", ""]
for options in ({}, {"standardize": "lower"}, {"standardize": "strip_punctuation"}, {"standardize": None}, {"split": "character"},
                {"ngrams": 2}, {"ngrams": (2,)}, {"output_sequence_length": 2}, {"output_sequence_length": 6}, {"max_tokens": 5},
                {"output_mode": "multi_hot"}, {"output_mode": "count", "max_tokens": 20, "pad_to_max_tokens": True}, {"output_mode": "tf_idf"}):
    add(L.TextVectorization(**options), TEXTS, adapt=TEXTS)
add(L.TextVectorization(vocabulary=["fox", "the"]), [["the fox"], ["a fox"]])
add(L.TextVectorization(vocabulary=["a", "b"], split=None, output_mode="one_hot"), [["a"], ["c"]])

if __name__ == "__main__":
    write("categorical-preprocessing", json.loads(json.dumps(CASES)), versions())
