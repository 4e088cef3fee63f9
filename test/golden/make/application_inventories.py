"""What the functions of keras.applications build: test/golden/application-inventories.json.gz.

Run from the repository root, in an environment with keras==3.15.1 and tensorflow:

    python test/golden/make/application_inventories.py

A case has the function, its options, the shape of the output, the numbers of all and of trainable parameters, and hashes of the
config that to_json writes and of the weights' names and shapes. That of a network with default options also has one line for
each layer: its name, its class, and a hash of its entry in the config. `hashed` says what is hashed. The input tensor of a
case is Rescaling(2) of Input(shape).
"""

import gc
import hashlib
import json
import struct

from common import versions, write
import keras
from keras import applications

NETWORKS = [
    "Xception", "VGG16", "VGG19", "ResNet50", "ResNet101", "ResNet152", "ResNet50V2", "ResNet101V2", "ResNet152V2",
    "InceptionV3", "InceptionResNetV2", "MobileNet", "MobileNetV2", "MobileNetV3Small", "MobileNetV3Large",
    "DenseNet121", "DenseNet169", "DenseNet201", "NASNetMobile", "NASNetLarge",
    *(f"EfficientNetB{i}" for i in range(8)),
    *(f"EfficientNetV2{size}" for size in ("B0", "B1", "B2", "B3", "S", "M", "L")),
    *(f"ConvNeXt{size}" for size in ("Tiny", "Small", "Base", "Large", "XLarge")),
]

# One of each family, for the options that all have.
FAMILIES = [
    "Xception", "VGG16", "ResNet50", "ResNet50V2", "InceptionV3", "InceptionResNetV2", "MobileNet", "MobileNetV2",
    "MobileNetV3Small", "DenseNet121", "NASNetMobile", "EfficientNetB0", "EfficientNetV2B0", "ConvNeXtTiny",
]
COMMON = [
    {"include_top": False, "pooling": "avg", "input_shape": [97, 128, 3]},
    {"include_top": False, "pooling": "max", "name": "own"},
    {"classes": 10, "classifier_activation": None, "input_shape": [96, 96, 1]},
    {"classes": 7, "classifier_activation": "sigmoid", "input_tensor": {"shape": [128, 128, 3]}},
]
PARTICULAR = {
    "MobileNet": [
        {"alpha": 0.25, "depth_multiplier": 2, "dropout": 0.5, "input_shape": [128, 128, 3]},
        {"alpha": 0.7, "input_shape": [160, 192, 3]},
        {"alpha": 2.5, "include_top": False},
    ],
    "MobileNetV2": [
        {"alpha": 0.35, "input_shape": [96, 96, 3]},
        {"alpha": 1.4},
        {"alpha": 0.125, "input_shape": [33, 65, 3], "include_top": False, "pooling": "avg"},
        {"input_tensor": {"shape": [160, 160, 3]}, "input_shape": [160, 160, 3], "include_top": False},
    ],
    "MobileNetV3Small": [
        {"minimalistic": True},
        {"alpha": 0.75, "dropout_rate": 0, "include_preprocessing": False},
        {"alpha": 1.5, "minimalistic": True, "include_top": False, "pooling": "avg"},
        {"input_tensor": {"shape": [96, 64, 3]}, "input_shape": [96, 64, 3]},
    ],
    "MobileNetV3Large": [{"minimalistic": True}, {"alpha": 0.75, "dropout_rate": 0.4}, {"alpha": 1.25}],
    "EfficientNetV2B0": [{"include_preprocessing": False}],
    "EfficientNetV2S": [{"include_preprocessing": False}],
    "ConvNeXtTiny": [{"include_preprocessing": False}],
}
# Keras fails: the name of an EfficientNetV2 chooses its blocks.
OMITTED = [("EfficientNetV2B0", "own")]


def canonical(value):
    """JSON with sorted keys, in which a number is the hexadecimal of its float64."""
    if isinstance(value, bool) or value is None:
        return json.dumps(value)
    if isinstance(value, (int, float)):
        return struct.pack(">d", value).hex()
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    return "{" + ",".join(f"{json.dumps(key)}:{canonical(value[key])}" for key in sorted(value)) + "}"


def normalized(value):
    """A config without what evenkeel writes otherwise: build_config, which is there or not, and lists of a single axis."""
    if isinstance(value, list):
        return [normalized(entry) for entry in value]
    if not isinstance(value, dict):
        return value
    made = {key: normalized(entry) for key, entry in value.items() if key != "build_config"}
    if isinstance(made.get("axis"), list) and len(made["axis"]) == 1:
        made["axis"] = made["axis"][0]
    return made


def digest(text, length=16):
    return hashlib.sha256(text.encode()).hexdigest()[:length]


def weight_line(weight):
    """The layer's name, the weight's and the shape. NASNet's paths also have the scopes of Python's blocks, and the weight of
    a LayerScale has no name in Keras."""
    layer, name = weight.path.split("/")[-2:]
    return f"{layer}/{'gamma' if name.startswith('variable') else name} " + ",".join(map(str, weight.shape))


def input_tensor(shape):
    return keras.layers.Rescaling(2)(keras.Input(shape))


def case(name, options, with_layers):
    keras.backend.clear_session()
    gc.collect()
    given = dict(options)
    if "input_tensor" in given:
        given["input_tensor"] = input_tensor(**given["input_tensor"])
    if "input_shape" in given:
        given["input_shape"] = tuple(given["input_shape"])
    model = getattr(applications, name)(weights=None, **given)
    network = json.loads(model.to_json())
    assert network["class_name"] == "Functional"
    config = normalized(network["config"])
    record = {
        "function": name, "options": options, "name": model.name, "outputShape": list(model.output_shape),
        "layers": len(model.layers), "parameters": model.count_params(),
        "trainable": sum(int(w.shape.num_elements()) for w in model.trainable_weights),
        "config": digest(canonical(config)), "weights": digest("\n".join(map(weight_line, model.weights))),
    }
    if with_layers:
        record["entries"] = [
            f"{entry['name']} {entry['class_name']} {digest(canonical(entry), 6)}" for entry in config["layers"]
        ]
    print(name, options, model.count_params(), flush=True)
    return record


def main():
    cases = [case(name, {}, True) for name in NETWORKS]
    for name in NETWORKS:
        options = [*(COMMON if name in FAMILIES else []), *PARTICULAR.get(name, [])]
        cases += [case(name, each, False) for each in options if (name, each.get("name")) not in OMITTED]
    hashed = "SHA-256 of the JSON with sorted keys, without spaces, and numbers as hexadecimal float64, without build_config, and [axis] as axis"
    write("application-inventories", cases, versions(), zipped=True, hashed=hashed)


if __name__ == "__main__":
    main()
