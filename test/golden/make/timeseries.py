"""Sequences of series: test/golden/timeseries.json.

Run from the repository root, in an environment with keras==3.15.1 and tensorflow:

    python test/golden/make/timeseries.py

A case has "function", "data", "targets" (or null), "length", "options" (of keras.utils.timeseries_dataset_from_array) and "items",
each a list of one or two arrays.
"""

from common import array, np, versions, write
import keras

CASES = []
SERIES = np.arange(20, dtype="float32")
PAIRS = np.arange(24, dtype="float32").reshape(12, 2)
for data, targets, length, options in (
    (SERIES, None, 4, {}),
    (SERIES, SERIES[3:] * 10, 4, {"batch_size": 5}),
    (SERIES, None, 3, {"sequence_stride": 4, "sampling_rate": 2, "batch_size": 2}),
    (SERIES, SERIES, 2, {"start_index": 3, "end_index": 9, "batch_size": 4}),
    (PAIRS, PAIRS[:7, 0], 3, {"sequence_stride": 2, "batch_size": 3}),
    (PAIRS, None, 11, {"batch_size": None}),
):
    dataset = keras.utils.timeseries_dataset_from_array(data, targets, length, **options)
    items = [[array(part.numpy()) for part in (item if isinstance(item, tuple) else (item,))] for item in dataset]
    CASES.append({
        "function": "timeseries_dataset_from_array",
        "data": array(data),
        "targets": None if targets is None else array(targets),
        "length": length,
        "options": options,
        "items": items,
    })

if __name__ == "__main__":
    write("timeseries", CASES, versions())
