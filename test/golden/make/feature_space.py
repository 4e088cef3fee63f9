"""keras.utils.FeatureSpace: test/golden/feature-space.json, and the files in test/golden/feature-space/.

Run from the repository root, in an environment with keras==3.15.1 and tensorflow:

    python test/golden/make/feature_space.py

A case has a "title" and the arguments of a FeatureSpace: "features" by name, each the name of a type, or a list of the function
that makes it, its arguments and its options, or, for "feature", a dtype, the class of a layer with its arguments, and an output
mode; and "crosses", each a list of names or of names, a number of bins and an output mode; and "options", the others. "adapt"
is the data that it was adapted to, a record of lists; null if it was not. "batch" is the number of rows of the elements of the
dataset, null for single rows. "learned" has, by feature, the vocabulary, the boundaries, or the mean and the variance. "calls"
are pairs of data and the output for them: an array, or a record of arrays.

A case with a "file" is a FeatureSpace that Keras saved, and one with a "model" a model of raw data that it saved.
"""

import json

from common import GOLDEN, array, np, versions, write
import keras
import tensorflow as tf

FeatureSpace = keras.utils.FeatureSpace
FOLDER = GOLDEN / "feature-space"
CASES = []


def snake(name):
    return "".join("_" + c.lower() if c.isupper() else c for c in name)


def snakes(options):
    return {snake(k): v for k, v in options.items()}


def feature(spec):
    if isinstance(spec, str):
        return spec
    kind, *args = spec
    if kind == "feature":
        dtype, layer, options, mode = args
        return FeatureSpace.feature(dtype=dtype, preprocessor=getattr(keras.layers, layer)(**snakes(options)), output_mode=mode)
    positional, options = args
    return getattr(FeatureSpace, snake(kind))(*positional, **snakes(options))


def cross(spec):
    if isinstance(spec[0], str):
        return spec
    names, bins, mode = spec
    return FeatureSpace.cross(names, crossing_dim=bins, output_mode=mode)


def learned(layer):
    if isinstance(layer, keras.layers.Normalization):
        return {"mean": array(layer.mean), "variance": array(layer.variance)}
    if isinstance(layer, keras.layers.Discretization):
        return {"boundaries": [float(b) for b in layer.bin_boundaries]}
    if hasattr(layer, "get_vocabulary"):
        return {"vocabulary": [v if isinstance(v, str) else int(v) for v in layer.get_vocabulary()]}
    return None


def output(found):
    def encoded(x):
        x = np.array(x)
        return array(x.astype(np.int32) if x.dtype.kind == "i" else x)

    return {k: encoded(v) for k, v in found.items()} if isinstance(found, dict) else encoded(found)


def made(features, crosses, options):
    return FeatureSpace(
        features={k: feature(v) for k, v in features.items()},
        crosses=[cross(c) for c in crosses],
        **snakes(options),
    )


def adapted(space, adapt, batch):
    if adapt is None:
        return space
    dataset = tf.data.Dataset.from_tensor_slices(adapt)
    space.adapt(dataset if batch is None else dataset.batch(batch))
    return space


def add(title, features, calls, adapt=None, batch=None, crosses=(), **options):
    space = adapted(made(features, crosses, options), adapt, batch)
    case = {
        "title": title,
        "features": features,
        "crosses": list(crosses),
        "options": options,
        "adapt": adapt,
        "batch": batch,
        "calls": [[data, output(space(data))] for data in calls],
        "learned": {} if adapt is None else {k: v for k, layer in space.preprocessors.items() if (v := learned(layer)) is not None},
    }
    CASES.append(case)
    return space, case


NUMBERS = [0.5, -1.25, 3.0, 7.5, 2.25, 0.0, -4.0, 9.0]
COUNTS = [3, 1, 3, 7, 3, 1, 12, 5]
WORDS = ["red", "green", "red", "blue", "red", "green", "gold", "red"]

