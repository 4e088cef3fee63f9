"""Datasets of folders: the order of files, labels and splits, and the contents of images, texts and sounds as Keras reads them.

Kinds of cases: "file" (a file of the folder, in base64), "index" (files and labels before the shuffle of tf.data, whose random
numbers are TensorFlow's), "labels", "image", "text" and "audio".

    KERAS_BACKEND=tensorflow python test/golden/make/directory_datasets.py
"""

import base64
import io
import pathlib
import tempfile
import wave

import keras
import numpy as np
import PIL
import tensorflow as tf
from keras.src.utils import dataset_utils
from PIL import Image

from common import array, versions, write

rng = np.random.default_rng(7)
cases = []
root = pathlib.Path(tempfile.mkdtemp())


def add(path, data):
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)
    cases.append({"kind": "file", "path": path, "bytes": base64.b64encode(data).decode()})


def smooth(height, width, channels):
    y, x, c = np.mgrid[0:height, 0:width, 0:channels]
    waves = 127 + 90 * np.sin(x / 2.3 + c) * np.cos(y / 3.1 - c)
    return np.clip(waves + rng.normal(0, 25, waves.shape), 0, 255).astype("uint8")


def encoded(values, form, mode=None, **options):
    file = io.BytesIO()
    image = values if isinstance(values, Image.Image) else Image.fromarray(values, mode)
    image.save(file, form, **options)
    return file.getvalue()


add("images/b_class/img_1.png", encoded(smooth(7, 9, 3), "png"))
add("images/b_class/img_10.png", encoded(smooth(5, 4, 3), "png"))
add("images/b_class/img_2.PNG", encoded(smooth(4, 6, 3), "png"))
add("images/b_class/nested/x.bmp", encoded(smooth(6, 5, 3), "bmp"))
add("images/b_class/nested-2/y.gif", encoded(Image.fromarray(smooth(6, 8, 3)).quantize(16), "gif"))
add("images/b_class/.dot.png", encoded(smooth(3, 3, 3), "png"))
add("images/b_class/notes.txt", b"no image")
add("images/Alpha/rgba.png", encoded(smooth(6, 7, 4), "png"))
add("images/Alpha/gray.png", encoded(smooth(8, 5, 1)[..., 0], "png"))
add("images/Alpha/\uff5e.png", encoded(smooth(3, 4, 3), "png"))
add("images/Alpha/\U0001f600.png", encoded(smooth(4, 3, 3), "png"))
deep = (np.arange(30).reshape(5, 6) * 2100 + 17).astype("uint16")
add("images/c_class/deep.png", encoded(Image.fromarray(deep), "png"))
palette = Image.fromarray(smooth(5, 5, 3)).quantize(8)
add("images/c_class/palette.png", encoded(palette, "png"))
add("images/.hidden/z.png", encoded(smooth(3, 3, 3), "png"))
add("images/loose.png", encoded(smooth(3, 3, 3), "png"))
for i in range(9):
    add(f"texts/{'neg' if i % 3 else 'pos'}/{i}.txt", f"Text {i}: naïve café\n{'x' * i}".encode())


def sound(samples, channels, rate=8000):
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(channels)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes(samples.astype("<i2").tobytes())
    return file.getvalue()


for i, frames in enumerate([5, 9, 7, 3]):
    add(f"sounds/{'low' if i < 2 else 'high'}/s{i}.wav", sound(rng.integers(-32768, 32768, frames * 2), 2))

folder = str(root / "images")
FORMATS = {"images": (".bmp", ".gif", ".jpeg", ".jpg", ".png"), "texts": (".txt",), "sounds": (".wav",)}


def index(name, labels="inferred", class_names=None, shuffle=False, seed=None, validation_split=None, subset=None):
    # Keras shuffles the list itself.
    options = {"labels": list(labels) if isinstance(labels, list) else labels, "class_names": class_names, "shuffle": shuffle, "seed": seed, "validation_split": validation_split, "subset": subset}
    files, found, names = dataset_utils.index_directory(
        str(root / name), labels, FORMATS[name], class_names=class_names, shuffle=shuffle, seed=seed, verbose=False
    )
    files, found = dataset_utils.get_training_or_validation_split(files, found, validation_split, subset)
    cases.append(
        {
            "kind": "index",
            "name": name,
            "options": {key: value for key, value in options.items() if value is not None or key == "labels"},
            "files": [file[len(str(root / name)) + 1 :] for file in files],
            "labels": None if found is None else [int(label) for label in found],
            "class_names": names,
        }
    )


