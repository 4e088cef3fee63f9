"""Files as tf.keras 2 lays them out, with what Keras 3 computes for their models: test/golden/older-files/ and test/golden/older-files.json.

Run from the repository root, in an environment with keras==3.15.1 and tensorflow:

    python test/golden/make/older_files.py

The files are not written by tf.keras, but laid out by hand after its sources (keras-team/tf-keras, keras/saving/saving_lib.py
and keras/engine/functional.py at 2.13 to 2.15): configs without modules or with `batch_input_shape`, calls as lists in which
those of a model are counted from 1, and the groups of weights

- 2.13: `_layer_checkpoint_dependencies/dense`, `dense_2`, …, since a layer with weights is listed twice
- 2.14: `_layer_checkpoint_dependencies/dense`, `dense_1`, …
- 2.15: `layers/dense`, …
- on Windows: `layers\\dense/vars`
"""

import io
import json
import shutil
import zipfile

from common import GOLDEN, array, lcg, np, versions, write
import h5py
import keras

L = keras.layers
FILES = GOLDEN / "older-files"
cases = []


def layer_config(layer, with_module):
    config = dict(layer.get_config())
    for key in ("quantization_config", "autocast", "optional"):
        config.pop(key, None)
    config["dtype"] = "float32"
    if "batch_shape" in config:
        config["batch_input_shape"] = config.pop("batch_shape")
    if isinstance(layer, L.BatchNormalization):
        config["axis"] = [layer.axis]
        for key in ("renorm", "renorm_clipping", "renorm_momentum", "synchronized"):
            config.pop(key, None)
    if isinstance(layer, L.Conv2DTranspose):
        config["groups"] = 1
    if isinstance(layer, L.LeakyReLU):
        config["alpha"] = config.pop("negative_slope")
    name = type(layer).__name__
    if with_module:
        return {"module": "keras.layers", "class_name": name, "config": config, "registered_name": None,
                "build_config": {"input_shape": layer._build_shapes_dict and list(layer._build_shapes_dict.values())[0]}}
    for key, value in config.items():
        if isinstance(value, dict) and "module" in value:
            config[key] = {"class_name": value["class_name"], "config": value["config"]}
    return {"class_name": name, "config": config}


def is_functional(layer):
    return isinstance(layer, (keras.Sequential, keras.Model))


def model_config(model, with_module):
    if isinstance(model, keras.Sequential):
        input_layer = {"class_name": "InputLayer", "config": {"batch_input_shape": [None, *model.input_shape[1:]],
                       "dtype": "float32", "sparse": False, "ragged": False, "name": f"{model.name}_input"}}
        if with_module:
            input_layer = {"module": "keras.layers", **input_layer, "registered_name": None}
        layers = [input_layer] + [config_of(layer, with_module) for layer in model.layers]
        config = {"name": model.name, "layers": layers}
    else:
        new = model.get_config()
        models = {layer.name for layer in model.layers if is_functional(layer)}
        layers = []
        for layer, entry in zip(model.operations, new["layers"]):
            old = config_of(layer, with_module)
            old["name"] = layer.name
            old["inbound_nodes"] = [old_node(node, models) for node in entry["inbound_nodes"]]
            layers.append(old)

        def place(name, node, index):
            first = 1 if name in models and not isinstance(model.get_layer(name), keras.Sequential) else 0
            return [name, node - first + (1 if name in models else 0), index]

        def places(tree):
            if isinstance(tree, (list, tuple)) and tree and isinstance(tree[0], str):
                return [place(*tree)]
            return [place(*entry) for entry in tree]

        config = {"name": model.name, "trainable": True, "layers": layers,
                  "input_layers": places(new["input_layers"]), "output_layers": places(new["output_layers"])}
    node = {"class_name": type(model).__name__, "config": config}
    return {"module": "keras.src.engine.functional" if node["class_name"] == "Functional" else "keras", **node,
            "registered_name": node["class_name"] if node["class_name"] == "Functional" else None} if with_module else node


