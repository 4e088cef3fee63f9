"""Files that Keras wrote, with what their models give and how their training goes on: test/golden/files/ and test/golden/files.json.

Run from the repository root, in an environment with keras==3.15.1 and tensorflow:

    python test/golden/make/files.py

Each case has the name of its file, "inputs" (a list, for predict), "outputs" (a list) and, where the model was trained
before it was saved, "targets" (a list) and "losses": those of three more calls of train_on_batch, each of its batch alone.
The whole data is one batch. "state" is the state of the optimizer in the file.

The files of tf.keras 2 are not written by it, but laid out by hand as it does (tensorflow 2.9, h5py): its config and its
names of weights; weights are those of a Keras 3 model, which also computes the outputs.
"""

import json
import os
import shutil
import warnings

from common import GOLDEN, array, lcg, np, versions, write
import h5py
import keras
from keras.src.legacy.saving import legacy_h5_format

L = keras.layers
FILES = GOLDEN / "files"
cases = []


def fresh():
    keras.backend.clear_session()
    keras.utils.set_random_seed(7)


def data(shapes, seed):
    return [lcg(s, seed + i) for i, s in enumerate(shapes)]


def one(x):
    return x[0] if len(x) == 1 else x


def steps(model, x, y, count=3):
    losses = []
    for _ in range(count):
        model.reset_metrics()
        result = model.train_on_batch(one(x), one(y), return_dict=True)
        losses.append(float(result["loss"]))
    return losses


def case(name, model, x, y=None, save=None, note=None):
    """Save, then record what the model gives, then train it on."""
    path = str(FILES / name)
    (save or (lambda p: model.save(p)))(path)
    outputs = model.predict(one(x), verbose=0)
    entry = {"file": name, "inputs": [array(v) for v in x],
             "outputs": [array(v) for v in (outputs if isinstance(outputs, list) else [outputs])]}
    if note:
        entry["note"] = note
    if y is not None:
        entry["targets"] = [array(v) for v in y]
        entry["state"] = [array(np.asarray(v)) for v in model.optimizer.variables]
        entry["losses"] = steps(model, x, y)
    cases.append(entry)


def dense_model():
    fresh()
    return keras.Sequential([keras.Input((4,)), L.Dense(5, name="first"), L.BatchNormalization(momentum=0.8, name="bn"),
                             L.Activation("relu"), L.Dropout(0.0), L.Dense(1, name="last")], name="small")


def trained(optimizer, **options):
    model = dense_model()
    model.compile(optimizer, loss="mse", metrics=["mae"], **options)
    x, y = data([(6, 4)], 31), data([(6, 1)], 41)
    steps(model, x, y)
    return model, x, y


def image_model():
    fresh()
    left, right = keras.Input((6, 6, 2), name="left"), keras.Input((3,), name="right")
    x = L.Normalization(name="known")
    x.adapt(lcg((5, 6, 6, 2), 3))
    x = x(left)
    x = L.SpectralNormalization(L.Conv2D(3, 3, padding="same", name="conv"), name="spectral")(x)
    x = L.BatchNormalization(renorm=True, renorm_clipping={"rmax": 3.0, "rmin": 0.3, "dmax": 5.0}, name="renorm")(x)
    x = L.Dropout(0.0, name="drop")(x)
    x = L.DepthwiseConv2D(2, name="depthwise")(x)
    x = L.GroupNormalization(3, name="group")(x)
    x = L.PReLU(shared_axes=[1, 2], name="prelu")(x)
    x = L.GlobalAveragePooling2D(name="pool")(x)
    shared = L.Dense(3, activation="tanh", kernel_regularizer="l2", name="shared")
    inner = keras.Sequential([keras.Input((3,)), L.Dense(4), L.LayerNormalization(), L.Dense(3)], name="inner")
    both = L.Add(name="both")([shared(shared(inner(right))), shared(L.Dense(3, name="bridge")(x))])
    start = keras.Input((3,), name="start")
    second = keras.Model(start, L.Dense(3, name="deep")(start), name="second")
    return keras.Model([left, right], [L.Dense(2, name="one")(both), L.Dense(1, name="two")(second(both))], name="images")


def trained_images():
    model = image_model()
    model.compile(keras.optimizers.SGD(0.05, momentum=0.9), loss=["mse", keras.losses.LogCosh()],
                  loss_weights=[1.0, 0.5], metrics=[["mae"], [keras.metrics.MeanSquaredError(name="square")]])
    x, y = data([(4, 6, 6, 2), (4, 3)], 51), data([(4, 2), (4, 1)], 61)
    steps(model, x, y)
    return model, x, y