for kind, data, new in [
    ("float", NUMBERS, [1.5, -2.0]),
    ("float_rescaled", NUMBERS, [1.5, -2.0]),
    ("float_normalized", NUMBERS, [1.5, -2.0]),
    ("float_discretized", NUMBERS, [1.5, -2.0, 100.0, -100.0]),
    ("integer_categorical", COUNTS, [3, 12, 99, 7]),
    ("string_categorical", WORDS, ["red", "gold", "pink", "blue"]),
    ("integer_hashed", COUNTS, [3, 12, 99, -7]),
    ("string_hashed", WORDS, ["red", "gold", "pink", "blüe"]),
]:
    for mode in ("concat", "dict"):
        calls = [{"x": new}, {"x": [[v] for v in new]}, {"x": new[0]}]
        add(f"{kind}, {mode}", {"x": kind}, calls, adapt={"x": data}, outputMode=mode)

add("rescaling with options", {"x": ["floatRescaled", [], {"scale": 0.25, "offset": -1.0}]}, [{"x": NUMBERS}])
add("bins of a number", {"x": ["floatDiscretized", [3], {}]}, [{"x": NUMBERS}], adapt={"x": NUMBERS})
add("the default number of bins", {"x": "float_discretized"}, [{"x": NUMBERS}], adapt={"x": NUMBERS}, numDiscretizationBins=4)
add("bins of many rows", {"x": ["floatDiscretized", [5], {}]}, [{"x": NUMBERS}], adapt={"x": [((i * 37) % 101) / 10 for i in range(101)]})
add("bins of many batches", {"x": ["floatDiscretized", [5], {}]}, [{"x": NUMBERS}], adapt={"x": [((i * 37) % 101) / 10 for i in range(101)]}, batch=10)
add("the default number of bins of hashes", {"a": "integer_hashed", "b": "string_hashed"}, [{"a": COUNTS, "b": WORDS}], hashingDim=5)
add("hashes into bins", {"a": ["integerHashed", [4], {}], "b": ["stringHashed", [6], {}]}, [{"a": COUNTS, "b": WORDS}])
add("a small vocabulary", {"x": ["stringCategorical", [], {"maxTokens": 3}]}, [{"x": WORDS}], adapt={"x": WORDS})
add("several indices of unknown strings", {"x": ["stringCategorical", [], {"numOovIndices": 3}]}, [{"x": ["red", "a", "b", "c", "d"]}], adapt={"x": WORDS})
add("several indices of unknown integers", {"x": ["integerCategorical", [], {"numOovIndices": 2, "maxTokens": 5}]}, [{"x": [3, 1, 20, 21, -1]}], adapt={"x": COUNTS})
add("no index of unknown strings", {"x": ["stringCategorical", [], {"numOovIndices": 0}]}, [{"x": ["red", "gold"]}], adapt={"x": WORDS})

INT = {"outputMode": "int"}
ALL_INT = {
    "bins": ["floatDiscretized", [3], INT],
    "count": ["integerCategorical", [], INT],
    "word": ["stringCategorical", [], INT],
    "hashedCount": ["integerHashed", [7], INT],
    "hashedWord": ["stringHashed", [7], INT],
}
ALL_DATA = {"bins": NUMBERS, "count": COUNTS, "word": WORDS, "hashedCount": COUNTS, "hashedWord": WORDS}
ROW = {k: v[2] for k, v in ALL_DATA.items()}
add("indices of all types", ALL_INT, [ALL_DATA, ROW], adapt=ALL_DATA, outputMode="dict")
add(
    "crosses of all types",
    ALL_INT,
    [ALL_DATA, ROW],
    adapt=ALL_DATA,
    outputMode="dict",
    crossingDim=9,
    crosses=[["bins", "word"], ["word", "count"], [["hashedWord", "count"], 11, "one_hot"], [["count", "hashedCount"], 13, "int"]],
)

MIXED = {
    "weight": "float_normalized",
    "age": ["floatDiscretized", [4], {}],
    "height": "float",
    "colour": "string_categorical",
    "Rooms": "integer_categorical",
    "city": ["stringHashed", [5], {}],
}
MIXED_DATA = {"weight": NUMBERS, "age": NUMBERS[::-1], "height": NUMBERS, "colour": WORDS, "Rooms": COUNTS, "city": WORDS[::-1]}
MIXED_ROW = {k: v[1] for k, v in MIXED_DATA.items()}
CROSSES = [["colour", "Rooms"], [["colour", "age"], 16, "one_hot"]]
for mode in ("concat", "dict"):
    add(f"mixed features in rows, {mode}", MIXED, [MIXED_DATA, MIXED_ROW], adapt=MIXED_DATA, crosses=CROSSES, outputMode=mode)
