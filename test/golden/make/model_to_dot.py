"""Graphs of models in the DOT language: test/golden/model-to-dot.json.

Run from the repository root, in an environment with keras==3.15.1, tensorflow and pydot:

    python test/golden/make/model_to_dot.py

A case has "model" (JSON), "options", and "dot", the text of model_to_dot, in which the numbers of the nodes are n0, n1, … in the order
of their first appearance, and labels of frames are quoted.
"""

import re

from common import versions, write
import keras
import pydot
from keras.src.utils.model_visualization import model_to_dot

L = keras.layers
cases = []


def case(name, model, **options):
    text = model_to_dot(model, **options).to_string()
    ids = {}
    text = re.sub(r"(?m)^(\d{6,})\b", lambda m: ids.setdefault(m[1], f"n{len(ids)}"), text)
    text = re.sub(r"-> (\d{6,})\b", lambda m: "-> " + ids[m[1]], text)
    # pydot quotes a name with an underscore, and no other.
    text = re.sub(r"(?m)^label=(\w+);$", r'label="\1";', text)
    cases.append({"name": name, "model": model.to_json(), "options": options, "dot": text})


def stack(name="stack", size=4):
    return keras.Sequential([
        keras.Input((size,)), L.Dense(4, activation="relu", name=name + "_a"), L.Dropout(0.5, name=name + "_b"),
        L.Dense(3, name=name + "_c", trainable=False),
    ], name=name)


def residual():
    x = inputs = keras.Input((8, 8, 3), name="image")
    x = L.Conv2D(4, 3, padding="same", activation="relu", name="stem")(x)
    y = L.BatchNormalization(name="bn")(L.Conv2D(4, 3, padding="same", name="conv")(x))
    x = L.Activation("relu", name="relu")(L.Add(name="add")([x, y]))
    x = keras.ops.multiply(x, 2.0)
    return keras.Model(inputs, L.GlobalAveragePooling2D(name="pool")(x), name="residual")


def nested():
    left, right = keras.Input((4,), name="left"), keras.Input((4,), name="right")
    i = keras.Input((3,), name="i")
    h = L.Dense(5, name="shared_inside")(i)
    inner = keras.Model(i, [L.Dense(2, name="p")(h), L.Dense(2, name="q")(h)], name="two_heads")
    deep = keras.Sequential([keras.Input((4,)), stack("deepest"), L.LayerNormalization(name="ln")], name="deep")
    p, q = inner(deep(left))
    r = L.Dense(2, name="side")(right)
    return keras.Model([left, right], L.Concatenate(name="join")([p, q, r]), name="outer")


def twice():
    a, b = keras.Input((4,), name="a"), keras.Input((4,), name="b")
    tower = L.Dense(2, name="tower")
    return keras.Model({"a": a, "b": b}, L.Subtract(name="minus")([tower(a), tower(b)]), name="siamese")


everything = dict(show_shapes=True, show_dtype=True, show_layer_activations=True, show_trainable=True)
case("a stack", stack())
case("a stack with everything", stack(), **everything)
case("a stack without names, from left to right", stack(), show_layer_names=False, rankdir="LR", dpi=96, splines="curved", show_shapes=True)
case("a residual block", residual(), show_shapes=True)
case("nested models as layers", nested(), **everything)
case("nested models expanded", nested(), expand_nested=True, **everything)
case("nested stacks expanded", keras.Sequential([keras.Input((4,)), stack("first"), stack("second", 3)], name="stacks"), expand_nested=True)
case("a shared layer", twice(), show_shapes=True, show_dtype=True)
case("recurrent layers", keras.Sequential([keras.Input((5, 3)), L.LSTM(2, name="lstm"), L.Dense(1, activation="sigmoid", name="out")]),
     show_layer_activations=True, show_shapes=True)
write("model-to-dot", cases, versions(pydot=pydot.__version__))
