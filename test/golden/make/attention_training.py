"""Five training steps of networks with attention: test/golden/attention-training.json.

Run from the repository root, in an environment with keras==3.15.1, tensorflow and jax, whose gradients of embeddings are dense:

    KERAS_BACKEND=jax python test/golden/make/attention_training.py

Fields of a case: as in recurrent_training.py.
"""

from common import np, versions, write
from training_cases import case, cases
import keras

L = keras.layers


def feed_forward(x, normalize):
    y = L.Dense(12, activation="gelu")(normalize(x))
    return L.Add()([x, L.Dense(6)(y)])


tokens = (np.arange(4 * 7).reshape(4, 7) * 5 % 11).astype(np.int32)
tokens[1, 5:] = 0
tokens[3, 3:] = 0
following = np.roll(tokens, -1, axis=1).astype(np.int32)

# An encoder: each block normalizes its sum, and padding is masked.
words = keras.Input((7,), dtype="int32")
x = L.Embedding(11, 6, mask_zero=True)(words)
x = L.LayerNormalization()(L.Add()([x, L.MultiHeadAttention(2, 3)(x, x)]))
x = L.LayerNormalization(epsilon=1e-6)(feed_forward(x, L.Identity()))
encoder = keras.Model(words, L.Dense(1, activation="sigmoid")(L.GlobalAveragePooling1D()(x)))
case("a transformer encoder", encoder, tokens, np.array([[0], [1], [1], [0]], np.float32), "adam", "binary_crossentropy")

# A decoder: each block normalizes its input, and sees earlier words only.
words = keras.Input((7,), dtype="int32")
x = L.Embedding(11, 6)(words)
y = L.RMSNormalization()(x)
x = L.Add()([x, L.GroupQueryAttention(3, 4, 2)(y, y, use_causal_mask=True)])
x = feed_forward(x, L.RMSNormalization())
decoder = keras.Model(words, L.Dense(11, activation="softmax")(L.LayerNormalization()(x)))
case("a pre-norm language model", decoder, tokens, following, "sgd", "sparse_categorical_crossentropy")

write("attention-training", cases, versions())
