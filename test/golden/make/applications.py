"""Small forms of the networks of keras.applications, and what they predict: test/golden/applications.json.gz.

Run from the repository root, in an environment with keras==3.15.1 and tensorflow:

    python test/golden/make/applications.py

A case has Keras's JSON of a network that ends before the softmax, the shapes of its weights in order, and what it gives in
float64 for x, two images of 8 times 8 squares: lcg([2, 8, 8, 3], seed=100, low=low, high=high). The k-th weight is
lcg(shape, seed=1000 + k) between the bounds that `bounds` says; but the moving statistics are those of eight other images,
of two digits: "statistics", by k. "float32" is how far Keras is from y in float32, in deviations of y.
scripts/check-applications.mjs checks the whole networks.
"""

import json

from common import array, lcg, np, versions, write
import keras
from keras import applications
from keras.src.applications import convnext, densenet, efficientnet, efficientnet_v2, inception_resnet_v2, nasnet, resnet

SIZE = 64
OPTIONS = {"weights": None, "classifier_activation": None, "classes": 10}
IMAGE = {**OPTIONS, "input_shape": (SIZE, SIZE, 3)}


def resnet50(version):
    """One block in each of the four stacks."""
    stack = resnet.stack_residual_blocks_v2 if version == 2 else resnet.stack_residual_blocks_v1

    def stacks(x):
        for i, filters in enumerate((4, 8, 12, 16)):
            x = stack(x, filters, 2, stride1=1 if i == 0 else 2, name=f"conv{i + 2}")
        return x

    return resnet.ResNet(stacks, version == 2, True, name=f"resnet50v{version}", weights_name="", **IMAGE)


def inception_resnet():
    """One block of each kind, since the network has no smaller form."""
    x = inputs = keras.Input((16, 16, 3))
    x = inception_resnet_v2.conv2d_bn(x, 16, 3, padding="valid")
    for kind, scale in (("block35", 0.17), ("block17", 0.1), ("block8", 0.2)):
        x = inception_resnet_v2.inception_resnet_block(x, scale, kind, 1)
    x = keras.layers.Dense(10)(keras.layers.GlobalAveragePooling2D()(x))
    return keras.Model(inputs, x, name="inception_resnet_v2")


def sizes(name):
    return {"name": name, **IMAGE}


NETWORKS = {
    "MobileNet": lambda: applications.MobileNet(alpha=0.25, **IMAGE),
    "MobileNetV2": lambda: applications.MobileNetV2(alpha=0.35, **IMAGE),
    "MobileNetV3Small": lambda: applications.MobileNetV3Small(alpha=0.35, **IMAGE),
    "MobileNetV3Small, minimalistic": lambda: applications.MobileNetV3Small(alpha=0.35, minimalistic=True, **IMAGE),
    "EfficientNetB0": lambda: efficientnet.EfficientNet(0.2, 0.3, 64, weights_name="b0", **sizes("efficientnetb0")),
    "EfficientNetV2B0": lambda: efficientnet_v2.EfficientNetV2(
        0.2, 0.3, 64, min_depth=8, bn_momentum=0.9, activation="swish", weights_name="", **sizes("efficientnetv2-b0")
    ),
    "DenseNet": lambda: densenet.DenseNet([2, 2, 2, 2], name="densenet", **IMAGE),
    "ResNet50": lambda: resnet50(1),
    "ResNet50V2": lambda: resnet50(2),
    "NASNet": lambda: nasnet.NASNet(
        penultimate_filters=96, num_blocks=1, stem_block_filters=8, skip_reduction=False, filter_multiplier=2,
        default_size=64, **sizes("nasnet"),
    ),
    "ConvNeXt": lambda: convnext.ConvNeXt(
        [1, 1, 1, 1], [8, 12, 16, 24], drop_path_rate=0.1, default_size=64, weights_name="", **sizes("convnext")
    ),
    "InceptionResNetV2": inception_resnet,
}


