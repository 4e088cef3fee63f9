"""Records the calls that Keras's own tests make: a plugin of pytest.

    RECORD=out/normalization.jsonl KERAS_BACKEND=jax PYTHONPATH=scripts/keras-calls \\
        python -m pytest -p record -p no:cacheprovider -q -W ignore \\
        "$(python -c 'import keras, os; print(os.path.dirname(keras.__file__))')/src/layers/normalization"

Each outermost eager or symbolic call of a layer, loss, metric, optimizer, initializer, regularizer, constraint, schedule or
function becomes a line of JSON: the object's config, the arguments, and the result or the error. `npm run check:keras-calls`
makes the calls again. Needs keras, jax and pytest; the wheel of Keras contains its tests. Made with Keras 3.15.1.
"""

import base64
import functools
import hashlib
import inspect
import json
import os
import types
import warnings

import jax
import keras
import numpy as np
from keras.src import backend, tree
from keras.src.backend.common import global_state
from keras.src.backend.common.keras_tensor import KerasTensor
from keras.src.backend.common.stateless_scope import in_stateless_scope
from keras.src.optimizers.base_optimizer import BaseOptimizer
from keras.src.saving import serialization_lib

LARGEST = 100_000
"""Elements of an array that is recorded."""

RANDOM = ("Dropout", "AlphaDropout", "GaussianDropout", "GaussianNoise", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D")
DETERMINISTIC_INITIALIZERS = ("Zeros", "Ones", "Constant", "Identity", "STFT")
CONVERSIONS = ("convert_to_tensor", "convert_to_numpy", "is_tensor", "shape", "dtype", "ndim", "size", "custom_gradient", "copy", "array")
NARROW = {"int64": "int32", "float64": "float32", "uint64": "uint32"}
"""JAX has no 64-bit types unless asked."""


class Unencodable(Exception):
    """A value that has no form in JSON, or an object that only its test can make."""


class Recorder:
    """The file of records, and what is being recorded."""

    def __init__(self, path):
        os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
        self.file = open(path, "w")
        self.test = ""
        self.is_inside = False
        self.seen = set()
        self.sequences = {}
        self.snapshot = None

    def write(self, record):
        identity = hashlib.sha1(json.dumps(record, sort_keys=True).encode()).digest()
        if identity not in self.seen:
            self.seen.add(identity)
            self.file.write(json.dumps({**record, "test": self.test}) + "\n")

    def end_test(self):
        for sequence in self.sequences.values():
            record = sequence["record"]
            if sequence["problem"] is not None:
                record = {"kind": record["kind"], "name": record["name"], "area": record["area"], "unencodable": sequence["problem"]}
            self.write(record)
        self.sequences = {}
        self.file.flush()


recorder = None


class inside:
    """While calls inside of a recorded call run."""

    def __enter__(self):
        self.before, recorder.is_inside = recorder.is_inside, True

    def __exit__(self, *_):
        recorder.is_inside = self.before


# Values


def encode_array(array):
    array = np.asarray(array)
    if array.size > LARGEST:
        raise Unencodable("a large array")
    if array.dtype.kind not in "biufc" and array.dtype.name != "bfloat16":
        raise Unencodable("an array without numbers")
    array = array.astype(NARROW.get(array.dtype.name, array.dtype))
    data = base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()
    return {"$a": data, "d": array.dtype.name, "s": list(array.shape)}


def encode(value):
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, jax.core.Tracer):
        raise Unencodable("a traced value")
    if isinstance(value, backend.Variable):
        return encode_array(value.value)
    if isinstance(value, (np.ndarray, np.generic, jax.Array)):
        return encode_array(value)
    if isinstance(value, int):
        return value
    if isinstance(value, float):
        return {"$f": repr(float(value))}
    if isinstance(value, KerasTensor):
        return {"$k": list(value.shape), "d": value.dtype}
    if isinstance(value, slice):
        return {"$s": [encode(value.start), encode(value.stop), encode(value.step)]}
    if value is Ellipsis:
        return {"$e": 1}
    if isinstance(value, list):
        return {"$l": [encode(entry) for entry in value]}
    if isinstance(value, tuple):
        return {"$t": [encode(entry) for entry in value]}
    if isinstance(value, dict) and all(isinstance(key, str) for key in value):
        return {"$d": {key: encode(entry) for key, entry in value.items()}}
    if value in (float, int, bool):
        return {float: "float32", int: "int32", bool: "bool"}[value]
    if isinstance(value, np.dtype):
        return value.name
    config = serialize(value)
    if config is None:
        raise Unencodable(type(value).__name__)
    return {"$o": config}


