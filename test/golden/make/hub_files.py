"""Files with layers of keras-hub, with what their models give and how their training goes on: test/golden/hub-files/ and
test/golden/hub-files.json.

Run from the repository root, in an environment with keras==3.15.1 and tensorflow, and a checkout of keras-hub:

    EVENKEEL_KERAS_HUB=~/keras-hub python test/golden/make/hub_files.py

The fields of a case are those of test/golden/make/files.py; `nlp.keras` is `decoder.keras` with
the former name of the package, keras_nlp, in the config.
"""

import zipfile

from common import GOLDEN, array, lcg, np, versions, write
import keras
from keras_hub_modules import gelu_approximate, hub_versions, layers as H

L = keras.layers
FILES = GOLDEN / "hub-files"
FILES.mkdir(exist_ok=True)
cases = []


def one(values):
    return values[0] if len(values) == 1 else values


def tokens(shape, seed, below):
    return np.floor((lcg(shape, seed) + 1) / 2 * below).astype("int32")


def case(name, model, x, y=None, loss=None, note=None):
    if y is not None:
        # TensorFlow squares the rows of an embedding's gradient before it adds those of equal tokens, so that Adam differs.
        model.compile(keras.optimizers.SGD(0.1, momentum=0.9), loss=loss)
        for _ in range(2):
            model.train_on_batch(one(x), y)
    model.save(FILES / name)
    entry = {"file": name, "inputs": [array(v) for v in x], "outputs": [array(np.asarray(model.predict(one(x), verbose=0)))]}
    if note:
        entry["note"] = note
    if y is not None:
        entry["targets"] = [array(y)]
        # The loss of a batch alone, not the mean over the calls so far.
        losses = []
        for _ in range(3):
            model.reset_metrics()
            losses.append(float(model.train_on_batch(one(x), y)))
        entry["losses"] = losses
    rewrite(name, name, lambda _, data: data)
    cases.append(entry)


def rewrite(source, target, change):
    """Write the parts of a file again, compressed, which Keras does not do."""
    with zipfile.ZipFile(FILES / source) as given:
        parts = [(info, change(info.filename, given.read(info))) for info in given.infolist()]
    with zipfile.ZipFile(FILES / target, "w") as made:
        for info, data in parts:
            made.writestr(info, data, zipfile.ZIP_DEFLATED, 9)


def logits():
    return keras.losses.SparseCategoricalCrossentropy(from_logits=True)


keras.utils.set_random_seed(3)
ids, places = keras.Input((6,), dtype="int32", name="ids"), keras.Input((2,), dtype="int32", name="places")
embedding = H.ReversibleEmbedding(9, 8, mask_zero=True, name="tokens")
x = embedding(ids)
x = L.Add()([x, H.PositionEmbedding(7)(x)])
x = H.TransformerEncoder(10, 2, activation=gelu_approximate)(x)
x = H.TransformerEncoder(6, 4, normalize_first=True, layer_norm_epsilon=1e-3)(x)
model = keras.Model([ids, places], H.MaskedLMHead(token_embedding=embedding)(x, mask_positions=places), name="encoder")
case("encoder.keras", model, [tokens((3, 6), 1, 9), tokens((3, 2), 2, 6)], tokens((3, 2), 3, 9), logits())

ids = keras.Input((5,), dtype="int32", name="ids")
both = H.TokenAndPositionEmbedding(9, 5, 8, mask_zero=True)
x = both(ids)
x = H.TransformerDecoder(10, 2, normalize_first=True)(x)
x = H.TransformerDecoder(6, 2)(x, use_causal_mask=True)
model = keras.Model(ids, L.Dense(9)(x), name="decoder")
case("decoder.keras", model, [tokens((3, 5), 4, 9)], tokens((3, 5), 5, 9), logits())

source, target = keras.Input((None,), dtype="int32", name="source"), keras.Input((None,), dtype="int32", name="target")


def embed(x):
    x = L.Embedding(9, 8, mask_zero=True)(x)
    return L.Add()([x, H.SinePositionEncoding(100)(x)])


encoded = H.TransformerEncoder(10, 2)(embed(source))
x = H.TransformerDecoder(10, 2)(embed(target), encoded)
x = H.TransformerDecoder(10, 2, normalize_first=True)(x, encoder_sequence=encoded)
model = keras.Model([source, target], L.Dense(9)(x), name="translator")
case("translator.keras", model, [tokens((3, 6), 6, 9), tokens((3, 4), 7, 9)], tokens((3, 4), 8, 9), logits())

sequence, mask = keras.Input((5, 8), name="sequence"), keras.Input((5,), dtype="bool", name="mask")
x = H.FNetEncoder(6)(sequence)
x = H.TransformerEncoder(6, 2)(x, mask)
heads = L.Reshape((5, 2, 4))(x)
x = L.Reshape((5, 8))(H.RotaryEmbedding(rope_type="yarn", scaling_factor=2.0)(heads, start_index=2))
x = H.CachedMultiHeadAttention(2, 4)(x, x)
scores = L.Permute((2, 1, 3))(L.Reshape((5, 2, 4))(x))
model = keras.Model([sequence, mask], L.Flatten()(H.AlibiBias()(scores)), name="others")
case("others.keras", model, [lcg((2, 5, 8), 9), np.arange(5)[None] < np.array([[3], [5]])], lcg((2, 40), 10), "mse")

sequence = keras.Input((5, 8), name="sequence")
model = keras.Model(sequence, L.Dense(3)(H.RMSNormalization(8)(sequence)), name="normalized")
model.set_weights([lcg(w.shape, 60 + i, 0.2, 0.8) for i, w in enumerate(model.weights)])
case("normalized.keras", model, [lcg((2, 5, 8), 11)], note="keras-hub itself cannot open this file: its class accepts no name")

rewrite("decoder.keras", "nlp.keras", lambda name, data: data.replace(b"keras_hub", b"keras_nlp") if name == "config.json" else data)
cases.append({**next(c for c in cases if c["file"] == "decoder.keras"), "file": "nlp.keras"})

write("hub-files", cases, versions(**hub_versions()))
