"""Makes backbone.keras: a small network that tells six patterns of 24x24 pixels apart.

    KERAS_BACKEND=tensorflow python make-backbone.py     # Keras 3.15.1

The example transfer-learning.ts learns other patterns with its features.
"""

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(0)
rng = np.random.default_rng(0)
SIZE = 24
grid_y, grid_x = np.mgrid[0:SIZE, 0:SIZE]


def pattern(label):
    """Stripes in three directions, a disc, a frame, or a checkerboard, with noise, at a random place and scale."""
    period, phase = rng.uniform(4, 8), rng.uniform(0, 8)
    cx, cy, r = *rng.uniform(8, 16, 2), rng.uniform(4, 7)
    image = [
        lambda: np.sin(2 * np.pi * (grid_x + phase) / period) > 0,
        lambda: np.sin(2 * np.pi * (grid_y + phase) / period) > 0,
        lambda: np.sin(2 * np.pi * (grid_x + grid_y + phase) / period) > 0,
        lambda: (grid_x - cx) ** 2 + (grid_y - cy) ** 2 < r**2,
        lambda: abs(np.maximum(abs(grid_x - cx), abs(grid_y - cy)) - r) < 1.5,
        lambda: ((grid_x + phase) // (period / 2) + (grid_y + phase) // (period / 2)) % 2 > 0,
    ][label]()
    return image.astype("float32") + rng.normal(0, 0.3, (SIZE, SIZE))


labels = rng.integers(0, 6, 3000)
images = np.stack([pattern(label) for label in labels])[..., None].astype("float32")

model = keras.Sequential(name="backbone")
model.add(layers.Input((SIZE, SIZE, 1)))
for filters in (8, 16, 32):
    model.add(layers.Conv2D(filters, 3, padding="same", use_bias=False))
    model.add(layers.BatchNormalization(momentum=0.9))
    model.add(layers.ReLU())
    model.add(layers.MaxPooling2D())
model.add(layers.GlobalAveragePooling2D(name="features"))
model.add(layers.Dense(6, activation="softmax", name="patterns"))
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(images, labels, epochs=8, batch_size=64, validation_split=0.1, verbose=2)
model.optimizer = None
keras.Model(model.inputs, model.get_layer("patterns").output, name="backbone").save("backbone.keras")