add("mixed features in batches", MIXED, [MIXED_DATA, MIXED_ROW], adapt=MIXED_DATA, crosses=CROSSES, batch=3)

# Rows of several values.
PAIRS = [[1.0, 2.0], [3.0, 5.0], [4.0, -1.0]]
WORD_PAIRS = [["a", "b"], ["a", "c"], ["b", "b"]]
add("float of several values", {"x": "float"}, [{"x": PAIRS}])
add("float_normalized of several values, in batches", {"x": "float_normalized"}, [{"x": PAIRS}], adapt={"x": PAIRS}, batch=2)
add("float_discretized of several values", {"x": ["floatDiscretized", [3], {}]}, [{"x": PAIRS}], adapt={"x": PAIRS}, batch=2)
add("string_categorical of several values", {"x": "string_categorical"}, [{"x": WORD_PAIRS}], adapt={"x": WORD_PAIRS}, batch=2)
add("string_hashed of several values", {"x": ["stringHashed", [5], {}], "y": "float"}, [{"x": WORD_PAIRS, "y": PAIRS}])
add("indices of several values", {"x": ["stringCategorical", [], INT]}, [{"x": WORD_PAIRS}], adapt={"x": WORD_PAIRS}, outputMode="dict")

# Preprocessors of the user.
TEXTS = ["a b b", "b c", "c c a d"]
add("TextVectorization with weights", {"x": ["feature", "string", "TextVectorization", {"outputMode": "tf_idf"}, "float"]}, [{"x": TEXTS}, {"x": "b b z"}], adapt={"x": TEXTS})
add("TextVectorization to indices", {"x": ["feature", "string", "TextVectorization", {"outputSequenceLength": 3}, "int"]}, [{"x": TEXTS}, {"x": "b b z"}], adapt={"x": TEXTS}, outputMode="dict")
add("TextVectorization with a vocabulary", {"x": ["feature", "string", "TextVectorization", {"outputMode": "count", "vocabulary": ["a", "b"]}, "float"]}, [{"x": TEXTS}])
add("CategoryEncoding", {"x": ["feature", "int32", "CategoryEncoding", {"numTokens": 4}, "float"]}, [{"x": [1, 3, 0]}])
add("Normalization with options", {"x": ["feature", "float32", "Normalization", {"mean": 2.0, "variance": 4.0}, "float"]}, [{"x": NUMBERS}])
add("integers as they are, in a cross", {"x": ["feature", "int32", "Identity", {"dtype": "int32"}, "int"], "y": ["stringHashed", [3], {}]}, [{"x": COUNTS, "y": WORDS}], outputMode="dict", crosses=[["x", "y"]])


def files():
    FOLDER.mkdir(exist_ok=True)
    TEXT = {"text": ["feature", "string", "TextVectorization", {"outputMode": "tf_idf"}, "float"]}
    # Keras cannot concatenate texts with other features: it infers a shape of rank 3 for them.
    features = {**MIXED, "scaled": ["floatRescaled", [], {"scale": 0.5}], "hashed": "integer_hashed"}
    data = {**MIXED_DATA, "text": [TEXTS[i % 3] for i in range(8)], "scaled": NUMBERS, "hashed": COUNTS}
    for mode in ("concat", "dict"):
        given = features if mode == "concat" else {**features, **TEXT}
        values = {k: data[k] for k in given}
        space, case = add(f"a file of mixed features, {mode}", given, [values], adapt=values, crosses=CROSSES, outputMode=mode)
        case["file"] = f"mixed-{mode}.keras"
        space.save(FOLDER / case["file"])
    space, case = add("a model of raw data", MIXED, [MIXED_DATA], adapt=MIXED_DATA, crosses=CROSSES)
    keras.utils.set_random_seed(1)
    model = keras.Model(space.get_inputs(), keras.layers.Dense(2, activation="tanh")(space.get_encoded_features()))
    case["model"] = "raw.keras"
    case["prediction"] = array(model.predict({k: tf.constant(v) for k, v in sorted(MIXED_DATA.items())}, verbose=0))
    model.save(FOLDER / case["model"])


files()

if __name__ == "__main__":
    write("feature-space", json.loads(json.dumps(CASES)), versions())
