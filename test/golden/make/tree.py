"""Structures by keras.tree: test/golden/tree.json.

Run from the repository root, in an environment with keras==3.15.1:

    python test/golden/make/tree.py

Fields of a case:
  name                    the function, in camelCase
  arguments               the structures and lists, as JSON; functions are those of the test, under "fn"
  result                  what Keras returns, with tuples as lists; paths are lists; absent where it raises
  error                   the class of the exception that Keras raises
"""

from common import versions, write
import keras

tree = keras.tree
NESTED = {"b": [1, {"z": 2, "a": 3}], "a": [[4], []], "c": None}
FUNCTIONS = {
    "double": lambda v: None if v is None else v * 2,
    "sum": lambda *v: sum(v),
    "length": len,
    "rank": len,
    "pairs": lambda p: "pair" if isinstance(p, list) and len(p) == 2 else None,
    "twos": lambda p: "two" if p == 2 else None,
    "none": lambda p: tree.MAP_TO_NONE if p == 2 else None,
}
CALLS = [
    ("isNested", tree.is_nested, [[1, [1], {"a": 1}, {}, [], None, "text"]], None),
    ("flatten", tree.flatten, [NESTED], None), ("flatten", tree.flatten, [1], None), ("flatten", tree.flatten, [None], None), ("flatten", tree.flatten, [[]], None),
    ("flatten", tree.flatten, [[[1, 2], [3, [4, [5]]]]], None),
    ("flattenWithPath", tree.flatten_with_path, [NESTED], None), ("flattenWithPath", tree.flatten_with_path, [3], None),
    ("packSequenceAs", tree.pack_sequence_as, [NESTED, [10, 20, 30, 40, 50]], None), ("packSequenceAs", tree.pack_sequence_as, ["a", [7]], None),
    ("packSequenceAs", tree.pack_sequence_as, [[1, [2]], [1]], None), ("packSequenceAs", tree.pack_sequence_as, [[1], [1, 2]], None),
    ("mapStructure", tree.map_structure, [NESTED], "double"), ("mapStructure", tree.map_structure, [5], "double"),
    ("mapStructure", tree.map_structure, [[1, {"a": 2}], [10, {"a": 20}], [100, {"a": 200}]], "sum"),
    ("mapStructure", tree.map_structure, [[1, 2], [1]], "sum"), ("mapStructure", tree.map_structure, [{"a": 1}, {"b": 1}], "sum"),
    ("mapStructureUpTo", tree.map_structure_up_to, [[0, 0], [[1, 1], [2, 2, 2]]], "length"),
    ("mapStructureUpTo", tree.map_structure_up_to, [{"a": 0, "b": [0]}, {"a": [1, 2], "b": [[3]]}], "length"),
    ("mapStructureUpTo", tree.map_structure_up_to, [[0, [0, 0]], [[1], 2]], "length"),
    ("assertSameStructure", tree.assert_same_structure, [[{"a": 1}, 2], [{"a": None}, "x"]], None), ("assertSameStructure", tree.assert_same_structure, [[1, 2], [1]], None),
    ("assertSameStructure", tree.assert_same_structure, [{"a": 1}, {"b": 1}], None), ("assertSameStructure", tree.assert_same_structure, [[1], 1], None),
    ("assertSamePaths", tree.assert_same_paths, [[0, {"a": 1}], [2, {"a": 3}]], None), ("assertSamePaths", tree.assert_same_paths, [[0, 1], [0]], None),
    ("traverse", tree.traverse, [[[1, 2], [3]]], "pairs"), ("traverse", tree.traverse, [[[1, 2], 2, {"a": 2}]], "twos"), ("traverse", tree.traverse, [[1, 2]], "none"),
    ("traverse from the leaves", lambda f, s: tree.traverse(f, s, top_down=False), [[[1, 2], [3]]], "pairs"),
    ("mapShapeStructure", tree.map_shape_structure, [{"a": [None, 3], "b": [[1], [2, 2]]}], "rank"),
]


def plain(x):
    if isinstance(x, dict):
        return {k: plain(v) for k, v in x.items()}
    return [plain(v) for v in x] if isinstance(x, (list, tuple)) else x


def shapes(x):
    """Shapes are tuples in Keras."""
    if isinstance(x, dict):
        return {k: shapes(v) for k, v in x.items()}
    return tuple(x) if all(v is None or isinstance(v, int) for v in x) else [shapes(v) for v in x]


cases = []
for name, call, arguments, fn in CALLS:
    case = {"name": name, "arguments": arguments}
    args = [shapes(a) for a in arguments] if name == "mapShapeStructure" else arguments
    if fn is not None:
        case["fn"] = fn
        args = [args[0], FUNCTIONS[fn], *args[1:]] if name == "mapStructureUpTo" else [FUNCTIONS[fn], *args]
    try:
        case["result"] = [call(a) for a in args[0]] if name == "isNested" else plain(call(*args))
    except (TypeError, ValueError) as error:
        case["error"] = type(error).__name__
    cases.append(case)
write("tree", cases, versions())
