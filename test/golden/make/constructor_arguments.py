"""Which values the constructors of Keras accept: test/golden/constructor-arguments.json.

Run from the repository root, in an environment with keras==3.15.1 and tensorflow:

    python test/golden/make/constructor_arguments.py

The first case has all values, as JSON (with NaN and Infinity). Every other case is a class: the arguments that it needs
("given"), the shapes of its inputs if it is a layer, and for each argument a letter for each value of `values`, then for each
of `strings[argument]`:

- r: the constructor refuses the value;
- u: the constructor accepts the value, and the first use of the object fails;
- n: the first use computes something that is not finite;
- a: the value is accepted.

"configs" has what get_config contains for an accepted value, where it is plain and not the value itself.
"""

import inspect
import io
import contextlib
import json
import math
import os
import tempfile
import warnings

from common import np, versions, write
from keras_inventory import SAMPLES
import keras

warnings.simplefilter("ignore")

VALUES = """null true false 0 1 2 -1 -2 0.5 1.5 -0.5 NaN Infinity "" "x" "2" [] [0] [1] [2] [-1] [0.5] [1,2] [2,2] [0,0] [-1,-1] [0,1]
[1,2,3] [2,2,2] [1,1,1,1] [[1,1],[1,1]] [[0,1]] [[1],[1]] [null] ["x"] [true] {} {"a":1}""".split()

WORDS = {
    "padding": "valid same causal full VALID SAME Same",
    "data_format": "channels_first channels_last CHANNELS_LAST",
    "reduction": "sum mean none None SUM sum_over_batch_size mean_with_sample_weight auto",
    "activation": "relu RELU ReLU linear LINEAR softmax none",
    "dtype": "float32 FLOAT32 float64 int32 float mixed_float16 bool string",
    "mode": "auto min max MIN AUTO fan_in fan_out fan_avg FAN_IN",
    "interpolation": "nearest bilinear NEAREST bicubic lanczos3",
    "average": "micro macro weighted none MICRO",
    "curve": "ROC PR roc pr",
    "summation_method": "interpolation minoring majoring INTERPOLATION Interpolation",
    "class_aggregation": "uniform_average variance_weighted_average UNIFORM_AVERAGE",
    "distribution": "normal uniform truncated_normal untruncated_normal NORMAL",
    "window": "hann hamming HANN",
    "scaling": "density spectrum DENSITY",
    "side": "",
    "monitor": "loss val_loss LOSS",
    "save_freq": "epoch EPOCH batch",
    "learning_rate": "auto",
    "epsilon": "auto",
    "scale": "rms",
    "name": "a a/b A",
    "filepath": "a.keras a.weights.h5 a.h5 a",
    "filename": "a.csv",
}
for end, words in {
    "initializer": "zeros Zeros ZEROS ones glorot_uniform GlorotUniform GLOROT_UNIFORM",
    "regularizer": "l2 L2 l1_l2 L1L2",
    "constraint": "max_norm MaxNorm maxnorm MAX_NORM non_neg",
}.items():
    for of in ("kernel", "bias", "beta", "gamma", "alpha", "depthwise", "pointwise", "embeddings", "activity", "moving_mean", "moving_variance"):
        WORDS[f"{of}_{end}"] = words