def bounds(weight):
    """Kernels as he_uniform has them; scales and variances about 1; offsets that let most of a relu's units work."""
    name, shape = weight.name, weight.shape
    if "kernel" in name:
        limit = float(np.sqrt(6 / np.prod(shape[:2] if name == "depthwise_kernel" else shape[:-1])))
        return -limit, limit
    if name == "beta":
        return 0.3, 0.7
    return (-0.1, 0.1) if name in ("bias", "moving_mean", "mean") else (0.5, 1.5)


def fill(model):
    model.set_weights([
        np.zeros(w.shape) if w.name == "count" else lcg(tuple(w.shape), 1000 + k, *bounds(w))
        for k, w in enumerate(model.weights)
    ])
    finalize(model)


def finalize(model):
    for layer in model.layers:
        if isinstance(layer, keras.layers.Normalization):
            layer.finalize_state()


def images(shape, seed, low, high):
    squares = lcg((shape[0], 8, 8, 3), seed, low, high)
    for axis in (1, 2):
        squares = np.take(squares, np.arange(shape[axis]) * 8 // shape[axis], axis)
    return squares


def take_statistics(model, x):
    """Sets the moving statistics to those of x, and gives them by the number of the weight."""
    norms = [layer for layer in model.layers if isinstance(layer, keras.layers.BatchNormalization)]
    drops = [layer for layer in model.layers if isinstance(layer, keras.layers.Dropout)]
    momenta, rates = [layer.momentum for layer in norms], [layer.rate for layer in drops]
    for layer in norms:
        layer.momentum = 0.0
    for layer in drops:
        layer.rate = 0.0
    model(x, training=True)
    for layer, momentum in zip(norms, momenta):
        layer.momentum = momentum
        for variable in (layer.moving_mean, layer.moving_variance):
            variable.assign([float(f"{number:.2g}") for number in variable.numpy()])
    for layer, rate in zip(drops, rates):
        layer.rate = rate
    return {k: [float(f"{number:.2g}") for number in w.numpy()] for k, w in enumerate(model.weights) if w.name.startswith("moving")}


def in_double(value):
    """The config with float64 wherever it says float32."""
    if isinstance(value, dict):
        return {key: in_double(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [in_double(entry) for entry in value]
    return "float64" if value == "float32" else value


def case(name):
    keras.backend.clear_session()
    keras.config.set_floatx("float32")
    model = NETWORKS[name]()
    return {"name": name, "network": json.loads(model.to_json()), **measure(name, model)}


def measure(name, model):
    """What a network with the weights of the tests predicts. Sets floatx."""
    fill(model)
    low, high = (0, 255) if any(isinstance(l, (keras.layers.Rescaling, keras.layers.Normalization)) for l in model.layers) else (-1, 1)
    shape = (2, *model.input_shape[1:])
    statistics = take_statistics(model, images((8, *shape[1:]), 101, low, high))
    x = images(shape, 100, low, high)
    single = model(x, training=False).numpy()
    network = json.loads(model.to_json())
    keras.config.set_floatx("float64")
    double = keras.models.model_from_json(json.dumps(in_double(network)))
    double.set_weights(model.get_weights())
    finalize(double)
    y = double(x.astype("float64"), training=False).numpy()
    error = float(np.max(np.abs(single - y)) / np.std(y))
    spread = float(np.std(y[0] - y[1]) / np.std(y))
    print(f"{name}: {model.count_params()} parameters, deviation {np.std(y):.3g}, between images {spread:.2g}, float32 {error:.2g}")
    assert y.dtype == "float64" and spread > 0.01 and error < 2e-5
    return {
        "shapes": [list(w.shape) for w in model.weights],
        "x": {"shape": list(shape), "low": low, "high": high}, "statistics": statistics, "y": array(y), "float32": error,
    }


if __name__ == "__main__":
    write("applications", [case(name) for name in NETWORKS], versions(), zipped=True)