def config_of(layer, with_module):
    return model_config(layer, with_module) if is_functional(layer) else layer_config(layer, with_module)


def old_node(node, models):
    [inputs] = node["args"]
    tensors = inputs if isinstance(inputs, (list, tuple)) else [inputs]
    kwargs = {key: value for key, value in node["kwargs"].items() if key != "mask" and value is not None}
    places = [tensor["config"]["keras_history"] for tensor in tensors]
    return [[name, index + (1 if name in models else 0), output, kwargs] for name, index, output in places]


def snake(name):
    return keras.src.utils.naming.to_snake_case(name)


def layers_of(model):
    """The members of a model's list of layers: tf.keras counts the inputs of a functional model too."""
    return [layer for layer in model.layers if not (isinstance(model, keras.Sequential) and isinstance(layer, L.InputLayer))]


def save_state(group, path, layer, version, separator, visited):
    if id(layer) in visited:
        return
    visited.add(id(layer))
    own = group.create_group((path + "/" if path else "") + "vars")
    for i, variable in enumerate([] if is_functional(layer) else layer.weights):
        own[str(i)] = np.asarray(variable)
    if not is_functional(layer):
        return
    attribute = "layers" if version == "2.15" else "_layer_checkpoint_dependencies"
    used = {}
    for member in layers_of(layer):
        name = snake(type(member).__name__)
        listed = 2 if version == "2.13" and member.weights else 1
        for i in range(listed):
            used[name] = used.get(name, -1) + 1
            if i == 0:
                number = used[name]
        inside = separator.join(part for part in (path, attribute, name if number == 0 else f"{name}_{number}") if part)
        save_state(group, inside, member, version, separator, visited)


def keras_file(path, model, version, separator="/", compile_config=None):
    config = model_config(model, True)
    config["build_config"] = {"input_shape": [None, *model.inputs[0].shape[1:]]}
    if compile_config:
        config["compile_config"] = compile_config
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        save_state(file, "", model, version, separator, set())
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in (("metadata.json", json.dumps({"keras_version": f"{version}.0", "date_saved": "2023-06-01@12:00:00"})),
                           ("config.json", json.dumps(config)), ("model.weights.h5", buffer.getvalue())):
            archive.writestr(zipfile.ZipInfo(name, (2023, 6, 1, 12, 0, 0)), data)


def h5_file(path, model, change=lambda config: config):
    with h5py.File(path, "w") as file:
        file.attrs["keras_version"] = "2.4.0"
        file.attrs["backend"] = "tensorflow"
        file.attrs["model_config"] = json.dumps(change(model_config(model, False)))
        weights = file.create_group("model_weights")
        weights.attrs["layer_names"] = [layer.name.encode() for layer in model.layers]
        weights.attrs["backend"] = b"tensorflow"
        weights.attrs["keras_version"] = b"2.4.0"
        for layer in model.layers:
            group = weights.create_group(layer.name)
            names = []
            for variable in layer.trainable_weights + layer.non_trainable_weights:
                # A nested model's weights have the names of their layers alone.
                parts = variable.path.split("/")
                name = "/".join(parts[-2:]) + ":0"
                names.append(name.encode())
                group[name] = np.asarray(variable)
            group.attrs["weight_names"] = names


def fill(model, seed):
    for i, variable in enumerate(model.weights):
        low = 0.5 if "variance" in variable.path else -1.0
        variable.assign(lcg(variable.shape, seed + i, low))
    return model


def dense(units, name, **more):
    return L.Dense(units, name=name, **more)


def stack():
    return fill(keras.Sequential([
        keras.Input([4], name="stack_input"), dense(5, "one", activation="relu"), L.BatchNormalization(name="bn"),
        L.Dropout(0.5, name="drop"), dense(5, "two"), L.LeakyReLU(0.2, name="leaky"), dense(2, "three")], name="stack"), 3)


