"""Compares an event file, as TensorBoard reads it, with the CSV file of the same training.

    python scripts/check-tensorboard.py FOLDER

Needs the packages tensorboard and numpy. FOLDER has bn.csv and a folder events, from scripts/check-tensorboard.mjs.
"""

import collections
import csv
import pathlib
import sys

import numpy as np
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

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