CLASSES = {
    "layers": """Activation ActivityRegularization Add AlphaDropout Average AveragePooling1D AveragePooling2D AveragePooling3D
        BatchNormalization Concatenate Conv1D Conv1DTranspose Conv2D Conv2DTranspose Conv3D Conv3DTranspose Cropping1D Cropping2D
        Cropping3D Dense DepthwiseConv1D DepthwiseConv2D Dot Dropout ELU Embedding Flatten GaussianDropout GaussianNoise
        GlobalAveragePooling1D GlobalAveragePooling2D GlobalAveragePooling3D GlobalMaxPooling1D GlobalMaxPooling2D
        GlobalMaxPooling3D GroupNormalization Identity InputLayer LayerNormalization LeakyReLU Masking Maximum MaxPooling1D
        MaxPooling2D MaxPooling3D Minimum Multiply Normalization Permute PReLU ReLU RepeatVector Rescaling Reshape
        RMSNormalization SeparableConv1D SeparableConv2D Softmax SpatialDropout1D SpatialDropout2D SpatialDropout3D
        SpectralNormalization Subtract UnitNormalization UpSampling1D UpSampling2D UpSampling3D ZeroPadding1D ZeroPadding2D
        ZeroPadding3D""",
    "initializers": """Constant GlorotNormal GlorotUniform HeNormal HeUniform Identity LecunNormal LecunUniform Ones Orthogonal
        RandomNormal RandomUniform STFT TruncatedNormal VarianceScaling Zeros""",
    "regularizers": "L1 L1L2 L2 OrthogonalRegularizer",
    "constraints": "MaxNorm MinMaxNorm NonNeg UnitNorm",
    "losses": """BinaryCrossentropy BinaryFocalCrossentropy CategoricalCrossentropy CategoricalFocalCrossentropy
        CategoricalGeneralizedCrossEntropy CategoricalHinge Circle CosineSimilarity CTC Dice Hinge Huber KLDivergence LogCosh
        MeanAbsoluteError MeanAbsolutePercentageError MeanSquaredError MeanSquaredLogarithmicError Poisson
        SparseCategoricalCrossentropy SquaredHinge Tversky""",
    "metrics": """Accuracy AUC BinaryAccuracy BinaryCrossentropy BinaryIoU CategoricalAccuracy CategoricalCrossentropy
        CategoricalHinge ConcordanceCorrelation CosineSimilarity F1Score FalseNegatives FalsePositives FBetaScore Hinge IoU
        KLDivergence LogCoshError Mean MeanAbsoluteError MeanAbsolutePercentageError MeanIoU MeanSquaredError
        MeanSquaredLogarithmicError OneHotIoU OneHotMeanIoU PearsonCorrelation Poisson Precision PrecisionAtRecall R2Score Recall
        RecallAtPrecision RootMeanSquaredError SensitivityAtSpecificity SparseCategoricalAccuracy SparseCategoricalCrossentropy
        SparseTopKCategoricalAccuracy SpecificityAtSensitivity SquaredHinge Sum TopKCategoricalAccuracy TrueNegatives
        TruePositives""",
    "optimizers": "Adadelta Adafactor Adagrad Adam Adamax AdamW Ftrl Lamb Lion Muon Nadam RMSprop ScheduleFreeAdamW SGD",
    "schedules": """CosineDecay CosineDecayRestarts ExponentialDecay InverseTimeDecay PiecewiseConstantDecay PolynomialDecay""",
    "callbacks": """BackupAndRestore CSVLogger EarlyStopping ModelCheckpoint ReduceLROnPlateau RemoteMonitor SwapEMAWeights
        TerminateOnNaN""",
}
MODULES = {name: getattr(keras, name) for name in CLASSES if name != "schedules"} | {"schedules": keras.optimizers.schedules}

GIVEN = {
    **SAMPLES,
    "callbacks.BackupAndRestore": {"backup_dir": "backup"},
    "callbacks.CSVLogger": {"filename": "a.csv"},
    "callbacks.ModelCheckpoint": {"filepath": "a.keras"},
    "layers.Dot": {"axes": 1},
    "layers.SpectralNormalization": {},
}
# Arguments whose values are code, tensors, layers or files of which other tests know more.
SKIPPED = {
    "layer", "fn", "function", "tensor", "input_tensor", "kwargs", "lora_rank", "lora_alpha", "quantization_config", "sparse", "ragged",
    "optional", "gptq_unpacked_column_size", "headers", "loss_scale_factor", "exclude_from_weight_decay",
}
# Arguments of the base classes, which subclasses pass on: tried with one class each.
BASE = {"layers": {"name": "Dense", "dtype": "Dense", "trainable": "Dense"}, "losses": {"name": "Dice", "dtype": "Dice"},
        "metrics": {"name": "AUC", "dtype": "AUC"}, "initializers": {"seed": "GlorotNormal"}}
