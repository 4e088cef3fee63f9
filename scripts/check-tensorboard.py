"""Compares event files, as TensorBoard reads them, with a CSV file, and with the history and the weights of a training.

    python scripts/check-tensorboard.py FOLDER

Needs the packages tensorboard and numpy. FOLDER has bn.csv, training.json and the folders events and logs, from
scripts/check-tensorboard.mjs.
"""

import collections
import csv
import json
import pathlib
import struct
import sys

import numpy as np
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.backend.event_processing.plugin_event_multiplexer import EventMultiplexer
from tensorboard.plugins import base_plugin
from tensorboard.plugins.graph.keras_util import keras_model_to_graph_def
from tensorboard.plugins.projector.projector_plugin import ProjectorPlugin
from tensorboard.util.tensor_util import make_ndarray
from werkzeug.test import Client
from werkzeug.wrappers import Response

folder = pathlib.Path(sys.argv[1])
channels = collections.defaultdict(list)
numbers = {}
with open(folder / "bn.csv", newline="") as file:
    for row in csv.DictReader(file):
        key = (f"{row['name']}/{row['quantity']}", int(row["step"]))
        if row["channel"] == "":
            numbers[key] = float(row["value"])
        else:
            channels[key].append(float(row["value"]))

events = EventAccumulator(str(folder / "events"), size_guidance={"scalars": 0, "tensors": 0, "histograms": 0})
events.Reload()
tags = events.Tags()
scalars = {(tag, event.step): event.value for tag in tags["scalars"] for event in events.Scalars(tag)}
expected = {**numbers, **{(f"{tag}_median", step): np.median(values) for (tag, step), values in channels.items()}}
assert scalars.keys() == expected.keys(), scalars.keys() ^ expected.keys()
for key, value in expected.items():
    np.testing.assert_allclose(scalars[key], value, rtol=1e-6, err_msg=str(key))

histograms = {(tag, event.step): event.histogram_value for tag in tags["histograms"] for event in events.Histograms(tag)}
assert histograms.keys() == channels.keys(), histograms.keys() ^ channels.keys()
for key, values in channels.items():
    found = histograms[key]
    expected = [min(values), max(values), len(values), sum(values), sum(np.square(values))]
    got = [found.min, found.max, found.num, found.sum, found.sum_squares]
    np.testing.assert_allclose(got, expected, rtol=1e-9, atol=1e-12, err_msg=str(key))
    assert sum(found.bucket) == len(values), key
print(f"TensorBoard read {len(scalars)} numbers and {len(histograms)} histograms, equal to those of the CSV file")


# The callback TensorBoard.
training = json.loads((folder / "training.json").read_text())
history, weights = training["history"], {w["path"]: np.array(w["values"]) for w in training["weights"]}
epochs = len(history["loss"])
steps = 3  # batches in an epoch


def read(run):
    accumulator = EventAccumulator(str(folder / "logs" / run), size_guidance={"tensors": 0})
    accumulator.Reload()
    tags = accumulator.Tags()["tensors"]
    plugins = {tag: accumulator.SummaryMetadata(tag).plugin_data.plugin_name for tag in tags}
    return plugins, {tag: {e.step: make_ndarray(e.tensor_proto) for e in accumulator.Tensors(tag)} for tag in tags}


train, train_values = read("train")
validation, validation_values = read("validation")
images = {f"{path}/image" for path, value in weights.items() if value.size > 1}
assert train == {
    "keras": "graph_keras_model",
    **{f"epoch_{name}": "scalars" for name in ("loss", "mae", "learning_rate", "steps_per_second")},
    **{f"batch_{name}": "scalars" for name in ("loss", "mae", "steps_per_second")},
    **{f"{path}/histogram": "histograms" for path in weights},
    **{tag: "images" for tag in images},
}, train
assert validation == {
    f"{prefix}_{name}{suffix}": "scalars"
    for name in ("loss", "mae") for prefix, suffix in (("epoch", ""), ("evaluation", "_vs_iterations"))
}, validation
for name in ("loss", "mae"):
    for epoch in range(epochs):
        np.testing.assert_allclose(train_values[f"epoch_{name}"][epoch], history[name][epoch], rtol=1e-6)
        np.testing.assert_allclose(train_values[f"batch_{name}"][(epoch + 1) * steps], history[name][epoch], rtol=1e-6)
        np.testing.assert_allclose(validation_values[f"epoch_{name}"][epoch], history[f"val_{name}"][epoch], rtol=1e-6)
        at = validation_values[f"evaluation_{name}_vs_iterations"][(epoch + 1) * steps]
        np.testing.assert_allclose(at, history[f"val_{name}"][epoch], rtol=1e-6)
for path, value in weights.items():
    rows = train_values[f"{path}/histogram"][epochs - 1]
    assert rows.shape == (30, 3) and rows[:, 2].sum() == value.size, path
    if value.size > 1:
        np.testing.assert_allclose([rows[0, 0], rows[-1, 1]], [value.min(), value.max()], rtol=1e-7)
        np.testing.assert_array_equal(rows[:, 2], np.histogram(value, 30)[0])
for tag in images:
    width, height, png = train_values[tag][epochs - 1]
    assert png[:8] == b"\x89PNG\r\n\x1a\n", tag
    assert struct.unpack(">II", png[16:24]) == (int(width), int(height)), tag

# The graph plugin draws the model.
[text] = [value.item().decode() for value in train_values["keras"].values()]
assert json.loads(text) == json.loads(training["json"])
nodes = {node.name for node in keras_model_to_graph_def(json.loads(text)).node}
assert nodes == {f"text/{name}" for name in ("words", "table", "pool", "out")}, nodes

# The projector serves the matrix of the Embedding layer.
multiplexer = EventMultiplexer().AddRunsFromDirectory(str(folder / "logs"))
multiplexer.Reload()


class Provider:
    def list_runs(self, ctx=None, *, experiment_id):
        class Run:
            def __init__(self, name):
                self.run_name = name
        return [Run(name) for name in multiplexer.Runs()]


context = base_plugin.TBContext(logdir=str(folder / "logs"), multiplexer=multiplexer, data_provider=Provider())
apps = ProjectorPlugin(context).get_plugin_apps()
config = json.loads(Client(apps["/info"], Response).get("/info", query_string={"run": "."}).data)
[embedding] = config["embeddings"]
path = "text/table/embeddings" if "text/table/embeddings" in weights else "table/embeddings"
assert (embedding["tensorName"], embedding["tensorShape"]) == (path, list(weights[path].shape)), embedding
data = Client(apps["/tensor"], Response).get("/tensor", query_string={"run": ".", "name": path}).data
np.testing.assert_array_equal(np.frombuffer(data, np.float32).reshape(weights[path].shape), weights[path].astype(np.float32))
print(f"TensorBoard read {len(train)} values of training and {len(validation)} of validation, drew the graph, and projected the embedding")
