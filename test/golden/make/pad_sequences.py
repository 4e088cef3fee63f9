"""Sequences of one length: test/golden/pad-sequences.json.

Run from the repository root, in an environment with keras==3.15.1 and tensorflow:

    python test/golden/make/pad_sequences.py

A case has "function", "sequences", "options" (of keras.utils.pad_sequences) and "output".
"""

from common import array, versions, write
import keras

CASES = []
LISTS = [[1], [2, 3], [4, 5, 6], []]
PAIRS = [[[1, 2]], [[3, 4], [5, 6], [7, 8]]]
for sequences, options in (
    (LISTS, {}),
    (LISTS, {"maxlen": 2}),
    (LISTS, {"maxlen": 5, "padding": "post", "value": -1}),
    (LISTS, {"maxlen": 2, "padding": "post", "truncating": "post", "dtype": "float32", "value": 0.5}),
    (PAIRS, {}),
    (PAIRS, {"maxlen": 2, "truncating": "post", "dtype": "float64"}),
):
    output = keras.utils.pad_sequences(sequences, **options)
    CASES.append({"function": "pad_sequences", "sequences": sequences, "options": options, "output": array(output)})

if __name__ == "__main__":
    write("pad-sequences", CASES, versions())