def to_json(value):
    """A config as JSON; numbers that are not finite have a form of their own."""
    if isinstance(value, (bool, int, str)) or value is None:
        return value
    if isinstance(value, (float, np.generic)):
        number = value.item() if isinstance(value, np.generic) else value
        return {"$f": repr(number)} if isinstance(number, float) and not np.isfinite(number) else number
    if isinstance(value, (list, tuple)):
        return [to_json(entry) for entry in value]
    if isinstance(value, dict):
        return {str(key): to_json(entry) for key, entry in value.items()}
    raise Unencodable("a config")


def is_of_test(config):
    """Whether a config names something that is not Keras's own."""
    if isinstance(config, list):
        return any(map(is_of_test, config))
    if not isinstance(config, dict):
        return False
    if config.get("class_name") in ("__lambda__", "function"):
        return True
    module = str(config.get("module"))
    if "registered_name" in config and (not module.startswith(("keras", "builtins")) or "_test" in module):
        return True
    return any(map(is_of_test, config.values()))


def serialize(made):
    """Keras's JSON for an object; None if it cannot be made from it elsewhere."""
    try:
        with inside(), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            config = to_json(serialization_lib.serialize_keras_object(made))
    except Exception:
        return None
    return None if is_of_test(config) else config


def error_of(error):
    return {"type": type(error).__name__, "message": str(error)[:600]}


def leaves_of(value):
    try:
        return tree.flatten(value)
    except Exception:
        return [value]


def is_traced(*values):
    return any(isinstance(leaf, jax.core.Tracer) for leaf in leaves_of(values))


def is_symbolic(*values):
    return any(isinstance(leaf, KerasTensor) for leaf in leaves_of(values))


def arguments_of(function, args, kwargs):
    """The arguments of a call by name; those without a name by their place."""
    try:
        bound = inspect.signature(function).bind(*args, **kwargs).arguments
    except TypeError:
        return {**{f"#{i}": value for i, value in enumerate(args)}, **kwargs}
    named = {}
    for name, value in bound.items():
        kind = inspect.signature(function).parameters[name].kind
        if kind is inspect.Parameter.VAR_KEYWORD:
            named.update(value)
        else:
            named[name] = list(value) if kind is inspect.Parameter.VAR_POSITIONAL else value
    named.pop("self", None)
    return named


# Wrapping


def subclasses_of(base):
    found = [base]
    for each in found:
        found += [sub for sub in each.__subclasses__() if sub not in found]
    return [each for each in found if each.__module__.startswith("keras.src.") and "_test" not in each.__module__]


def wrap(cls, name, around):
    """Replaces a method that the class defines; `around` gets the object, the original, and the arguments."""
    original = cls.__dict__.get(name)
    if not isinstance(original, types.FunctionType):
        return

    @functools.wraps(original)
    def method(self, *args, **kwargs):
        is_foreign = not type(self).__module__.startswith("keras.src.") or "_test" in type(self).__module__
        if recorder.is_inside or is_foreign or in_stateless_scope() or is_traced(args, kwargs):
            return original(self, *args, **kwargs)
        return around(self, original, args, kwargs)

    method.__signature__ = inspect.signature(original)
    setattr(cls, name, method)


def area_of(cls):
    parts = cls.__module__.split(".")
    return parts[3] if parts[2] == "layers" and len(parts) > 4 else parts[2]


def start(kind, made):
    cls = type(made)
    return {"kind": kind, "name": cls.__name__, "area": area_of(cls), "object": serialize(made)}


def record_call(record, run, describe):
    """Runs a call, and writes the record with what `describe` adds to it."""
    try:
        with inside():
            result = run()
    except Exception as error:
        recorder.write({**record, "error": error_of(error)})
        raise
    try:
        with inside():
            recorder.write({**record, **describe(result)})
    except Unencodable as problem:
        recorder.write({key: record[key] for key in ("kind", "name", "area")} | {"unencodable": str(problem)})
    return result


# Layers


def weights_of(layer):
    return [{"name": each.name, "path": each.path, "value": encode_array(each.value)} for each in layer.weights]


def masks_of(value):
    return [encode(backend.get_keras_mask(leaf)) for leaf in leaves_of(value)]


