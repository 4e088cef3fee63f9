"""The layers that preprocess images, with given transformations: test/golden/image-preprocessing.json.

Run from the repository root, in an environment with keras==3.15.1 and jax:

    python test/golden/make/image_preprocessing.py

The random numbers of Keras belong to its backends, but what follows from a drawn transformation does not: `transform_images` is
called with one that is written down. Kinds of case, of a "class_name" with a "config" and "images", an array or the {"shape", "high"} of
lcg(shape, 21, 0, high), all in float32:
  images  "transformation" and "output"
  boxes   "transformation", "boxes" and "labels", "moved" and "kept": the boxes in the format of the config
  call    a call of the layer without randomness: "training" and "output"
"""

import os

os.environ["KERAS_BACKEND"] = "jax"

import json

from common import array, lcg, np, versions, write
import keras

L = keras.layers
CASES = []
X = (3, 6, 5, 3)
F = (3, 3, 6, 5)


def each(*values):
    return np.array(values, "float32").reshape(-1, 1, 1, 1)


def flags(*values):
    return np.array(values, "bool")


def about(layer, **case):
    CASES.append({"class_name": layer.__class__.__name__, "config": json.loads(json.dumps(layer.get_config())), **case})


def written(transformation):
    if not isinstance(transformation, dict):
        return None if transformation is None else array(np.asarray(transformation))
    return {k: array(np.asarray(v)) for k, v in transformation.items() if not k.startswith("input_shape")}


def described(given, x, high):
    return array(x) if isinstance(given, np.ndarray) else {"shape": list(given), "high": high}


def images(layer, transformation, given, high=255.0):
    x = given if isinstance(given, np.ndarray) else lcg(given, 21, 0.0, high)
    y = layer.transform_images(keras.ops.convert_to_tensor(x), transformation)
    about(layer, kind="images", images=described(given, x, high), transformation=written(transformation), output=array(np.asarray(y)))


def call(layer, given, training=True, high=255.0):
    x = given if isinstance(given, np.ndarray) else lcg(given, 21, 0.0, high)
    y = layer(x, training=training)
    about(layer, kind="call", images=described(given, x, high), training=training, output=array(np.asarray(y)))


