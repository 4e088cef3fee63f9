"""Files of weights in the layouts of those that Keras publishes for keras.applications: test/golden/application-files.json.gz.

Run from the repository root, in an environment with keras==3.15.1, tensorflow and h5py:

    python test/golden/make/application_files.py

The published files were written by Keras 1, Keras 2 and tf.keras, which are not installable beside this TensorFlow, and are too large
to be kept. These are laid out by hand after their sources (save_weights_to_hdf5_group in keras/engine/topology.py at 1.2.2, at
2.0.9, and in tensorflow/python/keras/saving/hdf5_format.py at 2.4):

- keras-1: the layers' automatic names of then; arrays in the group of the layer, "convolution2d_1_W"; no version
- keras-2: "conv1/conv1/kernel:0", with the version and the backend; a whole model has its weights in model_weights
- tf-keras: also the group top_level_model_weights; the layers' automatic names continue those of earlier models; Normalization
  counts in int64

Keras reads each of them by the function that downloads it ("imagenet", from Keras's cache), or by load_weights; the weights must then
be those of the network. A case has the bytes of the file, compressed, with zeros instead of the weights: the k-th is at offsets[k], and
null is that of a count, which is kept. It also has the name of a network in applications.json.gz, which has the weights and the
predictions, or a function, its options, and the same of its network.
"""

import gzip
import io
import os
import pathlib
import re
import tempfile

HOME = tempfile.mkdtemp()
os.environ["KERAS_HOME"] = HOME

import h5py
import keras

from applications import NETWORKS, measure
from common import array, np, versions, write

SMALL = {"alpha": 0.25, "input_shape": [128, 128, 3]}
TOP = {**SMALL, "classifier_activation": None}
NO_TOP = {**SMALL, "include_top": False, "pooling": "avg"}
# The function, its options, the layout, and the name of the file in Keras's cache.
FUNCTIONS = [
    ("MobileNet", TOP, "keras-2", "mobilenet_2_5_128_tf.h5"),
    ("MobileNet", NO_TOP, "keras-2", "mobilenet_2_5_128_tf_no_top.h5"),
    ("MobileNetV2", {"alpha": 0.35, "input_shape": [96, 96, 3], "include_top": False, "pooling": "avg"}, "tf-keras",
     "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_0.35_96_no_top.h5"),
]
SMALL_FORMS = [
    ("ResNet50", "keras-1"),
    ("ResNet50", "keras-2 model"),
    ("InceptionResNetV2", "keras-1"),
    ("InceptionResNetV2", "keras-2"),
    ("DenseNet", "keras-2"),
    ("NASNet", "keras-2"),
    ("EfficientNetB0", "tf-keras"),
    ("ConvNeXt", "tf-keras"),
]
KERAS_1_CLASSES = {
    "Conv2D": "convolution2d", "SeparableConv2D": "separableconvolution2d", "DepthwiseConv2D": "depthwiseconvolution2d",
    "BatchNormalization": "batchnormalization", "Add": "merge", "Concatenate": "merge",
}
KERAS_1_WEIGHTS = {"kernel": "W", "bias": "b", "moving_mean": "running_mean", "moving_variance": "running_std"}


def weights_of(layer):
    return layer.trainable_weights + layer.non_trainable_weights


def groups_of(model, layout):
    """The layers with the names of their groups."""
    counts = {}

    def number(name, first):
        counts[name] = counts.get(name, first - 1) + 1
        return f"{name}_{counts[name]}"

    for layer in model.layers:
        automatic = re.fullmatch(r"(.*?[a-z]2d|.*_normalization|activation|add|concatenate|lambda)(_\d+)?", layer.name)
        if layout == "keras-1":
            name = KERAS_1_CLASSES.get(type(layer).__name__, type(layer).__name__.lower())
            yield number(name, 1), layer
        elif layout == "tf-keras" and automatic:
            yield number(automatic[1], 95), layer
        else:
            yield layer.name, layer