def inner(name):
    x = keras.Input([3], name=f"{name}_input")
    return keras.Model(x, dense(3, f"{name}_dense", activation="tanh")(x), name=name)


def nested():
    """A functional model with a functional model that is called twice, and a Sequential model."""
    x = keras.Input([3], name="x")
    twice, once = inner("twice"), keras.Sequential([keras.Input([3]), dense(3, "deep"), dense(3, "deeper")], name="once")
    left = twice(x)
    both = L.Add(name="add")([once(left), twice(left)])
    return fill(keras.Model(x, twice(both), name="nested"), 50)


def transfer():
    """A functional base, called in inference mode, with a new head."""
    image = keras.Input([6, 6, 2], name="image")
    h = L.Conv2D(3, 3, name="conv")(image)
    base = keras.Model(image, L.BatchNormalization(name="conv_bn")(h), name="base")
    base.trainable = False
    x = keras.Input([6, 6, 2], name="x")
    h = L.Conv2DTranspose(2, 2, name="up")(base(x, training=False))
    return fill(keras.Model(x, dense(2, "head")(L.GlobalAveragePooling2D(name="pool")(h)), name="transfer"), 80)


def in_sequence():
    return fill(keras.Sequential([keras.Input([3]), inner("first"), dense(3, "between"), inner("second"), dense(2, "last")],
                                 name="in_sequence"), 100)


def case(file, model, save):
    save(str(FILES / file), model)
    x = lcg([4, *model.inputs[0].shape[1:]], 7)
    cases.append({"file": file, "inputs": [array(x)], "outputs": [array(model.predict(x, verbose=0))]})


def tensorflow_1(config):
    """Names with slashes, and the class names of TensorFlow 1."""
    text = json.dumps(config).replace('"class_name": "BatchNormalization"', '"class_name": "BatchNormalizationV1"')
    return json.loads(text.replace('"bn"', '"block1/bn"'))


ADAM = {"optimizer": {"module": "keras.optimizers", "class_name": "Adam", "config": {
    "name": "Adam", "weight_decay": None, "clipnorm": None, "global_clipnorm": None, "clipvalue": None, "use_ema": False,
    "ema_momentum": 0.99, "ema_overwrite_frequency": None, "jit_compile": False, "is_legacy_optimizer": False,
    "learning_rate": 0.0010000000474974513, "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-07, "amsgrad": False},
    "registered_name": None}, "loss": {"module": "keras.losses", "class_name": "MeanSquaredError", "config": {
        "reduction": "auto", "name": "mean_squared_error", "fn": "mean_squared_error"}, "registered_name": None},
    "metrics": ["mae"], "loss_weights": None, "weighted_metrics": None, "run_eagerly": None, "steps_per_execution": None,
    "jit_compile": None}


def main():
    shutil.rmtree(FILES, ignore_errors=True)
    FILES.mkdir()
    keras.utils.set_random_seed(1)
    for version in ("2.13", "2.14", "2.15"):
        case(f"stack-{version}.keras", stack(), lambda p, m: keras_file(p, m, version, compile_config=ADAM))
        case(f"nested-{version}.keras", nested(), lambda p, m: keras_file(p, m, version))
    case("stack-2.13-windows.keras", stack(), lambda p, m: keras_file(p, m, "2.13", "\\"))
    case("nested-2.15-windows.keras", nested(), lambda p, m: keras_file(p, m, "2.15", "\\"))
    case("transfer-2.15.keras", transfer(), lambda p, m: keras_file(p, m, "2.15"))
    for make in (nested, transfer, in_sequence):
        case(f"{make.__name__.replace('_', '-')}.h5", make(), h5_file)
    case("tensorflow-1.h5", stack(), lambda p, m: h5_file(p, m, tensorflow_1))
    write("older-files", cases, versions(h5py=h5py.__version__))


if __name__ == "__main__":
    main()