@keras.saving.register_keras_serializable(package="golden")
class Block(L.Layer):
    def __init__(self, units=2, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.zeta = L.Dense(units)
        self.some_items = [L.Dense(units), [L.Dense(units)]]
        self.table = {"b": L.Dense(units), "a": L.Dense(units)}

    def build(self, shape):
        self.shift = self.add_weight(shape=(self.units,), initializer="ones", name="shift")
        super().build(shape)

    def call(self, x):
        x = self.zeta(x) + self.shift
        for layer in [self.some_items[0], self.some_items[1][0], self.table["b"], self.table["a"]]:
            x = keras.activations.tanh(layer(x))
        return x

    def get_config(self):
        return {**super().get_config(), "units": self.units}


@keras.saving.register_keras_serializable(package="golden")
class Own(keras.Model):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.a = L.Dense(3)
        self.block = Block(2)
        self.out = L.Dense(1)

    def call(self, x):
        return self.out(self.block(self.a(x)))

    def get_config(self):
        return {"name": self.name}


def shared_across():
    fresh()
    inputs, shared = keras.Input((2,), name="in"), L.Dense(2, name="twice")
    return keras.Model(inputs, shared(keras.Sequential([keras.Input((2,)), shared], name="holder")(inputs)), name="sharing")


def plain(config):
    """The config of a layer as tf.keras 2 has it: no modules, types as texts."""
    if isinstance(config, dict):
        if set(config) >= {"class_name", "config", "module"}:
            if config["class_name"] == "DTypePolicy":
                return config["config"]["name"]
            return {"class_name": config["class_name"], "config": plain(config["config"])}
        return {k: plain(v) for k, v in config.items()}
    return [plain(v) for v in config] if isinstance(config, (list, tuple)) else config


def tf_layers(layers, first_shape):
    out = []
    for i, layer in enumerate(layers):
        config = plain(json.loads(json.dumps(keras.saving.serialize_keras_object(layer)["config"])))
        config.pop("quantization_config", None)
        for key in ("renorm", "renorm_clipping", "renorm_momentum", "synchronized"):
            if layer.__class__.__name__ == "BatchNormalization":
                config.pop(key, None)
        if "axis" in config:
            config["axis"] = [len(layer._build_shapes_dict["input_shape"]) - 1]
        for key, value in config.items():
            if key.endswith("_initializer") and value["class_name"] == "GlorotUniform":
                config[key] = {"class_name": "GlorotUniform", "config": {"seed": None}}
        if i == 0:
            config = {"name": config["name"], "trainable": True, "batch_input_shape": first_shape, **config}
        out.append({"class_name": layer.__class__.__name__, "config": config})
    return out


def tf_keras_file(path, model, optimizer_config, optimizer_weights):
    with h5py.File(path, "w") as f:
        f.attrs["keras_version"], f.attrs["backend"] = "2.9.0", "tensorflow"
        layers = tf_layers(model.layers, [None, 4])
        config = {"class_name": "Sequential", "config": {"name": model.name, "layers": [
            {"class_name": "InputLayer", "config": {"batch_input_shape": [None, 4], "dtype": "float32", "sparse": False,
                                                    "ragged": False, "name": "first_input"}}, *layers]}}
        f.attrs["model_config"] = json.dumps(config).encode()
        training = {"loss": "mse", "metrics": [[{"class_name": "MeanMetricWrapper", "config": {
            "name": "mae", "dtype": "float32", "fn": "mean_absolute_error"}}]], "weighted_metrics": None, "loss_weights": None,
            "optimizer_config": optimizer_config}
        f.attrs["training_config"] = json.dumps(training).encode()
        g = f.create_group("model_weights")
        g.attrs["layer_names"] = [l.name.encode() for l in model.layers]
        g.attrs["backend"], g.attrs["keras_version"] = b"tensorflow", b"2.9.0"
        for layer in model.layers:
            h = g.create_group(layer.name)
            names = [f"{layer.name}/{w.name}:0".encode() for w in layer.weights]
            h.attrs["weight_names"] = names
            for n, w in zip(names, layer.weights):
                h[n.decode()] = w.numpy()
        g.create_group("top_level_model_weights").attrs["weight_names"] = []
        o = f.create_group("optimizer_weights")
        o.attrs["weight_names"] = [n.encode() for n, _ in optimizer_weights]
        for n, v in optimizer_weights:
            o[n] = v


def main():
    warnings.simplefilter("ignore")
    shutil.rmtree(FILES, ignore_errors=True)
    os.makedirs(FILES)

    model, x, y = trained("adam")
    case("adam.keras", model, x, y)
    model, x, y = trained("adam")
    case("adam.h5", model, x, y)
    model, x, y = trained("adam")
    case("adam.weights.h5", model, x, y, save=lambda p: model.save_weights(p))
    model, x, y = trained(keras.optimizers.SGD(0.1, momentum=0.9, nesterov=True))
    case("momentum.keras", model, x, y)
    schedule = keras.optimizers.schedules.ExponentialDecay(0.05, 2, 0.5)
    model, x, y = trained(keras.optimizers.AdamW(schedule, weight_decay=0.02))
    case("adamw-schedule.keras", model, x, y)
    model, x, y = trained(keras.optimizers.Adam(0.02, amsgrad=True, use_ema=True, ema_momentum=0.9,
                                                gradient_accumulation_steps=2))
    case("gathering.keras", model, x, y)
    model, x, y = trained(keras.optimizers.RMSprop(0.01, momentum=0.5, centered=True))
    case("rmsprop.keras", model, x, y)
    model = dense_model()
    model.compile("adam", loss="mse")
    case("untrained.keras", model, *[data([(6, 4)], 31), data([(6, 1)], 41)])

    model, x, y = trained_images()
    case("images.keras", model, x, y)
    model, x, y = trained_images()
    case("images.h5", model, x, y)

    fresh()
    model = Own(name="own")
    x, y = data([(5, 3)], 71), data([(5, 1)], 81)
    model.compile("sgd", loss="mse")
    steps(model, x, y)
    case("own.keras", model, x, y)

    model = shared_across()
    case("sharing.keras", model, data([(3, 2)], 91), note="Keras cannot read this file of its own")

    fresh()
    model = keras.Sequential([keras.Input((4,)), L.Lambda(lambda v: v * 2.0, name="double"), L.Dense(1)], name="code")
    case("lambda.keras", model, data([(3, 4)], 95))
    case("lambda.h5", model, data([(3, 4)], 95))

    model = dense_model()
    x = data([(6, 4)], 31)

    def weights_alone(path):
        with h5py.File(path, "w") as f:
            legacy_h5_format.save_weights_to_hdf5_group(f, model)

    case("plain-weights.h5", model, x, save=weights_alone)

    def old(path):
        model.save_weights(path)
        with h5py.File(path, "a") as f:
            f.move("layers", "_layer_checkpoint_dependencies")

    case("old.weights.h5", model, x, save=old)

    def sharded(path):
        keras.saving.save_weights(model, path, max_shard_size=1e-7)

    case("sharded.weights.json", model, x, save=sharded)

    # tf.keras: Adam of before 2.11, whose slots stand one behind the other, and decay.
    model, x, y = trained("adam")
    v = [np.asarray(w) for w in model.optimizer.variables]
    names = ["first/kernel", "first/bias", "bn/gamma", "bn/beta", "last/kernel", "last/bias"]
    weights = [("Adam/iter:0", v[0])]
    weights += [(f"Adam/{n}/m:0", v[2 + 2 * i]) for i, n in enumerate(names)]
    weights += [(f"Adam/{n}/v:0", v[3 + 2 * i]) for i, n in enumerate(names)]
    config = {"class_name": "Adam", "config": {"name": "Adam", "learning_rate": 0.001, "decay": 0.0, "beta_1": 0.9,
                                               "beta_2": 0.999, "epsilon": 1e-07, "amsgrad": False}}
    case("tf-keras-2.9.h5", model, x, y, save=lambda p: tf_keras_file(p, model, config, weights))

    # And of 2.11 and later: slots side by side, no learning rate among them.
    model, x, y = trained("adam")
    v = [np.asarray(w) for w in model.optimizer.variables]
    weights2 = [("iteration:0", v[0])]
    for i, n in enumerate(names):
        weights2 += [(f"Adam/m/{n}:0", v[2 + 2 * i]), (f"Adam/v/{n}:0", v[3 + 2 * i])]
    config2 = {"class_name": "Adam", "config": {"name": "Adam", "weight_decay": None, "clipnorm": None,
               "global_clipnorm": None, "clipvalue": None, "use_ema": False, "ema_momentum": 0.99,
               "ema_overwrite_frequency": None, "jit_compile": True, "is_legacy_optimizer": False,
               "learning_rate": 0.0010000000474974513, "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-07, "amsgrad": False}}
    case("tf-keras-2.12.h5", model, x, y, save=lambda p: tf_keras_file(p, model, config2, weights2))

    write("files", cases, versions(h5py=h5py.__version__))


if __name__ == "__main__":
    main()
