"""Models that begin with layers of strings and categories: test/golden/vocabulary-files.json, and the files in
test/golden/vocabulary-files/.

Run from the repository root, in an environment with keras==3.15.1 and tensorflow:

    python test/golden/make/vocabulary_files.py

A case has "file", "input" (nested lists of strings or numbers, or a record of them), "output", "vocabularies" (those of the
layers that have one, in order), and "targets" with "losses", those of three further steps of SGD.
"""

import json

from common import GOLDEN, array, lcg, np, versions, write
import keras
import tensorflow as tf

L = keras.layers
FOLDER = GOLDEN / "vocabulary-files"
CASES = []


def add(name, model, given):
    model.compile(keras.optimizers.SGD(0.1), "mse")
    FOLDER.mkdir(exist_ok=True)
    model.save(FOLDER / f"{name}.keras")
    x = {k: tf.constant(v) for k, v in given.items()} if isinstance(given, dict) else tf.constant(given)
    output = model.predict(x, verbose=0)
    targets = lcg(output.shape, 7)
    losses = []
    for _ in range(3):
        model.reset_metrics()
        losses.append(float(model.train_on_batch(x, targets)))
    layers = [l for l in model.layers if hasattr(l, "get_vocabulary")]
    CASES.append({
        "file": f"{name}.keras",
        "input": given,
        "output": array(output),
        "vocabularies": [[v if isinstance(v, str) else int(v) for v in layer.get_vocabulary()] for layer in layers],
        "targets": array(targets),
        "losses": losses,
    })


TEXTS = ["The quick brown fox", "a lazy dog, the fox", "Dog days: the dog"]
GIVEN = [["the dog"], ["quick quick days"], ["unknown a"]]

keras.utils.set_random_seed(1)
texts = L.TextVectorization(output_sequence_length=4)
texts.adapt(np.array(TEXTS))
add("texts", keras.Sequential([keras.Input((1,), dtype="string"), texts, L.Embedding(12, 3), L.Flatten(), L.Dense(2)], name="texts"), GIVEN)

keras.utils.set_random_seed(2)
weighted = L.TextVectorization(output_mode="tf_idf", ngrams=2)
weighted.adapt(np.array(TEXTS))
add("weighted", keras.Sequential([keras.Input((), dtype="string"), weighted, L.Dense(2, activation="tanh")], name="weighted"), [row[0] for row in GIVEN])

keras.utils.set_random_seed(3)
s = keras.Input((1,), dtype="string", name="s")
i = keras.Input((1,), dtype="int64", name="i")
f = keras.Input((2,), name="f")
given = L.StringLookup(vocabulary=["a", "b"], output_mode="one_hot")
learned = L.IntegerLookup()
learned.adapt(np.array([[3], [3], [5]]))
frequent = L.StringLookup(output_mode="tf_idf")
frequent.adapt(np.array([["a", "b"], ["c", "a"]]))
scaled = L.Normalization()
scaled.adapt(lcg((5, 2), 3))
binned = L.Discretization(num_bins=3, output_mode="one_hot")
binned.adapt(np.arange(10.0))
parts = [
    given(s),
    L.Flatten()(L.Embedding(5, 2)(learned(i))),
    frequent(s),
    scaled(f),
    binned(L.Dense(1, trainable=False)(f)),
    L.Hashing(4, output_mode="one_hot")(s),
    L.HashedCrossing(5, output_mode="one_hot")((s, i)),
]
mixed = keras.Model({"s": s, "i": i, "f": f}, L.Dense(2)(L.Concatenate()(parts)), name="mixed")
add("mixed", mixed, {"s": [["a"], ["zz"], ["c"]], "i": [[3], [2**40], [5]], "f": [[0.5, 1.0], [0.25, -1.0], [0.0, 2.0]]})

if __name__ == "__main__":
    write("vocabulary-files", json.loads(json.dumps(CASES)), versions())
