"""Images as keras.utils.load_img reads, converts and resizes them with Pillow.

    python test/golden/make/load_img.py
"""

import base64
import io

import keras
import numpy as np
import PIL
from PIL import Image

from common import array, versions, write

rng = np.random.default_rng(11)


def png(values, mode=None):
    file = io.BytesIO()
    Image.fromarray(values, mode).save(file, "png")
    return file.getvalue()


def smooth(height, width, channels):
    y, x, c = np.mgrid[0:height, 0:width, 0:channels]
    waves = 127 + 90 * np.sin(x / 2.3 + c) * np.cos(y / 3.1 - c)
    return np.clip(waves + rng.normal(0, 25, waves.shape), 0, 255).astype("uint8")


sources = {
    "rgb": png(smooth(13, 17, 3)),
    "rgba": png(smooth(9, 11, 4)),
    "gray": png(smooth(10, 8, 1)[..., 0]),
}
cases = []
for name, data in sources.items():
    for mode in ("rgb", "rgba", "grayscale"):
        options = [{"color_mode": mode}]
        options += [{"color_mode": mode, "target_size": [7, 20], "interpolation": i} for i in ("nearest", "bilinear", "bicubic", "hamming", "box", "lanczos")]
        options += [{"color_mode": mode, "target_size": size, "interpolation": i, "keep_aspect_ratio": True} for size in ([5, 5], [24, 6]) for i in ("nearest", "bilinear")]
        for kwargs in options:
            image = keras.utils.load_img(io.BytesIO(data), **{**kwargs, **({"target_size": tuple(kwargs["target_size"])} if "target_size" in kwargs else {})})
            cases.append({"kind": "load", "name": name, "options": kwargs, "pixels": array(keras.utils.img_to_array(image), "uint8")})
for scale in (True, False):
    for data_format in ("channels_last", "channels_first"):
        shape = (3, 4, 3) if data_format == "channels_last" else (3, 3, 4)
        x = rng.uniform(0, 200, shape).astype("float32")
        image = keras.utils.array_to_img(x, data_format=data_format, scale=scale)
        cases.append({"kind": "array", "options": {"scale": scale, "data_format": data_format}, "array": array(x, "float32"), "pixels": array(np.asarray(image), "uint8"), "first": array(keras.utils.img_to_array(image, data_format="channels_first"), "float32")})

files = [{"kind": "source", "name": name, "bytes": base64.b64encode(data).decode()} for name, data in sources.items()]
write("load-img", [*files, *cases], versions(pillow=PIL.__version__))