def write_weights(group, model, layout):
    """Writes the weights. Returns the datasets by the identity of their weight."""
    groups = list(groups_of(model, layout))
    group.attrs["layer_names"] = [name.encode("utf8") for name, _ in groups]
    if layout != "keras-1":
        group.attrs["backend"] = "tensorflow".encode("utf8")
        group.attrs["keras_version"] = ("2.0.6" if layout.startswith("keras-2") else "2.4.0").encode("utf8")
    datasets = {}
    for name, layer in sorted(groups) if layout == "tf-keras" else groups:
        own = group.create_group(name)
        names = []
        for weight in weights_of(layer):
            owner, last = weight.path.split("/")[-2:]
            owner = name if owner == layer.name else owner
            names.append(f"{owner}_{KERAS_1_WEIGHTS.get(last, last)}" if layout == "keras-1" else f"{owner}/{last}:0")
            value = weight.numpy()
            value = value.astype("int64") if last == "count" else value
            datasets[id(weight)] = own.create_dataset(names[-1], data=value)
        own.attrs["weight_names"] = [each.encode("utf8") for each in names]
    if layout == "tf-keras":
        group.create_group("top_level_model_weights").attrs["weight_names"] = []
    return datasets


def write_file(model, layout):
    """The bytes of a file of weights, and the offset of each of the model's weights."""
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        group = file
        if layout.endswith(" model"):
            file.attrs["model_config"] = model.to_json().encode("utf8")
            group = file.create_group("model_weights")
        datasets = write_weights(group, model, layout)
        file.flush()
        offsets = [
            None if weight.name == "count" else datasets[id(weight)].id.get_offset() for weight in model.weights
        ]
    return buffer.getvalue(), offsets


def skeleton(data, model, offsets):
    """The file with zeros for the weights."""
    data = bytearray(data)
    for weight, offset in zip(model.weights, offsets, strict=True):
        if offset is not None:
            expected = weight.numpy().tobytes()
            assert data[offset : offset + len(expected)] == expected, weight.path
            data[offset : offset + len(expected)] = bytes(len(expected))
    return array(np.frombuffer(gzip.compress(bytes(data), mtime=0), np.uint8))


def same_weights(found, expected):
    for a, b in zip(found.weights, expected.weights, strict=True):
        np.testing.assert_array_equal(a.numpy(), b.numpy(), err_msg=b.path)


def begin():
    keras.backend.clear_session()
    keras.config.set_floatx("float32")


tops = {}


def function_case(name, options, layout, file):
    begin()
    given = {**options, "input_shape": tuple(options["input_shape"])}
    function = getattr(keras.applications, name)
    model = function(**given, weights=None)
    measured = measure(name, model)
    keras.config.set_floatx("float32")
    data, offsets = write_file(model, layout)
    path = pathlib.Path(HOME, "models", file)
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)
    same_weights(function(**given, weights="imagenet"), model)
    if options is NO_TOP:
        # The file of the whole network has the weights of the base under the same names.
        base = function(**given, weights=None)
        base.load_weights(tops[name], by_name=True)
        for a, b in zip(base.weights, model.weights, strict=True):
            if not b.name.startswith("moving"):
                np.testing.assert_array_equal(a.numpy(), b.numpy(), err_msg=b.path)
    tops[name] = path
    return {"function": name, "options": options, "layout": layout, "file": file, "offsets": offsets,
            "skeleton": skeleton(data, model, offsets), **measured}


def network_case(name, layout):
    begin()
    model = NETWORKS[name]()
    measure(name, model)
    keras.config.set_floatx("float32")
    data, offsets = write_file(model, layout)
    path = pathlib.Path(HOME, "weights.h5")
    path.write_bytes(data)
    found = NETWORKS[name]()
    found.load_weights(path)
    same_weights(found, model)
    return {"network": name, "layout": layout, "offsets": offsets, "skeleton": skeleton(data, model, offsets)}


if __name__ == "__main__":
    cases = [function_case(*each) for each in FUNCTIONS] + [network_case(*each) for each in SMALL_FORMS]
    write("application-files", cases, versions(h5py=h5py.__version__), zipped=True)
