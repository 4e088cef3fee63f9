"""Images as TensorFlow writes, reads and resizes them, and PNGs of few bits, made by hand.

    python test/golden/make/images.py
"""

import base64
import struct
import zlib

import numpy as np
import tensorflow as tf

from common import array, write

rng = np.random.default_rng(7)
cases = []


def add(name, data, expected, atol=0):
    cases.append({"kind": "decode", "name": name, "bytes": base64.b64encode(data).decode(), "pixels": array(expected, "float32"), "atol": atol})


def png(width, height, depth, color, rows, palette=None):
    """A PNG by hand, for what TensorFlow does not write."""
    chunk = lambda kind, data: struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    head = struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, 0)
    body = zlib.compress(b"".join(b"\0" + row for row in rows))
    plte = b"" if palette is None else chunk(b"PLTE", bytes(palette.ravel().tolist()))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + plte + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def packed(samples, depth):
    """Rows of samples, several in a byte."""
    rows = []
    for row in samples:
        text = "".join(format(int(s), f"0{depth}b") for s in row)
        text += "0" * (-len(text) % 8)
        rows.append(bytes(int(text[i : i + 8], 2) for i in range(0, len(text), 8)))
    return rows


for kind, channels in [("grey", 1), ("grey and alpha", 2), ("colour", 3), ("colour and alpha", 4)]:
    pixels = rng.integers(0, 256, (5, 7, channels), dtype=np.uint8)
    add(f"PNG, {kind}", tf.io.encode_png(pixels).numpy(), pixels)

for depth in (1, 2, 4):
    samples = rng.integers(0, 2**depth, (3, 5))
    data = png(5, 3, depth, 0, packed(samples, depth))
    add(f"PNG of {depth} bits", data, tf.io.decode_png(data, channels=1))
deep = rng.integers(0, 65536, (3, 4, 3), dtype=np.uint16)
add("PNG of 16 bits", tf.io.encode_png(deep).numpy(), deep.astype("float64") / 257)

palette = rng.integers(0, 256, (5, 3), dtype=np.uint8)
for depth in (4, 8):
    data = png(9, 6, depth, 3, packed(rng.integers(0, 5, (6, 9)), depth), palette)
    add(f"PNG with a palette, {depth} bits", data, tf.io.decode_png(data, channels=3))

ramp = np.stack(np.meshgrid(np.arange(16) * 16, np.arange(16) * 16), -1).astype(np.uint8)
smooth = np.concatenate([ramp, 255 - ramp[..., :1]], -1)
for name, image, options in [
    ("JPEG", smooth, {"chroma_downsampling": False}),
    ("JPEG, progressive", smooth, {"chroma_downsampling": False, "progressive": True}),
    ("JPEG, colours at half the size", smooth, {}),
    ("JPEG, grey", smooth[..., :1], {}),
]:
    data = tf.io.encode_jpeg(image, quality=95, **options).numpy()
    expected = tf.io.decode_jpeg(data, channels=3, dct_method="INTEGER_ACCURATE", fancy_upscaling=False)
    # Decoders may round the transform and the colours differently.
    add(name, data, expected, 3)

resized = []
source = rng.random((4, 6, 2)).astype("float32")
for height, width in [(4, 6), (8, 12), (3, 5), (1, 1), (2, 9), (7, 3)]:
    target = tf.image.resize(source, (height, width), method="bilinear", antialias=False)
    resized.append({"kind": "resize", "source": array(source), "target": array(np.asarray(target))})

write("images", [*cases, *resized], {"numpy": np.__version__, "tensorflow": tf.__version__})