EXTRA = {"layers.Dense": ["name", "dtype", "trainable"]}
OPTIMIZER = {"weight_decay", "clipnorm", "clipvalue", "global_clipnorm", "use_ema", "ema_momentum", "ema_overwrite_frequency",
             "gradient_accumulation_steps", "name", "learning_rate"}


def shapes_of(name):
    if name in ("Add", "Average", "Maximum", "Minimum", "Multiply", "Subtract", "Concatenate"):
        return [[2, 3], [2, 3]]
    if name == "Dot":
        return [[2, 3, 3], [2, 3, 3]]
    if name in ("Dense", "Dropout", "Embedding", "RepeatVector"):
        return [[2, 4]]
    if name in ("Normalization", "GroupNormalization"):
        return [[2, 3, 32]]
    if name == "Permute":
        return [[2, 3, 4]]
    if name == "Reshape":
        return [[2, 4]]
    for rank in (1, 2, 3):
        if f"{rank}D" in name:
            return [[2] + [6] * rank + [2]]
    return [[2, 3, 4]]


def ones_of(shape):
    return np.linspace(0.25, 0.75, int(np.prod(shape)), dtype=np.float32).reshape(shape)


def finite(*results):
    for result in keras.tree.flatten(list(results)):
        array = keras.ops.convert_to_numpy(result)
        if array.dtype.kind == "f" and not np.isfinite(array).all():
            return False
    return True


def use_layer(layer, name):
    inputs = [ones_of(s) for s in shapes_of(name)]
    if name == "Embedding":
        inputs = [np.zeros((2, 4), np.int32)]
    if name == "InputLayer":
        return True
    x = inputs[0] if len(inputs) == 1 else inputs
    if name == "Normalization" and layer.input_mean is None:
        layer.adapt(x)
    more = {"training": True} if layer._call_has_training_arg else {}
    return finite(layer(x, **more))


ONE_HOT = np.eye(3, dtype=np.float32)[[0, 2, 1, 0]]
SCORES = ones_of([4, 3])
SPARSE = np.array([0, 2, 1, 0], np.int32)


def use_loss(loss, name):
    if name == "CTC":
        return finite(loss(np.array([[1, 2]], np.int32), ones_of([1, 4, 3])))
    y = SPARSE if name.startswith("Sparse") or name in ("Circle", "CategoricalGeneralizedCrossEntropy") else ONE_HOT
    return finite(loss(y, SCORES))


def use_metric(metric, name):
    if name in ("Mean", "Sum"):
        metric.update_state(SCORES)
    elif name.startswith("Sparse"):
        metric.update_state(SPARSE, SCORES)
    elif name in ("IoU", "MeanIoU"):
        metric.update_state(SPARSE, SPARSE)
    elif "At" in name or name in ("AUC", "BinaryIoU") or name[:4] in ("True", "Fals"):
        metric.update_state(ONE_HOT[:, 0], SCORES[:, 0])
    else:
        metric.update_state(ONE_HOT, SCORES)
    return finite(metric.result())


def use_initializer(initializer, name):
    return finite(initializer([4, 1, 6] if name == "STFT" else [3, 3], dtype="float32"))


def use_optimizer(optimizer, name):
    variable = keras.Variable(ones_of([2, 3]))
    for _ in range(2):
        optimizer.apply([keras.ops.convert_to_tensor(ones_of([2, 3]))], [variable])
    return finite(variable)


MODEL = keras.Sequential([keras.Input([2]), keras.layers.Dense(1)])


