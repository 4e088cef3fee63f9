"""keras.applications.imagenet_utils.preprocess_input: test/golden/application-inputs.json.

Run from the repository root, in an environment with keras==3.15.1 and tensorflow:

    python test/golden/make/application_inputs.py

A case has the mode, the data format, the images and the result for an array and for a tensor of the backend.
"""

import numpy as np
from common import array, lcg, versions, write
from keras import ops
from keras.applications import imagenet_utils

SHAPES = {"channels_last": [(2, 3, 3), (2, 1, 2, 3)], "channels_first": [(3, 2, 3), (2, 3, 1, 2)]}


def cases():
    for mode in ("caffe", "tf", "torch"):
        for data_format, shapes in SHAPES.items():
            for shape in shapes:
                for dtype in ("float32", "float64", "uint8"):
                    x = lcg(shape, 7, 0, 256).astype(dtype)
                    options = {"data_format": data_format, "mode": mode}
                    y = imagenet_utils.preprocess_input(np.copy(x), **options)
                    case = {"mode": mode, "dataFormat": data_format, "x": array(x), "y": array(y)}
                    if dtype == "float32":
                        case["tensor"] = array(ops.convert_to_numpy(imagenet_utils.preprocess_input(ops.convert_to_tensor(x), **options)))
                    yield case


if __name__ == "__main__":
    write("application-inputs", list(cases()), versions())