def holds(config, names):
    if isinstance(config, list):
        return any(holds(entry, names) for entry in config)
    return isinstance(config, dict) and (config.get("class_name") in names or any(holds(entry, names) for entry in config.values()))


def layer_call(layer, original, args, kwargs):
    symbolic = is_symbolic(args, kwargs)
    record = start("layer_symbolic" if symbolic else "layer", layer)
    given = arguments_of(layer.call, args, kwargs)
    # Within a layer that a test defines, the mode of that layer's call applies.
    outer = global_state.get_global_attribute("current_call_ctx")
    if outer is not None and given.get("training") is None and layer._call_has_training_arg:
        given["training"] = outer.training
    is_random = bool(given.get("training")) and holds(record["object"], RANDOM)
    try:
        if record["object"] is None or is_random:
            raise Unencodable("random numbers" if is_random else "custom objects")
        record["args"] = {name: encode(value) for name, value in given.items()}
        record["input_masks"] = masks_of(next(iter(given.values()), None))
        if not layer.built:
            with inside():
                layer._maybe_build(keras.src.layers.layer.CallSpec(layer._call_signature, layer._call_context_args, args, kwargs))
        record["object"] = serialize(layer) or record["object"]
        record["weights"] = weights_of(layer)
    except Unencodable as problem:
        recorder.write({key: record[key] for key in ("kind", "name", "area")} | {"unencodable": str(problem)})
        return original(layer, *args, **kwargs)
    except Exception:
        # The call itself fails in the same way.
        pass
    before = len(getattr(layer, "_losses", []))

    def describe(outputs):
        if symbolic:
            return {"output": encode(outputs)}
        added = [float(each) for each in layer._losses[before:]]
        penalties = [float(each) for each in layer._get_regularization_losses()]
        after = {"weights_after": weights_of(layer), "output_masks": masks_of(outputs)}
        return {"output": encode(outputs), "losses": added, "penalties": penalties, **after}

    return record_call(record, lambda: original(layer, *args, **kwargs), describe)


def layer_method(kind, describe):
    def around(layer, original, args, kwargs):
        record = start(kind, layer)
        try:
            if record["object"] is None:
                raise Unencodable("custom objects")
            record["args"] = {name: encode(value) for name, value in arguments_of(original, (layer, *args), kwargs).items()}
        except Unencodable:
            return original(layer, *args, **kwargs)
        return record_call(record, lambda: original(layer, *args, **kwargs), lambda result: describe(layer, result))

    return around


def training_step(model, original, args, kwargs):
    """The step of SGD on the sum of the outputs that every layer's test makes."""
    layer, data = getattr(model, "layer", None), args[0] if args else kwargs.get("x")
    if layer is None or not isinstance(data, types.GeneratorType) or "run_training_step" not in type(model).__qualname__:
        return original(model, *args, **kwargs)
    batch = next(data)
    record = start("layer_train", layer)
    rest = dict(kwargs, x=(each for each in [batch]))
    try:
        record["args"] = {"inputs": encode(batch[0])}
        with inside():
            if not model.built:
                model(batch[0])
        record["weights"] = weights_of(layer)
        if record["object"] is None or holds(record["object"], RANDOM):
            raise Unencodable("custom objects or random numbers")
    except Unencodable:
        return original(model, *args[1:], **rest)
    describe = lambda history: {"loss": float(history.history["loss"][0]), "weights_after": weights_of(layer)}
    return record_call(record, lambda: original(model, *args[1:], **rest), describe)


# Objects without state, and constructors that refuse


def object_call(kind):
    def around(made, original, args, kwargs):
        record = start(kind, made)
        if kind == "initializer" and type(made).__name__ not in DETERMINISTIC_INITIALIZERS:
            return original(made, *args, **kwargs)
        try:
            given = arguments_of(original, (made, *args), kwargs)
            if record["object"] is None or is_symbolic(*given.values()):
                raise Unencodable("custom objects or symbolic tensors")
            record["args"] = {name: encode(value) for name, value in given.items()}
            if kind == "loss":
                record |= {"dtype": made.dtype, "mask": masks_of(given.get("y_pred"))[0]}
        except Unencodable:
            return original(made, *args, **kwargs)
        return record_call(record, lambda: original(made, *args, **kwargs), lambda result: {"output": encode(result)})

    return around


