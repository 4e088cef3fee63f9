"""The networks of the benches in Keras; bench/models.mjs and the files that it imports are the same."""

import keras
from keras_resnet20 import resnet20

L = keras.layers


def article(workload):
    return keras.Sequential(
        [
            keras.Input(workload["row"]),
            L.Conv2D(32, 3, activation="relu"),
            L.Conv2D(32, 3, activation="relu"),
            L.BatchNormalization(),
            L.MaxPooling2D(),
            L.Flatten(),
            L.Dense(10, activation="softmax"),
        ]
    )


def dense(workload):
    hidden = [layer for _ in range(3) for layer in (L.Dense(100), L.BatchNormalization(), L.Activation("sigmoid"))]
    return keras.Sequential([keras.Input(workload["row"]), *hidden, L.Dense(10, activation="softmax")])


def sequence(workload):
    def block(filters, kernel_size):
        return [L.Conv1D(filters, kernel_size, padding="same"), L.BatchNormalization(), L.Activation("relu")]

    features = [*block(32, 7), L.MaxPooling1D(), *block(64, 5), L.MaxPooling1D(), *block(128, 3)]
    head = [L.GlobalAveragePooling1D(), L.Dense(10, activation="softmax")]
    return keras.Sequential([keras.Input(workload["row"]), *features, *head])


def lstm(workload):
    return keras.Sequential([keras.Input(workload["row"]), L.LSTM(128), L.Dense(10, activation="softmax")])


def transformer(workload):
    units = workload["row"][-1]
    inputs = keras.Input(workload["row"])
    middle = L.LayerNormalization()(inputs + L.MultiHeadAttention(8, units // 8)(inputs, inputs))
    outputs = L.LayerNormalization()(middle + L.Dense(units)(L.Dense(4 * units, activation="relu")(middle)))
    return keras.Model(inputs, L.Dense(10, activation="softmax")(L.GlobalAveragePooling1D()(outputs)))


def unet(workload):
    def block(x, filters):
        for _ in range(2):
            x = L.Conv2D(filters, 3, padding="same")(x)
            x = L.Activation("relu")(L.BatchNormalization()(x))
        return x

    inputs = keras.Input(workload["row"])
    high = block(inputs, 32)
    middle = block(L.MaxPooling2D()(high), 64)
    low = block(L.MaxPooling2D()(middle), 128)
    raised = L.Conv2DTranspose(64, 2, strides=2)(low)
    up = block(L.Concatenate()([middle, raised]), 64)
    widened = L.Conv2D(32, 2, padding="same")(L.UpSampling2D()(up))
    features = block(L.Concatenate()([high, widened]), 32)
    return keras.Model(inputs, L.Conv2D(1, 1, activation="sigmoid")(features))


def mobilenetv2(workload):
    return keras.applications.MobileNetV2(workload["row"], weights=None, classes=workload["classes"])


NETWORKS = {
    "article": article,
    "dense": dense,
    "resnet20": lambda workload: resnet20(workload["row"]),
    "unet": unet,
    "mobilenetv2": mobilenetv2,
    "sequence": sequence,
    "lstm": lstm,
    "transformer": transformer,
}


def make_model(workload):
    model = NETWORKS[workload["network"]](workload)
    optimizer = "sgd" if workload["network"] == "dense" else "adam"
    loss = "binary_crossentropy" if workload["network"] == "unet" else "sparse_categorical_crossentropy"
    model.compile(optimizer=optimizer, loss=loss)
    return model
