"""Holds exported models to ONNX's own checker and to its reference implementation.

    EVENKEEL_PYTHON=~/peers/bin/python npm run check:onnx

Needs the packages onnx and numpy. Each model is checked in full, with strict inference of shapes; it must use ONNX's own
operators alone. Where there is a .json file beside it, with inputs and outputs, the reference must predict the same.
"""

import json
import pathlib
import sys

import numpy as np
import onnx
from onnx import checker, reference, shape_inference


def array(entry):
    return np.array(entry["data"], dtype=entry["dtype"]).reshape(entry["shape"])


def check(path):
    checker.check_model(str(path), full_check=True)
    model = onnx.load(path)
    shape_inference.infer_shapes(model, check_type=True, strict_mode=True, data_prop=True)
    foreign = {node.domain for node in model.graph.node} - {""}
    assert not foreign, f"operators of {foreign}"
    assert [entry.domain for entry in model.opset_import] == [""], "only ONNX's own operators"
    nodes = [node.name for node in model.graph.node]
    assert len(set(nodes)) == len(nodes), "names of nodes are not unique"
    beside = path.with_suffix(".json")
    if not beside.exists():
        return False
    data = json.loads(beside.read_text())
    feeds = {name: array(entry) for name, entry in data["inputs"].items()}
    results = reference.ReferenceEvaluator(model).run(None, feeds)
    for actual, entry in zip(results, data["outputs"], strict=True):
        expected = array(entry)
        assert actual.dtype == expected.dtype, f"{actual.dtype}, expected {expected.dtype}"
        size = np.sqrt(np.mean(np.square(expected, dtype=np.float64)))
        np.testing.assert_allclose(actual, expected, rtol=1e-4, atol=1e-4 * size)
    return True


def main(folder):
    paths = sorted(pathlib.Path(folder).glob("*.onnx"))
    assert paths, f"no .onnx files in {folder}"
    failures, predicted = 0, 0
    for path in paths:
        try:
            predicted += check(path)
        except Exception as error:  # noqa: BLE001 - each file is reported
            failures += 1
            print(f"{path.name}: {type(error).__name__}: {str(error)[:500]}")
    print(f"onnx {onnx.__version__}: {len(paths)} models checked, {predicted} of them run, {failures} failed.")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
