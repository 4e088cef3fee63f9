"""Five training steps of recurrent networks: test/golden/recurrent-training.json.

Run from the repository root, in an environment with keras==3.15.1, tensorflow and jax, whose gradients of embeddings are dense:

    KERAS_BACKEND=jax python test/golden/make/recurrent_training.py

Fields of a case:
  name, model             Keras's JSON of the model
  optimizer, loss         arguments of compile
  inputs                  tokens: int32 [batch, steps] (or the shape of lcg(shape, 3) for images); targets likewise
  weights                 shapes in the order of get_weights(); weight k is lcg(shape, 200 + k, -0.3, 0.3)
  losses                  the loss of each of five steps
  trained                 the weights after them
"""

from common import lcg, np, versions, write
from training_cases import case, cases
import keras

L = keras.layers

tokens = (np.arange(4 * 7).reshape(4, 7) * 5 % 11).astype(np.int32)
tokens[1, 5:] = 0
tokens[3, 3:] = 0
following = np.roll(tokens, -1, axis=1).astype(np.int32)
for kind in ("LSTM", "GRU"):
    language = keras.Sequential([
        keras.Input((None,), dtype="int32"),
        L.Embedding(11, 5, mask_zero=True),
        getattr(L, kind)(6, return_sequences=True),
        getattr(L, kind)(4, return_sequences=True),
        L.Dense(11, activation="softmax"),
    ])
    case(f"a language model of {kind} layers", language, tokens, following, "adam", "sparse_categorical_crossentropy")
images = lcg((2, 3, 6, 5, 1), 3)
frames = keras.Sequential([
    keras.Input((3, 6, 5, 1)),
    L.ConvLSTM2D(3, 3, padding="same", return_sequences=True),
    L.ConvLSTM2D(2, 3),
    L.Flatten(),
    L.Dense(2),
])
case("ConvLSTM2D layers", frames, images, lcg((2, 2), 4), "rmsprop", "mean_squared_error")
reader = keras.Sequential([
    keras.Input((7,), dtype="int32"),
    L.Embedding(11, 5, mask_zero=True),
    L.Bidirectional(L.GRU(4, return_sequences=True)),
    L.TimeDistributed(L.Dense(3, activation="relu")),
    L.SimpleRNN(3),
    L.Dense(1, activation="sigmoid"),
])
case("a classifier of both directions", reader, tokens, np.array([[0], [1], [1], [0]], np.float32), "sgd", "binary_crossentropy")

write("recurrent-training", cases, versions())