for fmt, shape in (("channels_last", X), ("channels_first", F)):
    d = {"data_format": fmt}
    images(L.RandomBrightness(0.3, **d), {"rgb_delta": each(20, -40, 0)}, shape)
    images(L.RandomContrast(0.3, value_range=(10, 200), **d), {"contrast_factor": each(1.3, 0.5, 1)}, shape)
    images(L.RandomColorDegeneration([0.2, 0.7], **d), {"factor": each(0.25, 1, 0)}, shape)
    images(L.RandomHue(0.4, value_range=(0, 255), **d), {"factor": np.array([0.2, -0.4, 0], "float32")}, shape)
    images(L.RandomSaturation(0.4, value_range=(0, 1), **d), {"factor": np.array([0.2, 3, 1], "float32")}, shape, 1.0)
    images(L.RandomSharpness(0.4, **d), {"factor": np.array([0.1, 0.9, 0.5], "float32")}, shape)
    images(L.RandomPosterization([2, 6], **d), {"shift_factor": np.array([2, 6, 0], "uint8")}, shape)
    images(L.RandomInvert(0.5, **d), {"apply_inversion": flags(1, 0, 1)}, shape)
    images(L.Solarization(0.3, 0.6, **d), {"additions": each(20, 50, 0), "thresholds": each(128, 90, 256)}, shape)
    images(L.RandomGaussianBlur(0.5, kernel_size=(3, 5), sigma=(0.3, 0.9), **d), {"should_apply_blur": flags(1, 0, 1), "blur_factor": np.array([0.5, 0.8], "float32")}, shape)
    images(L.RandomFlip("horizontal", **d), {"flips": each(1, 0, 1) > 0}, shape)
    images(L.RandomFlip("vertical", **d), {"flips": each(1, 0, 1) > 0}, shape)
    images(L.RandomFlip(**d), {"flips": each(1, 0, 1) > 0}, shape)
    call(L.AutoContrast(value_range=(0, 1), **({} if fmt == "channels_last" else {})), X, high=1.0)
    call(L.Equalization(**d), shape)
    call(L.Equalization(value_range=(0, 1), bins=32, **d), shape, high=1.0)
    call(L.ContrastLimitedAdaptiveHistogramEqualization(tile_grid_size=(2, 3), **d), shape)
    call(L.ContrastLimitedAdaptiveHistogramEqualization(value_range=(0, 1), clip_limit=1.5, tile_grid_size=(4, 2), **d), shape, high=1.0)
    call(L.CenterCrop(4, 3, **d), shape)
    call(L.CenterCrop(7, 4, **d), shape, training=False)
    call(L.Resizing(4, 9, interpolation="bicubic", **d), shape)
    call(L.Resizing(4, 9, pad_to_aspect_ratio=True, fill_value=7.0, antialias=True, **d), shape, training=False)
    call(L.RandomCrop(7, 4, seed=3, **d), shape)
    translation = L.RandomTranslation(0.3, (-0.2, 0.4), fill_mode="wrap", **d)
    images(translation, {"translations": np.array([[1.5, -2], [0, 0.25], [-3, 1]], "float32")}, shape)
    images(L.RandomZoom((-0.3, 0.4), 0.2, fill_mode="nearest", **d), {"height_zoom": np.array([[0.7], [1.2], [1]], "float32"), "width_zoom": np.array([[1.1], [0.8], [1]], "float32")}, shape)
    images(L.RandomShear(0.3, 0.4, fill_mode="constant", fill_value=9.0, **d), {"shear_factor": np.array([[0.2, -0.3], [-0.1, 0.25], [0, 0]], "float32")}, shape)
    masks = np.repeat(lcg((3, 6, 5, 1), 22) > 0.2, 3, -1)
    masks = masks if fmt == "channels_last" else np.transpose(masks, (0, 3, 1, 2))
    images(L.RandomErasing(0.5, fill_value=77.0, **d), {"batch_masks": masks, "apply_erasing": flags(1, 0, 1), "fill_value": np.float32(77.0)}, shape)
    start = np.array([[[0, 0], [4, 0], [0, 5], [4, 5]]] * 3, "float32")
    view = {"apply_perspective": flags(1, 0, 1), "start_points": start, "end_points": start + lcg((3, 4, 2), 23, -0.8, 0.8)}
    images(L.RandomPerspective(0.5, 0.4, fill_value=3.0, **d), view, shape)
    images(L.MixUp(0.3, **d), {"mix_weight": np.array([0.3, 0.8, 0.5], "float32"), "permutation_order": np.array([2, 0, 1], "int32")}, shape)
    images(L.CutMix(0.3, **d), {"permutation_order": np.array([2, 0, 1], "int32"), "batch_masks": masks, "mix_weight": each(0.3, 0.8, 0.5)}, shape)
    rotation = L.RandomRotation(0.2, fill_mode="reflect", **d)
    angle = np.array([30.0, -75.0, 0.0], "float32")
    zeros, ones = np.zeros(3, "float32"), np.ones(3, "float32")
    matrix = rotation._compute_affine_matrix(0.5, 0.5, keras.ops.convert_to_tensor(angle), zeros, zeros, ones, zeros, zeros, 6, 5)
    x = lcg(shape, 21, 0.0, 255.0)
    y = rotation.transform_images(keras.ops.convert_to_tensor(x), {"rotation_matrix": matrix})
    about(rotation, kind="images", images=described(shape, x, 255.0), transformation={"angle": array(angle)}, output=array(np.asarray(y)))

