"""Predictions of networks that functions of keras.applications build: test/golden/application-predictions.json.gz.

Run from the repository root, in an environment with keras==3.15.1 and tensorflow:

    python test/golden/make/application_predictions.py

A case has the function and its options, and what test/golden/make/applications.py writes of a network: weights, images, moving
statistics and the predictions of Keras in float64.
"""

import keras

from applications import measure
from common import versions, write

IMAGE = {"classes": 10, "classifier_activation": None}
NETWORKS = {
    "MobileNet": {"alpha": 0.25, "input_shape": [64, 64, 3], **IMAGE},
    "MobileNetV2": {"alpha": 0.35, "input_shape": [96, 96, 3], **IMAGE},
    "MobileNetV3Small": {"alpha": 0.35, "input_shape": [64, 96, 3], "include_top": False, "pooling": "avg"},
}


def case(name):
    keras.backend.clear_session()
    keras.config.set_floatx("float32")
    options = NETWORKS[name]
    given = {**options, "input_shape": tuple(options["input_shape"]), "weights": None}
    return {"function": name, "options": options, **measure(name, getattr(keras.applications, name)(**given))}


if __name__ == "__main__":
    write("application-predictions", [case(name) for name in NETWORKS], versions(), zipped=True)
