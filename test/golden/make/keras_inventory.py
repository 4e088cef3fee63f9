"""What Keras exports, with arguments and default configs: test/golden/keras-inventory.json.

Run from the repository root, in an environment with keras==3.15.1 and tensorflow:

    python test/golden/make/keras_inventory.py

Each case is one object: its section, its name, its other names in that section, its kind, its arguments in order with their
defaults (those without are required), whether it takes any others, and for classes with a config what get_config gives where
only the required arguments are given. FEATURES.md is this list, compared with the code.
"""

import inspect
import json

from common import versions, write
import keras

SECTIONS = {
    "layers": keras.layers,
    "activations": keras.activations,
    "initializers": keras.initializers,
    "regularizers": keras.regularizers,
    "constraints": keras.constraints,
    "losses": keras.losses,
    "metrics": keras.metrics,
    "optimizers": keras.optimizers,
    "schedules": keras.optimizers.schedules,
    "callbacks": keras.callbacks,
    "models": keras.models,
    "applications": keras.applications,
    "ops": keras.ops,
    "image": keras.ops.image,
    "utils": keras.utils,
    "random": keras.random,
    "tree": keras.tree,
}

# Of keras.utils, what is about Python's process or files of other formats has no counterpart by design. Images, folders and
# PyDataset are left out.
UTILS = {
    "FeatureSpace", "clear_session", "custom_object_scope", "deserialize_keras_object", "get_custom_objects", "get_file", "get_registered_name",
    "get_registered_object", "get_source_inputs", "is_keras_tensor", "model_to_dot", "normalize", "pack_x_y_sample_weight",
    "pad_sequences", "plot_model", "register_keras_serializable", "serialize_keras_object", "set_random_seed", "split_dataset",
    "standardize_dtype", "timeseries_dataset_from_array", "to_categorical", "unpack_x_y_sample_weight",
}

# Classes whose methods and attributes are listed too: those of a class that a base in the list has are not repeated.
CLASSES = {"Layer": keras.Layer, "Model": keras.Model, "Sequential": keras.Sequential, "Callback": keras.callbacks.Callback}

# Arguments for classes whose constructors need some, or need them in spite of their signatures.
RATE = {"initial_learning_rate": 0.1}
SAMPLES = {
    "layers.Activation": {"activation": "relu"},
    "layers.AlphaDropout": {"rate": 0.5},
    "layers.CategoryEncoding": {"num_tokens": 3},
    "layers.CenterCrop": {"height": 2, "width": 3},
    "layers.Dense": {"units": 4},
    "layers.Discretization": {"bin_boundaries": [0.0, 1.0]},
    "layers.Dot": {"axes": 1},
    "layers.Dropout": {"rate": 0.5},
    "layers.EinsumDense": {"equation": "ab,bc->ac", "output_shape": 4},
    "layers.Embedding": {"input_dim": 5, "output_dim": 4},
    "layers.GaussianDropout": {"rate": 0.5},
    "layers.GaussianNoise": {"stddev": 0.5},
    "layers.GRU": {"units": 4},
    "layers.GRUCell": {"units": 4},
    "layers.InputLayer": {"shape": [4]},
    "layers.LSTM": {"units": 4},
    "layers.LSTMCell": {"units": 4},
    "layers.Permute": {"dims": [2, 1]},
    "layers.RepeatVector": {"n": 3},
    "layers.Rescaling": {"scale": 2.0},
    "layers.Reshape": {"target_shape": [2, 2]},
    "layers.Resizing": {"height": 2, "width": 3},
    "layers.SimpleRNN": {"units": 4},
    "layers.SimpleRNNCell": {"units": 4},
    "layers.SpatialDropout1D": {"rate": 0.5},
    "layers.SpatialDropout2D": {"rate": 0.5},
    "layers.SpatialDropout3D": {"rate": 0.5},
    "random.SeedGenerator": {"name": "seeds"},
    "utils.FeatureSpace": {"features": {"x": "float_rescaled"}},
    "metrics.IoU": {"num_classes": 3, "target_class_ids": [0]},
    "metrics.MeanIoU": {"num_classes": 3},
    "metrics.OneHotIoU": {"num_classes": 3, "target_class_ids": [0]},
    "metrics.OneHotMeanIoU": {"num_classes": 3},
    "metrics.PrecisionAtRecall": {"recall": 0.5},
    "metrics.RecallAtPrecision": {"precision": 0.5},
    "metrics.SensitivityAtSpecificity": {"specificity": 0.5},
    "metrics.SpecificityAtSensitivity": {"sensitivity": 0.5},
    "schedules.CosineDecay": {**RATE, "decay_steps": 10},
    "schedules.CosineDecayRestarts": {**RATE, "first_decay_steps": 10},
    "schedules.ExponentialDecay": {**RATE, "decay_steps": 10, "decay_rate": 0.5},
    "schedules.InverseTimeDecay": {**RATE, "decay_steps": 10, "decay_rate": 0.5},
    "schedules.PiecewiseConstantDecay": {"boundaries": [2, 4], "values": [1.0, 0.5, 0.25]},
    "schedules.PolynomialDecay": {**RATE, "decay_steps": 10},
}
CONVOLUTION = {"filters": 2, "kernel_size": 3}
for rank in (1, 2, 3):
    SAMPLES[f"layers.AveragePooling{rank}D"] = {"pool_size": 2}
    SAMPLES[f"layers.Conv{rank}D"] = SAMPLES[f"layers.Conv{rank}DTranspose"] = CONVOLUTION
    SAMPLES[f"layers.ConvLSTM{rank}D"] = SAMPLES[f"layers.SeparableConv{rank}D"] = CONVOLUTION
    SAMPLES[f"layers.DepthwiseConv{rank}D"] = {"kernel_size": 3}
    for kind in ("Average", "Max"):
        SAMPLES[f"layers.Adaptive{kind}Pooling{rank}D"] = {"output_size": 2}