def wrap_constructor(cls):
    paths = getattr(cls, "_api_export_path", None)
    path = paths[0] if isinstance(paths, (list, tuple)) and paths else paths
    original = cls.__dict__.get("__init__")
    if not path or not isinstance(original, types.FunctionType):
        return

    @functools.wraps(original)
    def constructor(self, *args, **kwargs):
        try:
            original(self, *args, **kwargs)
        except Exception as error:
            if type(self) is cls and not recorder.is_inside:
                try:
                    given = {name: encode(value) for name, value in arguments_of(original, (self, *args), kwargs).items()}
                    record = {"kind": "init_error", "name": cls.__name__, "area": area_of(cls), "export": path}
                    recorder.write({**record, "args": given, "error": error_of(error)})
                except Unencodable:
                    pass
            raise

    # Keras reads the names of the arguments from it, without following wrappers.
    constructor.__signature__ = inspect.signature(original)
    cls.__init__ = constructor


# Metrics and optimizers: the events of their lives


def values_of(variables):
    return [encode_array(each.value) for each in variables]


def sequence_of(made, kind, describe):
    found = recorder.sequences.get(id(made))
    if found is None:
        record = start(kind, made) | {"events": []}
        problem = "custom objects" if record["object"] is None else None
        found = {"made": made, "record": record, "problem": problem, "order": [], "last": None}
        recorder.sequences[id(made)] = found
        try:
            describe(found)
        except Unencodable as unencodable:
            found["problem"] = str(unencodable)
    return found


def add_event(sequence, event, run, before, after):
    """Runs an event, and adds it with what `before` and `after` tell of it."""
    entry = {"event": event}
    try:
        entry |= before()
    except Unencodable as problem:
        sequence["problem"] = str(problem)
    events = sequence["record"]["events"]
    try:
        with inside():
            result = run()
    except Exception as error:
        events.append({**entry, "error": error_of(error)})
        raise
    try:
        entry |= after(result)
    except Unencodable as problem:
        sequence["problem"] = str(problem)
    events.append(entry)
    return result


def metric_event(event):
    def around(metric, original, args, kwargs):
        sequence = sequence_of(metric, "metric", lambda found: found["record"].update(dtype=metric.dtype))

        def before():
            if sequence["last"] not in (None, values_of(metric.variables)):
                sequence["record"]["events"].append({"event": "set", "variables": values_of(metric.variables)})
            given = arguments_of(original, (metric, *args), kwargs) if event == "update" else {}
            return {"args": {name: encode(value) for name, value in given.items()}} if given else {}

        def after(result):
            sequence["last"] = values_of(metric.variables)
            return {"value": encode(result)} if event == "result" else {}

        return add_event(sequence, event, lambda: original(metric, *args, **kwargs), before, after)

    return around


def optimizer_apply(optimizer, original, args, kwargs):
    given = arguments_of(original, (optimizer, *args), kwargs)
    gradients = list(given["grads"])
    listed = list(given.get("trainable_variables") or getattr(optimizer, "_trainable_variables", []))

    def describe(found):
        found["order"] = list(optimizer._trainable_variables) if optimizer.built else listed
        found["record"] |= {
            "iterations": int(optimizer.iterations.value),
            "variables": [
                {
                    **{"name": each.name, "path": each.path, "value": encode_array(each.value)},
                    "constraint": None if each.constraint is None else serialize(each.constraint),
                    "overwrite": bool(getattr(each, "overwrite_with_gradient", False)),
                }
                for each in found["order"]
            ],
        }

    sequence = sequence_of(optimizer, "optimizer", describe)
    order = sequence["order"]

    def before():
        if sequence["last"] not in (None, values_of(order)):
            sequence["record"]["events"].append({"event": "set", "values": values_of(order)})
        places = [next((i for i, known in enumerate(order) if known is each), None) for each in listed]
        if None in places:
            raise Unencodable("another variable")
        with inside():
            rate = float(np.asarray(backend.convert_to_numpy(optimizer.learning_rate)))
        return {"places": places, "grads": [encode(each) for each in gradients], "rate": rate}

    def after(_):
        sequence["last"] = values_of(order)
        sequence["record"]["decays"] = [bool(optimizer._use_weight_decay(each)) for each in order]
        state = [{"path": each.path, "value": encode_array(each.value)} for each in optimizer.variables]
        return {"values": sequence["last"], "state": state}

    return add_event(sequence, "apply", lambda: original(optimizer, *args, **kwargs), before, after)


