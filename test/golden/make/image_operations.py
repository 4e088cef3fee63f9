"""Functions of keras.ops.image in the configs of functional models, and their results: test/golden/image-operations.json.

Run from the repository root, in an environment with keras==3.15.1, jax and tensorflow:

    python test/golden/make/image_operations.py

Keras's backends differ beyond the edges of images: the numbers are those of JAX, and for the interpolation "area", which JAX
lacks in Keras, those of tf.image.resize.

A case is a model of one function: "name", Keras's "config", the "inputs", each {"shape", "low", "high", "dtype", "seed"} of
lcg, and the "output".
"""

import os

os.environ["KERAS_BACKEND"] = "jax"

import json

from common import array, lcg, np, versions, write
import keras
import tensorflow as tf

image = keras.ops.image
CASES = []


def add(name, inputs, call, output=None):
    keras.backend.clear_session()
    described, tensors, feeds = [], [], []
    for i, given in enumerate(inputs):
        shape, low, high, dtype = (*given, "float32")[:4] if len(given) < 4 else given
        seed = 11 + i
        tensors.append(keras.Input(batch_shape=(None if len(shape) in (4, 5) else shape[0], *shape[1:]), name=f"i{i}", dtype=dtype))
        feeds.append(lcg(shape, seed, low, high).astype(dtype))
        described.append({"shape": list(shape), "low": low, "high": high, "dtype": dtype, "seed": seed})
    model = keras.Model(tensors, call(*tensors), name="model")
    y = np.asarray(model(feeds, training=False)) if output is None else output(*feeds)
    config = json.loads(json.dumps(model.get_config()))
    for layer in config["layers"]:
        # Keras omits the name of ExtractPatches, which its constructor accepts.
        if layer["class_name"] == "ExtractPatches":
            layer["config"] = {"name": layer["name"], **layer["config"]}
    CASES.append({"name": name, "config": config, "inputs": described, "output": array(y)})


X = ((2, 5, 7, 3), 0.0, 1.0)
F = ((2, 3, 5, 7), 0.0, 1.0)
B = ((2, 5, 7, 3), 0.0, 256.0, "uint8")

for name in ("rgb_to_grayscale", "rgb_to_hsv", "hsv_to_rgb"):
    f = getattr(image, name)
    add(f"{name}", [X], f)
    add(f"{name}, channels first", [F], lambda x: f(x, data_format="channels_first"))
add("rgb_to_grayscale of bytes", [B], image.rgb_to_grayscale)

for method in ("nearest", "bilinear", "bicubic", "lanczos3", "lanczos5"):
    for size in ((3, 4), (9, 11), (2, 15)):
        add(f"resize to {size}, {method}", [X], lambda x: image.resize(x, size, interpolation=method))
        if method != "nearest":
            add(f"resize to {size}, {method}, antialias", [X], lambda x: image.resize(x, size, interpolation=method, antialias=True))
for size in ((3, 4), (9, 11), (2, 3)):
    def area(x):
        return tf.image.resize(x, size, method="area").numpy()
    def described(x):
        # JAX refuses the name in Keras: the config is made with another.
        return image.resize(x, size, interpolation="bilinear")
    add(f"resize to {size}, area", [X], described, area)
    text = json.dumps(CASES[-1]["config"]).replace('"bilinear"', '"area"')
    CASES[-1]["config"] = json.loads(text)
add("resize, crop to the aspect ratio", [X], lambda x: image.resize(x, (4, 3), crop_to_aspect_ratio=True))
add("resize, crop wide", [X], lambda x: image.resize(x, (2, 9), crop_to_aspect_ratio=True))
add("resize, pad to the aspect ratio", [X], lambda x: image.resize(x, (6, 5), pad_to_aspect_ratio=True, fill_value=0.5))
add("resize, pad wide, nearest", [X], lambda x: image.resize(x, (2, 9), pad_to_aspect_ratio=True, interpolation="nearest"))
add("resize, channels first", [F], lambda x: image.resize(x, (3, 9), data_format="channels_first"))
add("resize, pad, channels first", [F], lambda x: image.resize(x, (6, 5), data_format="channels_first", pad_to_aspect_ratio=True, fill_value=0.25))
add("resize of bytes", [B], lambda x: image.resize(x, (4, 9), interpolation="bicubic"))
add("resize of bytes, nearest", [B], lambda x: image.resize(x, (4, 9), interpolation="nearest"))
add("resize of integers", [((2, 5, 7, 1), -9.0, 9.0, "int32")], lambda x: image.resize(x, (4, 9), interpolation="lanczos3"))

T = ((2, 8), -0.3, 0.3)
ONE = np.array([[1, 0, 0, 0, 1, 0, 0, 0]], "float32")


def near(t):
    return t * np.array([[1, 1, 4, 1, 1, 4, 0, 0]], "float32") + ONE