# Bases that are not made by themselves.
ABSTRACT = {"layers.Wrapper", "models.Model", "models.Sequential", "initializers.Initializer", "metrics.Metric", "optimizers.Optimizer", "schedules.LearningRateSchedule"}


def canonical(name, value, names):
    """The name by which Keras's documentation knows the object: the class's or function's own."""
    own = getattr(value, "__name__", name)
    return own if own in names else name


def argument(p):
    """x where it must be given, axis=-1 with its default, or fn? where the default is nothing that JSON has."""
    if p.default is p.empty:
        return p.name
    plain_default = p.default is None or isinstance(p.default, (bool, int, float, str))
    return f"{p.name}={json.dumps(p.default)}" if plain_default else p.name + "?"


def arguments(value):
    try:
        signature = inspect.signature(value)
    except (TypeError, ValueError):
        return None
    named = [p for p in signature.parameters.values() if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)]
    more = any(p.kind in (p.VAR_KEYWORD, p.VAR_POSITIONAL) for p in signature.parameters.values())
    return [argument(p) for p in named], more


def plain(value):
    """A dtype policy as its name: what evenkeel writes."""
    if isinstance(value, dict) and value.get("class_name") == "DTypePolicy":
        return value["config"]["name"]
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    return [plain(v) for v in value] if isinstance(value, list) else value


def config_of(section, name, value):
    key = f"{section}.{name}"
    if key in ABSTRACT or not hasattr(value, "get_config"):
        return {}
    given = SAMPLES.get(key, {})
    try:
        config = plain(json.loads(json.dumps(value(**given).get_config())))
    except Exception as error:  # noqa: BLE001 - recorded by its absence: it needs more than plain arguments
        print("no config:", key, type(error).__name__, str(error)[:80])
        return {}
    return {"given": given, "config": config}


def members_of(section, value):
    """The public methods and attributes of a class, without those that a base among CLASSES has."""
    inherited = {n for base in CLASSES.values() if base is not value and issubclass(value, base) for n in dir(base)}
    overridden = {n for n in vars(value) if n in inherited and inspect.isfunction(vars(value)[n])}
    for name in dir(value):
        if name.startswith("_") or (name in inherited and (section == "Sequential" or name not in overridden)):
            continue
        member = inspect.getattr_static(value, name)
        is_method = inspect.isfunction(member) or isinstance(member, (classmethod, staticmethod))
        record = {"section": section, "name": name, "kind": "method" if is_method else "attribute", "arguments": []}
        if is_method:
            found = arguments(getattr(value, name)) or ([], False)
            record["arguments"] = [a for a in found[0] if a != "self"]
            if found[1]:
                record["more"] = True
        yield record


def main():
    cases = [record for section, value in CLASSES.items() for record in members_of(section, value)]
    for section, module in SECTIONS.items():
        names = [n for n in dir(module) if not n.startswith("_") and callable(getattr(module, n))]
        if section == "utils":
            names = [n for n in names if n in UTILS]
        if section == "tree":
            # JavaScript has no tuples.
            names = [n for n in names if n != "lists_to_tuples"]
        groups = {}
        for name in names:
            value = getattr(module, name)
            groups.setdefault(id(value), (value, []))[1].append(name)
        for value, group in groups.values():
            name = canonical(group[0], value, group)
            found = arguments(value)
            if found is None:
                print("no signature:", section, name)
                continue
            record = {"section": section, "name": name, "kind": "class" if inspect.isclass(value) else "function"}
            others = [n for n in group if n != name]
            if others:
                record["aliases"] = others
            record["arguments"] = found[0]
            if found[1]:
                record["more"] = True
            if record["kind"] == "class":
                record.update(config_of(section, name, value))
            cases.append(record)
    order = [*SECTIONS, *CLASSES]
    cases.sort(key=lambda c: (order.index(c["section"]), c["name"].lower(), c["name"]))
    write("keras-inventory", cases, versions())


if __name__ == "__main__":
    main()