for name in ("images", "texts", "sounds"):
    index(name)
    for seed in (0, 1, 42, 123456789, 2**32 - 1):
        index(name, shuffle=True, seed=seed)
    for subset in ("training", "validation"):
        index(name, validation_split=0.3, subset=subset)
        index(name, shuffle=True, seed=1337, validation_split=0.4, subset=subset)
index("images", class_names=["c_class", "Alpha"])
index("images", labels=None)
index("images", labels=None, shuffle=True, seed=5)
count = len(dataset_utils.index_directory(folder, None, FORMATS["images"], shuffle=False, verbose=False)[0])
index("images", labels=[(5 * i) % 3 + 2 for i in range(count)])
index("images", labels=[(5 * i) % 3 + 2 for i in range(count)], shuffle=True, seed=9)

for mode in ("int", "categorical", "binary"):
    names = ["b_class", "Alpha"] if mode == "binary" else None
    ds = keras.utils.image_dataset_from_directory(
        folder, label_mode=mode, class_names=names, image_size=(2, 2), shuffle=False, batch_size=5, verbose=False
    )
    cases.append({"kind": "labels", "mode": mode, "class_names": names, "batches": [array(y.numpy(), str(y.numpy().dtype)) for _, y in ds]})


def image(path, size, channels="rgb", **options):
    one = tempfile.mkdtemp()
    data = (root / path).read_bytes()
    (pathlib.Path(one) / ("file" + pathlib.Path(path).suffix)).write_bytes(data)
    try:
        ds = keras.utils.image_dataset_from_directory(
            one, labels=None, color_mode=channels, image_size=size, shuffle=False, batch_size=1, verbose=False, **options
        )
        pixels = next(iter(ds))[0].numpy()
    except Exception as error:
        print("refused:", path, size, channels, options, str(error)[:200].replace("\n", " "))
        return
    cases.append({"kind": "image", "path": path, "size": list(size), "color_mode": channels, "options": options, "pixels": array(pixels, str(pixels.dtype))})


METHODS = ("bilinear", "nearest", "bicubic", "area", "lanczos3", "lanczos5", "gaussian", "mitchellcubic")
for method in METHODS:
    for size in ((7, 9), (4, 5), (13, 20), (3, 17)):
        image("images/b_class/img_1.png", size, interpolation=method)
    image("images/b_class/img_10.png", (8, 3), interpolation=method, pad_to_aspect_ratio=True)
    image("images/b_class/img_1.png", (6, 6), interpolation=method, crop_to_aspect_ratio=True)
    image("images/b_class/img_1.png", (5, 20), interpolation=method, crop_to_aspect_ratio=True)
for data_format in ("channels_last", "channels_first"):
    for ratio in ({}, {"crop_to_aspect_ratio": True}, {"pad_to_aspect_ratio": True}):
        image("images/b_class/img_1.png", (5, 4), data_format=data_format, **ratio)
for case in list(cases):
    if case["kind"] == "file" and case["path"].lower().endswith(FORMATS["images"]) and "hidden" not in case["path"]:
        for channels in ("rgb", "grayscale", "rgba"):
            # TensorFlow fills the alpha of a palette of 4 bits with 15 instead of 255.
            if (channels, case["path"]) == ("rgba", "images/c_class/palette.png"):
                continue
            image(case["path"], (4, 4), channels)

for max_length in (None, 9, 14):
    ds = keras.utils.text_dataset_from_directory(str(root / "texts"), shuffle=False, batch_size=4, max_length=max_length, verbose=False)
    # Not decoded: a cut may be inside of a character.
    cases.append({"kind": "text", "max_length": max_length, "batches": [{"texts": [base64.b64encode(t).decode() for t in x.numpy()], "labels": y.numpy().tolist()} for x, y in ds]})

for length in (None, 4, 8):
    ds = keras.utils.audio_dataset_from_directory(str(root / "sounds"), shuffle=False, batch_size=2, output_sequence_length=length, verbose=False)
    cases.append({"kind": "audio", "output_sequence_length": length, "batches": [{"x": array(x.numpy(), "float32"), "y": array(y.numpy(), "int32")} for x, y in ds]})

write("directory-datasets", cases, versions(tensorflow=tf.__version__, pillow=PIL.__version__))