def use_callback(callback, name):
    MODEL.compile(keras.optimizers.SGD(0.1, use_ema=True, ema_momentum=0.5), "mse")
    MODEL.optimizer.build(MODEL.trainable_variables)
    if name == "RemoteMonitor":
        return True
    callback.set_model(MODEL)
    callback.set_params({"epochs": 2, "steps": 1, "verbose": 0})
    callback.on_train_begin()
    for epoch in range(2):
        callback.on_epoch_begin(epoch)
        callback.on_train_batch_begin(0)
        callback.on_train_batch_end(0, {"loss": 1.0})
        callback.on_epoch_end(epoch, {"loss": 1.0, "val_loss": 1.0})
    callback.on_train_end({"loss": 1.0})
    return True


USES = {
    "layers": use_layer, "losses": use_loss, "metrics": use_metric, "initializers": use_initializer, "optimizers": use_optimizer,
    "callbacks": use_callback,
    "regularizers": lambda r, _: finite(r(keras.ops.convert_to_tensor(ones_of([2, 3])))),
    "constraints": lambda c, _: finite(c(keras.ops.convert_to_tensor(ones_of([2, 3])))),
    "schedules": lambda s, _: finite(s(3)),
}


def is_plain(value):
    if isinstance(value, (list, tuple)):
        return all(is_plain(v) for v in value)
    return value is None or isinstance(value, (bool, int, str)) or (isinstance(value, float) and math.isfinite(value))


def verdict(section, name, given, argument, text):
    value = json.loads(text)
    if argument == "filename" and isinstance(value, int):
        return "n", None  # An open file of the process.
    cls = getattr(MODULES[section], name)
    made_with = {**given, argument: value}
    if name == "SpectralNormalization":
        made_with["layer"] = keras.layers.Dense(2)
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        try:
            made = cls(**made_with)
        except Exception:  # noqa: BLE001 - this is the verdict
            return "r", None
        config = None
        if hasattr(made, "get_config"):
            try:
                config = made.get_config()
            except Exception:  # noqa: BLE001 - objects that cannot be saved
                pass
        try:
            ok = USES[section](made, name)
        except Exception:  # noqa: BLE001 - this is the verdict
            return "u", None
    kept = None if config is None or argument not in config else [config[argument]]
    if kept is not None and (not is_plain(kept[0]) or json.dumps(kept[0]) == json.dumps(value)):
        kept = None
    return ("a" if ok else "n"), kept


def main():
    cases = [{"values": VALUES, "strings": {k: [json.dumps(w) for w in v.split()] for k, v in WORDS.items()}}]
    os.chdir(tempfile.mkdtemp())
    for section, names in CLASSES.items():
        for name in names.split():
            key = f"{section}.{name}"
            cls = getattr(MODULES[section], name)
            signature = [p for p in inspect.signature(cls).parameters.values() if p.kind not in (p.VAR_KEYWORD, p.VAR_POSITIONAL)]
            given = GIVEN.get(key, {})
            arguments, configs = {}, {}
            for argument in [*(p.name for p in signature), *EXTRA.get(key, [])]:
                if argument in SKIPPED or argument in arguments:
                    continue
                if BASE.get(section, {}).get(argument, name) != name:
                    continue
                if section == "optimizers" and argument in OPTIMIZER and name != "Adam":
                    continue
                texts = [*VALUES, *(json.dumps(w) for w in WORDS.get(argument, "").split())]
                letters = ""
                for text in texts:
                    letter, kept = verdict(section, name, given, argument, text)
                    letters += letter
                    if kept is not None:
                        configs.setdefault(argument, {})[text] = kept[0]
                arguments[argument] = letters
            case = {"section": section, "name": name, "given": given}
            if section == "layers":
                case["inputs"] = shapes_of(name)
            cases.append({**case, "arguments": arguments, "configs": configs})
            print(key, len(arguments), flush=True)
    write("constructor-arguments", cases, versions())


if __name__ == "__main__":
    main()