for mode in ("constant", "nearest", "wrap", "mirror", "reflect"):
    add(f"affine_transform, {mode}", [X, T], lambda x, t: image.affine_transform(x, near(t), fill_mode=mode, fill_value=0.25))
add("affine_transform, nearest neighbors", [X, T], lambda x, t: image.affine_transform(x, near(t), interpolation="nearest"))
add("affine_transform, channels first", [F, T], lambda x, t: image.affine_transform(x, near(t), data_format="channels_first"))
add("affine_transform of bytes", [B, T], lambda x, t: image.affine_transform(x, near(t), fill_mode="reflect"))
P = ((2, 4, 2), -0.8, 0.8)
CORNERS = np.array([[[0, 0], [6, 0], [0, 4], [6, 4]]], "float32")
for method in ("bilinear", "nearest"):
    add(f"perspective_transform, {method}", [X, P, P], lambda x, s, e: image.perspective_transform(x, s + CORNERS, e + CORNERS, interpolation=method, fill_value=0.5))
add("perspective_transform, channels first", [F, P, P], lambda x, s, e: image.perspective_transform(x, s + CORNERS, e + CORNERS, data_format="channels_first"))

C = ((3, 40), -9.0, 12.0)
V = ((4, 5, 3), 0.0, 1.0)
for mode in ("constant", "nearest", "wrap", "mirror", "reflect"):
    for order in (0, 1):
        add(f"map_coordinates, {mode}, order {order}", [V, C], lambda x, c: image.map_coordinates(x, c, order, fill_mode=mode, fill_value=0.5))
add("map_coordinates of integers", [((4, 5, 3), -50.0, 50.0, "int32"), C], lambda x, c: image.map_coordinates(x, c, 1, fill_mode="reflect"))
add("map_coordinates of an axis of size 1", [((1, 5, 3), 0.0, 1.0), C], lambda x, c: image.map_coordinates(x, c, 1, fill_mode="reflect"))

add("gaussian_blur", [X], image.gaussian_blur)
add("gaussian_blur, wide", [X], lambda x: image.gaussian_blur(x, kernel_size=(5, 3), sigma=(1.5, 0.5)))
add("gaussian_blur, channels first", [F], lambda x: image.gaussian_blur(x, kernel_size=(3, 5), sigma=(0.7, 1.1), data_format="channels_first"))
add("sobel_edges", [X], image.sobel_edges)
add("sobel_edges, channels first", [F], lambda x: image.sobel_edges(x, data_format="channels_first"))
add("ssim", [((2, 13, 12, 3), 0.0, 1.0)] * 2, image.ssim)
add("ssim, small window", [X, X], lambda x, y: image.ssim(x, y, max_val=2.0, filter_size=3, filter_sigma=0.8, k1=0.02, k2=0.05))
add("ssim, channels first", [F, F], lambda x, y: image.ssim(x, y, filter_size=4, data_format="channels_first"))

add("pad_images", [X], lambda x: image.pad_images(x, 1, 2, 3, 0))
add("pad_images to a target", [X], lambda x: image.pad_images(x, top_padding=2, right_padding=1, target_height=9, target_width=10))
add("pad_images, channels first", [F], lambda x: image.pad_images(x, 1, 2, target_height=6, target_width=10, data_format="channels_first"))
add("crop_images", [X], lambda x: image.crop_images(x, 1, 2, 0, 3))
add("crop_images to a target", [X], lambda x: image.crop_images(x, bottom_cropping=1, left_cropping=2, target_height=3, target_width=4))
add("crop_images, channels first", [F], lambda x: image.crop_images(x, 1, 2, target_height=3, target_width=4, data_format="channels_first"))

add("extract_patches", [X], lambda x: image.extract_patches(x, (2, 3)))
add("extract_patches, strides", [X], lambda x: image.extract_patches(x, 3, strides=(2, 1), padding="same"))
add("extract_patches, dilated", [X], lambda x: image.extract_patches(x, (2, 2), strides=1, dilation_rate=2))
add("extract_patches, channels first", [F], lambda x: image.extract_patches(x, (2, 3), strides=2, data_format="channels_first"))
add("extract_patches of volumes", [((2, 4, 5, 4, 2), 0.0, 1.0)], lambda x: image.extract_patches(x, (2, 2, 2), padding="same"))
add("extract_patches_3d", [((2, 4, 5, 4, 2), 0.0, 1.0)], lambda x: image.extract_patches_3d(x, 2, strides=(1, 2, 3)))

S = [((2, 5, 7, 3), 0.0, 1.0), ((2,), 0.6, 2.2), ((2,), -2.0, 2.0)]
for method in ("linear", "cubic", "lanczos3", "lanczos5"):
    for antialias in (True, False):
        add(f"scale_and_translate, {method}, antialias={antialias}", S, lambda x, s, t: image.scale_and_translate(x, (2, 4, 9, 3), s, t, (1, 2), method, antialias))

if __name__ == "__main__":
    import jax

    write("image-operations", CASES, versions(jax=jax.__version__))
