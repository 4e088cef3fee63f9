"""ResNet-20 for CIFAR (He et al. 2015, section 4.2) in Keras, as its example writes version 1; bench/resnet20.ts is the same."""

import keras

L = keras.layers


def resnet20(shape=(32, 32, 3), classes=10):
    def convolved(x, filters, kernel_size, strides):
        conv = L.Conv2D(
            filters,
            kernel_size,
            strides=strides,
            padding="same",
            kernel_initializer="he_normal",
            kernel_regularizer=keras.regularizers.L2(1e-4),
        )
        return conv(x)

    def normalized(x, filters, strides=1):
        return L.BatchNormalization()(convolved(x, filters, 3, strides))

    def relu(x):
        return L.Activation("relu")(x)

    inputs = keras.Input(shape)
    x = relu(normalized(inputs, 16))
    for stage, filters in enumerate((16, 32, 64)):
        for block in range(3):
            changes = stage > 0 and block == 0
            strides = 2 if changes else 1
            y = normalized(relu(normalized(x, filters, strides)), filters)
            shortcut = convolved(x, filters, 1, strides) if changes else x
            x = relu(L.Add()([shortcut, y]))
    x = L.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, L.Dense(classes, activation="softmax", kernel_initializer="he_normal")(x))
