"""Event files as TensorFlow writes them: test/golden/event-files.json.

Run from the repository root, in an environment with tensorflow:

    python test/golden/make/event_files.py

"bytes" is a file in base64 with the events in "events": "step", "wallTime" in seconds, and "summaries", each a "tag" with a
"scalar", a "distribution" or a "tensor" with "dtype", "shape" and "values" for a "plugin" with "content". Distributions are in 30 buckets of equal width, or one if all numbers are equal.
"""

import base64
import os
import tempfile

from common import np, versions, write
import tensorflow as tf

v1 = tf.compat.v1


def histogram(numbers):
    finite = [float(x) for x in numbers if np.isfinite(x)]
    low, high = min(finite), max(finite)
    count = 30 if low < high else 1
    counts, edges = np.histogram(finite, bins=count, range=(low, high) if low < high else None)
    return v1.HistogramProto(
        min=low, max=high, num=len(finite), sum=sum(finite), sum_squares=sum(x * x for x in finite),
        bucket_limit=[low + (i + 1) * ((high - low) / count) for i in range(count - 1)] + [high],
        bucket=counts.astype(float),
    )


def value(summary):
    if "scalar" in summary:
        return v1.Summary.Value(tag=summary["tag"], simple_value=float(summary["scalar"]))
    if "tensor" in summary:
        tensor = summary["tensor"]
        values = [v.encode() if isinstance(v, str) else v for v in tensor["values"]]
        dtype = tf.string if tensor["dtype"] == "string" else tensor["dtype"]
        metadata = v1.SummaryMetadata()
        metadata.plugin_data.plugin_name = summary["plugin"]
        metadata.plugin_data.content = summary.get("content", "").encode()
        proto = tf.make_tensor_proto(values, dtype=dtype, shape=tensor["shape"])
        return v1.Summary.Value(tag=summary["tag"], tensor=proto, metadata=metadata)
    return v1.Summary.Value(tag=summary["tag"], histo=histogram([float(x) for x in summary["distribution"]]))


def case(name, events):
    path = os.path.join(tempfile.mkdtemp(), "events")
    with tf.io.TFRecordWriter(path) as writer:
        for event in events:
            message = v1.Event(wall_time=event["wallTime"])
            if "summaries" not in event:
                message.file_version = "brain.Event:2"
            else:
                message.step = event["step"]
                message.summary.SetInParent()
                message.summary.value.extend(value(summary) for summary in event["summaries"])
            writer.write(message.SerializeToString())
    with open(path, "rb") as file:
        content = file.read()
    return {"name": name, "events": events, "bytes": base64.b64encode(content).decode()}


numbers = [0.5, -1.25, 3.0, 0.75, 0.5, 2.5, -0.125]
cases = [
    case("the version of the file", [{"wallTime": 1764412800.25}]),
    case("scalars", [
        {"wallTime": 1764412801.5, "step": 1, "summaries": [
            {"tag": "bn/moving_mean_median", "scalar": 0.25}, {"tag": "γ", "scalar": -3.5e30}, {"tag": "nan", "scalar": "NaN"},
        ]},
        {"wallTime": 1764412802.5, "step": 5_000_000_000, "summaries": [{"tag": "a", "scalar": 0.1}]},
    ]),
    case("distributions", [
        {"wallTime": 1764412803.0, "step": 300, "summaries": [
            {"tag": "bn/gamma", "distribution": numbers},
            {"tag": "equal", "distribution": [2.0, 2.0]},
            {"tag": "some finite", "distribution": [1.0, "NaN", 2.0]},
        ]},
    ]),
    case("tensors", [
        {"wallTime": 1764412804.0, "step": 7, "summaries": [
            {"tag": "loss", "plugin": "scalars", "tensor": {"dtype": "float32", "shape": [], "values": [0.1]}},
            {"tag": "one", "plugin": "scalars", "tensor": {"dtype": "float64", "shape": [1], "values": [0.1]}},
            {"tag": "rows", "plugin": "histograms", "tensor": {"dtype": "float64", "shape": [2, 3], "values": [0.1, 1, 2, 3, -4, 5]}},
            {"tag": "floats", "plugin": "x", "tensor": {"dtype": "float32", "shape": [300], "values": [i / 7 for i in range(300)]}},
            {"tag": "text", "plugin": "graph_keras_model", "content": "1", "tensor": {"dtype": "string", "shape": [], "values": ["γ"]}},
            {"tag": "texts", "plugin": "images", "tensor": {"dtype": "string", "shape": [2], "values": ["", "b"]}},
        ]},
    ]),
]
write("event-files", cases, versions(tensorflow=tf.__version__))