images(L.RandomGrayscale(0.5), each(1, 0, 1) > 0, X)
CASES[-1]["transformation"] = {"should_apply": CASES[-1]["transformation"]}
call(L.AutoContrast(), np.concatenate([np.full((1, 4, 4, 3), 9.0, "float32"), lcg((1, 4, 4, 3), 5, 10.0, 200.0)]))
call(L.Equalization(), np.full((1, 4, 4, 1), 9.0, "float32"))
call(L.RandomBrightness((0.25, 0.25)), X)
call(L.RandomColorJitter(brightness_factor=(0.25, 0.25), saturation_factor=(0.2, 0.2)), X)
call(L.RandomPosterization((3, 3)), X)
call(L.RandomInvert(1.0), X, training=False)
call(L.RandAugment(num_ops=0), X)
call(L.AugMix(factor=0.2), X, training=False)
call(L.CutMix(factor=0.2), X, training=False)
call(L.MixUp(), X, training=False)
call(L.RandomElasticTransform(0.5, 0.3, fill_mode="mirror"), X, training=False)
call(L.MaxNumBoundingBoxes(4), X)

BOXES = np.array([[[0, 1, 3, 4], [1, 2, 4, 6]], [[2, 0, 5, 3], [0, 0, 1, 2]], [[1, 1, 2, 2], [4, 4, 5, 6]]], "float32")
LABELS = np.array([[1, 2], [0, 5], [3, 4]], "int32")


def boxes(layer, transformation, extra=None):
    layer.bounding_box_format = layer.bounding_box_format or "xyxy"
    given = keras.utils.bounding_boxes.convert_format(BOXES, source="xyxy", target=layer.bounding_box_format, height=6, width=5)
    shape = {"input_shape": X}
    t = transformation if not isinstance(transformation, dict) else {**transformation, **shape, **(extra or {})}
    out = layer.transform_bounding_boxes({"boxes": given, "labels": keras.ops.convert_to_tensor(LABELS)}, t)
    named = written(transformation) if isinstance(transformation, dict) else None
    about(layer, kind="boxes", images=described(X, None, 255.0), boxes=array(np.asarray(given)), labels=array(LABELS), transformation=named,
          moved=array(np.asarray(out["boxes"])), kept=array(np.asarray(out["labels"])))


for fmt in ("xyxy", "rel_xyxy", "xywh", "center_yxhw", "rel_yxyx", "rel_center_xywh", "yxyx", "center_xywh", "rel_xywh"):
    b = {"bounding_box_format": fmt}
    boxes(L.RandomFlip("horizontal", **b), {"flips": each(1, 0, 1) > 0})
    boxes(L.RandomTranslation(0.3, 0.3, **b), {"translations": np.array([[1.5, -2], [0, 0.25], [-3, 1]], "float32")})
    # In float32 a relative edge is exactly at that of the crop, and the box empty; in float64 it is not.
    if not fmt.startswith("rel_"):
        boxes(L.CenterCrop(4, 3, **b), {})
b = {"bounding_box_format": "xyxy"}
boxes(L.RandomFlip("vertical", **b), {"flips": each(1, 0, 1) > 0})
boxes(L.CenterCrop(7, 4, **b), {})
boxes(L.RandomZoom(0.3, **b), {"height_zoom": np.array([[0.7], [1.2], [1]], "float32"), "width_zoom": np.array([[1.1], [0.8], [1]], "float32")})
boxes(L.RandomShear(0.3, 0.4, **b), {"shear_factor": np.array([[0.2, -0.3], [-0.1, 0.25], [0, 0]], "float32")})
boxes(L.RandomRotation(0.3, **b), {"angle": angle}, {"image_height": 6, "image_width": 5, "batch_size": 3})
boxes(L.RandomPerspective(0.3, **b), view)
for options in ({}, {"pad_to_aspect_ratio": True}, {"crop_to_aspect_ratio": True}):
    boxes(L.Resizing(8, 9, **options, **b), (6, 5))
boxes(L.MaxNumBoundingBoxes(1, **b), {})
boxes(L.MaxNumBoundingBoxes(4, **b), {})

if __name__ == "__main__":
    import jax

    write("image-preprocessing", CASES, versions(jax=jax.__version__))