def optimizer_finalize(optimizer, original, args, kwargs):
    result = original(optimizer, *args, **kwargs)
    sequence = recorder.sequences.get(id(optimizer))
    if sequence is not None:
        sequence["last"] = values_of(sequence["order"])
        sequence["record"]["events"].append({"event": "finalize", "values": sequence["last"]})
    return result


# Functions


def exchange(function, kind, name, area):
    """Exchanges the code of a function, which stays the same object wherever it is known."""
    if not isinstance(function, types.FunctionType) or function.__closure__ or hasattr(function, "__recorded__"):
        return
    signature = inspect.signature(function)
    original = types.FunctionType(function.__code__, function.__globals__, function.__name__, function.__defaults__)
    original.__kwdefaults__, original.__signature__ = function.__kwdefaults__, signature

    def call(args, kwargs):
        if recorder.is_inside or in_stateless_scope() or is_traced(args, kwargs):
            return original(*args, **kwargs)
        if not inspect.currentframe().f_back.f_back.f_code.co_filename.endswith("_test.py"):
            return original(*args, **kwargs)
        record = {"kind": f"{kind}_symbolic" if is_symbolic(args, kwargs) else kind, "name": name, "area": area}
        try:
            record["args"] = {key: encode(value) for key, value in arguments_of(original, args, kwargs).items()}
        except Unencodable as problem:
            recorder.write({**record, "unencodable": str(problem)})
            return original(*args, **kwargs)
        return record_call(record, lambda: original(*args, **kwargs), lambda result: {"output": encode(result)})

    hook = f"__record_{len(function.__globals__)}_{name.replace('.', '_')}__"
    function.__globals__[hook] = call
    scope = {}
    exec(f"def {function.__name__}(*args, **kwargs):\n    return {hook}(args, kwargs)", scope)
    function.__code__ = scope[function.__name__].__code__
    function.__defaults__ = function.__kwdefaults__ = None
    function.__signature__, function.__recorded__ = signature, True


def exchange_functions():
    rooms = ((keras.ops, "op", None), (keras.losses, "loss_fn", "losses"), (keras.metrics, "metric_fn", "metrics"))
    for room, kind, area in (*rooms, (keras.activations, "activation", "activations")):
        for name, function in list(vars(room).items()):
            if name not in ("get", "serialize", "deserialize", *CONVERSIONS):
                exchange(function, kind, name, area or f"ops/{getattr(function, '__module__', '').split('.')[-1]}")
    for name, function in list(vars(keras.ops.image).items()):
        exchange(function, "op", f"image.{name}", "ops/image")


# pytest


def pytest_configure(config):
    global recorder
    recorder = Recorder(os.environ.get("RECORD", "records.jsonl"))
    wrap(keras.layers.Layer, "__call__", layer_call)
    wrap(keras.Model, "fit", training_step)
    for cls in subclasses_of(keras.layers.Layer):
        wrap(cls, "compute_output_shape", layer_method("layer_shape", lambda _, shape: {"output": encode(shape)}))
        wrap(cls, "adapt", layer_method("layer_adapt", lambda layer, _: {"weights_after": weights_of(layer)}))
    for kind, base in (
        ("loss", keras.losses.Loss),
        ("initializer", keras.initializers.Initializer),
        ("regularizer", keras.regularizers.Regularizer),
        ("constraint", keras.constraints.Constraint),
        ("schedule", keras.optimizers.schedules.LearningRateSchedule),
    ):
        for cls in subclasses_of(base):
            wrap(cls, "__call__", object_call(kind))
            wrap_constructor(cls)
    for cls in subclasses_of(keras.metrics.Metric):
        for method, event in (("update_state", "update"), ("result", "result"), ("reset_state", "reset")):
            wrap(cls, method, metric_event(event))
        wrap_constructor(cls)
    wrap(BaseOptimizer, "apply", optimizer_apply)
    wrap(BaseOptimizer, "finalize_variable_values", optimizer_finalize)
    for cls in (*subclasses_of(keras.layers.Layer), *subclasses_of(BaseOptimizer)):
        wrap_constructor(cls)
    exchange_functions()


def pytest_runtest_setup(item):
    recorder.test = item.nodeid.split("keras/src/")[-1]


def pytest_runtest_teardown(item):
    recorder.end_test()


def pytest_unconfigure(config):
    if recorder is not None:
        recorder.file.close()
