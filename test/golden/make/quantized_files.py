"""Quantized models as Keras writes them, and the weights in them as floating-point numbers: test/golden/quantized-files/ and
test/golden/quantized-files.json.

Run from the repository root, in an environment with keras==3.15.1 and a backend:

    python test/golden/make/quantized_files.py

The weights are dequantized by Keras's own functions, and the outputs are those of a model that is not quantized and has these
weights: a layer of int8 also quantizes its inputs, which evenkeel does not.
"""

import shutil

from common import GOLDEN, array, lcg, np, versions, write
import keras
from keras.src import quantizers
from keras.src.quantizers.quantizers import dequantize_with_sz_map

L = keras.layers
FILES = GOLDEN / "quantized-files"
cases = []


def network(name):
    """Layers with and without a bias, of odd and even sizes and of a single unit, in a model and in a model inside it."""
    x = keras.Input([4], dtype="int32", name="x")
    h = L.Embedding(7, 5, name="embedding")(x)
    h = L.Dense(6, activation="relu", name="even")(h)
    inside = keras.Input([4, 6])
    inner = keras.Model(inside, L.Dense(3, use_bias=False, name="odd")(inside), name="inner")
    h = L.Flatten(name="flat")(inner(h))
    h = L.BatchNormalization(name="bn")(h)
    h = L.Dense(1, name="one")(h)
    model = keras.Model(x, h, name=name)
    for i, variable in enumerate(model.weights):
        variable.assign(lcg(variable.shape, 20 + i, 0.5 if "variance" in variable.path else -1.0))
    return model


def layers_of(model):
    for layer in model.layers:
        yield from layers_of(layer) if isinstance(layer, keras.Model) else [layer]


def dequantized(layer, bits):
    """The kernel or the embeddings of a layer as floating-point numbers."""
    mode = layer.quantization_mode
    if isinstance(layer, L.Embedding):
        values, scale, zero, size = layer._embeddings, layer.embeddings_scale, getattr(layer, "embeddings_zero", None), layer.output_dim
        scale_axis, group_axis = 1, -1
    else:
        values, size = getattr(layer, "quantized_kernel", None), layer.units
        values = layer._kernel if values is None else values
        scale, zero = layer.kernel_scale, getattr(layer, "kernel_zero", None)
        scale_axis, group_axis = 0, 0
    if mode == "float8":
        return np.asarray(values)
    if mode in ("gptq", "awq"):
        w = values if bits == 8 else quantizers.unpack_int4(values, size, axis=0, dtype="uint8")
        w = np.asarray(dequantize_with_sz_map(w, scale, zero, layer.g_idx)).T
        return w / np.asarray(layer.awq_scales)[:, None] if mode == "awq" else w
    if mode == "int4":
        values = quantizers.unpack_int4(values, size, axis=-1)
        if zero is not None:
            return np.asarray(dequantize_with_sz_map(values, scale, zero, layer.g_idx, group_axis=group_axis))
    return np.asarray(values).astype("float32") / np.expand_dims(np.asarray(scale), scale_axis)


def calibrate(model, mode, bits):
    """Gives the layers of GPTQ and AWQ weights as if they were calibrated, which takes a language model and texts."""
    for i, layer in enumerate(layers_of(model)):
        if getattr(layer, "quantization_mode", None) is None:
            continue
        top = 2**bits - 1
        rows, columns = layer.units, layer.kernel_shape[0]
        whole = np.floor((lcg((rows, columns), 50 + i) + 1) / 2 * (top + 1)).clip(0, top).astype("uint8")
        packed = whole if bits == 8 else np.asarray(quantizers.pack_int4(whole, axis=0, dtype="uint8")[0])
        layer.quantized_kernel.assign(packed)
        layer.kernel_scale.assign(lcg(layer.kernel_scale.shape, 60 + i, 0.5))
        zero = np.floor((lcg(layer.kernel_zero.shape, 70 + i) + 1) / 2 * top).astype("uint8")
        layer.kernel_zero.assign(zero)
        groups = layer.kernel_scale.shape[1]
        layer.g_idx.assign(np.arange(columns) * groups // columns)
        if mode == "awq":
            layer.awq_scales.assign(lcg(layer.awq_scales.shape, 80 + i, 0.5))
        setattr(layer, f"is_{mode}_calibrated", True)


def save_zeros(layer):
    """Keras 3.15.1 leaves the zero points out of its files, which it then cannot open; earlier versions wrote them."""
    layer._get_kernel_with_merged_lora = lambda: (None, None, layer.kernel_zero)


def quantize(model, mode, config, bits, with_zeros):
    if mode not in ("gptq", "awq"):
        model.quantize(mode, config=config)
        return
    for layer in layers_of(model):
        if isinstance(layer, L.Dense):
            layer.quantize(mode, config=config)
            if with_zeros:
                save_zeros(layer)
    calibrate(model, mode, bits)


def case(name, mode, config=None, bits=8, with_zeros=True, formats=("keras",)):
    keras.utils.set_random_seed(1)
    model, plain = network("quantized"), network("plain")
    quantize(model, mode, config, bits, with_zeros)
    for layer, target in zip(layers_of(model), layers_of(plain)):
        if getattr(layer, "quantization_mode", None) is not None:
            target.weights[0].assign(dequantized(layer, bits))
    x = np.array([[0, 1, 2, 3], [4, 5, 6, 0], [3, 3, 1, 6]], "int32")
    for extension in formats:
        path = str(FILES / f"{name}.{extension}")
        model.save_weights(path) if "weights" in extension else model.save(path)
    expected = {layer.name: [array(np.asarray(w)) for w in layer.weights] for layer in layers_of(plain) if layer.weights}
    cases.append({"name": name, "mode": mode, "formats": list(formats), "inputs": [array(x)],
                  "weights": expected, "outputs": [array(plain.predict(x, verbose=0))]})


def main():
    shutil.rmtree(FILES, ignore_errors=True)
    FILES.mkdir()
    case("int8", "int8", formats=("keras", "h5", "weights.h5"))
    case("int4", "int4", keras.quantizers.Int4QuantizationConfig(block_size=None), formats=("keras", "h5"))
    case("int4-groups", "int4", keras.quantizers.Int4QuantizationConfig(block_size=2), formats=("keras", "h5"))
    case("float8", "float8")
    more = {"dataset": [], "tokenizer": str, "quantization_layer_structure": {}}
    case("gptq-8", "gptq", keras.quantizers.GPTQConfig(weight_bits=8, group_size=2, **more))
    case("gptq-4", "gptq", keras.quantizers.GPTQConfig(weight_bits=4, group_size=-1, **more), bits=4)
    case("awq", "awq", keras.quantizers.AWQConfig(weight_bits=4, group_size=2, **more), bits=4)
    gptq = keras.quantizers.GPTQConfig(weight_bits=4, group_size=-1, **more)
    case("gptq-without-zeros", "gptq", gptq, bits=4, with_zeros=False)
    write("quantized-files", cases, versions())


if __name__ == "__main__":
    main()
