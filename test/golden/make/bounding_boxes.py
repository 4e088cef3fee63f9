"""Bounding boxes by keras.utils.bounding_boxes: test/golden/bounding-boxes.json.

Run from the repository root, in an environment with keras==3.15.1:

    python test/golden/make/bounding_boxes.py

Fields of a case:
  name                    the function, in camelCase
  arrays                  the arrays by name
  arguments               the positional arguments: names of arrays, and JSON
  options                 the others, in camelCase
  result                  what Keras returns; of clipToImageSize the boxes, with the labels in `labels`
"""

from common import array, lcg, versions, write
import keras
import numpy as np

b = keras.utils.bounding_boxes
FORMATS = ["xyxy", "yxyx", "xywh", "center_xywh", "center_yxhw", "rel_xyxy", "rel_yxyx", "rel_xywh", "rel_center_xywh"]
SIZE = {"height": 120, "width": 200}


def corners(shape, seed, scale=100.0):
    """Boxes of positive size, some of them beyond the image."""
    first = lcg((*shape, 2), seed, -0.2, 0.9)
    size = lcg((*shape, 2), seed + 1, 0.1, 0.6)
    return (np.concatenate([first, first + size], -1) * scale).astype(np.float32)


arrays = {"boxes": corners((2, 3), 1), "flat": corners((3,), 3), "anchors": corners((3,), 5), "other": corners((2, 4), 7)}
arrays["unit"] = (arrays["flat"] / 100).astype(np.float32)
arrays["masked"] = arrays["flat"].copy()
arrays["masked"][1] = -1
arrays["labels"] = np.array([[1, 2, 3], [4, 5, 6]], np.float32)
for i, name in enumerate(["angle", "tx", "ty", "scale", "sx", "sy"]):
    low, high = [(-90, 90), (-0.3, 0.3), (-0.3, 0.3), (0.5, 2), (-30, 30), (-30, 30)][i]
    arrays[name] = lcg((2,), 11 + i, low, high)

deltas = keras.ops.convert_to_numpy(b.encode_box_to_deltas(arrays["anchors"], arrays["boxes"], "xyxy", "xyxy"))
arrays["deltas"] = deltas
calls = [("convertFormat", b.convert_format, ["unit" if s.startswith("rel") else "boxes", s, t], SIZE) for s in FORMATS for t in FORMATS]
calls += [("clipToImageSize", b.clip_to_image_size, ["boxes"], {"height": 60, "width": 70}), ("clipToImageSize", b.clip_to_image_size, ["boxes"], {"bounding_box_format": "rel_xyxy"})]
calls += [("crop", b.crop, [x, 10, 20, 40, 30], {}) for x in ("boxes", "flat")] + [("pad", b.pad, [x, 10, 20], {}) for x in ("boxes", "flat")]
moved = ["boxes", "angle", "tx", "ty", "scale", "sx", "sy", 80, 120]
calls += [("affineTransform", b.affine_transform, moved, o) for o in ({}, {"center_x": 0.2, "center_y": 0.7})]
for x in ("boxes", "flat"):
    calls.append(("encodeBoxToDeltas", b.encode_box_to_deltas, ["anchors", x, "xyxy", "xywh"], {}))
    calls.append(("encodeBoxToDeltas", b.encode_box_to_deltas, ["anchors", x, "yxyx", "rel_xyxy"], {"encoding_format": "center_xywh", "variance": [0.1, 0.1, 0.2, 0.2], "image_shape": [50, 60, 3]}))
calls.append(("decodeDeltasToBoxes", b.decode_deltas_to_boxes, ["anchors", "deltas", "xyxy", "xyxy"], {}))
calls.append(("decodeDeltasToBoxes", b.decode_deltas_to_boxes, ["anchors", "deltas", "xywh", "rel_yxyx"], {"encoded_format": "center_xywh", "variance": [0.1, 0.1, 0.2, 0.2], "image_shape": [50, 60, 3]}))
calls += [("computeIou", b.compute_iou, [x, y, f], {}) for x, y in (("boxes", "other"), ("boxes", "flat"), ("flat", "other"), ("flat", "anchors")) for f in ("xyxy", "center_xywh")]
calls.append(("computeIou", b.compute_iou, ["masked", "anchors", "xyxy"], {"use_masking": True}))
calls.append(("computeIou", b.compute_iou, ["anchors", "masked", "yxyx"], {"use_masking": True, "mask_val": -3}))
calls.append(("computeIou", b.compute_iou, ["unit", "unit", "rel_xywh"], {"image_shape": [50, 60, 3]}))
calls += [("computeCiou", b.compute_ciou, ["flat", "anchors", f], {}) for f in ("xyxy", "xywh", "center_yxhw")]


def camel(name):
    first, *rest = name.split("_")
    return first + "".join(word.title() for word in rest)


cases = []
for name, call, arguments, options in calls:
    given = [arrays[a].copy() if isinstance(a, str) and a in arrays else a for a in arguments]
    case = {"name": name, "arguments": arguments, "options": {camel(k): v for k, v in options.items()}}
    if name == "affineTransform":
        given[1:7] = [keras.ops.convert_to_tensor(v) for v in given[1:7]]
    if name == "clipToImageSize":
        found = call({"boxes": given[0], "labels": arrays["labels"]}, **options)
        case["labels"] = array(keras.ops.convert_to_numpy(found["labels"]))
        found = found["boxes"]
    else:
        found = call(*given, **options)
    case["result"] = array(keras.ops.convert_to_numpy(found))
    cases.append(case)
write("bounding-boxes", [{"name": "arrays", "arrays": {k: array(v) for k, v in arrays.items()}}, *cases], versions())
