"""How Python formats numbers, and what Keras's CSVLogger writes: test/golden/python-format.json.

Run from the repository root, in an environment with keras==3.15.1 and tensorflow:

    python test/golden/make/python_format.py

Cases of kind "str": str(value). Of kind "format": format(value, spec), with "integer" where the value is an int. Numbers that JSON lacks
are texts. Of kind "csv": the text of the file that CSVLogger writes for epochs of logs, the first as the file began.
"""

import math
import random
import tempfile

from common import versions, write
import keras

rng = random.Random(11)
cases = []


def number(x):
    return x if math.isfinite(x) else str(x)


FLOATS = [0.0, -0.0, 1.0, -1.0, 0.1, 0.5, 1.5, 2.5, 0.125, 0.375, 1e-5, 1e-4, 0.00012345, 123456789.125, 1e15, 1e16, 1.2345e16, 1e21, 1e22, 1e23]
FLOATS += [5e-324, 1.7976931348623157e308, 0.1 + 0.2, 9.995, 9.5, 99.5, 0.99995, 1 / 3, 2 / 3, 1234.0, 1234.5, 0.10000000149011612, 2.675, math.inf, -math.inf, math.nan]
FLOATS += [rng.uniform(-1, 1) * 10.0 ** rng.randint(-9, 20) for _ in range(40)]
for x in FLOATS:
    cases.append({"kind": "str", "value": number(x), "text": str(x)})
SPECS = ["", "f", ".2f", ".0f", ".10f", "08.3f", "+.2f", " .1f", "-.1f", "e", ".0e", ".3e", "E", ".2E", "g", ".3g", ".0g", ".10G", "F", ".1%", "%", ".0%"]
SPECS += [".3", ".1", ".8", "12", "<12.2f", ">12.2f", "^12.2f", "*^13.1f", "=+10.2f", "x=10.1f", ",.2f", "_.1f", "015,.2f", "012_.1f", "020,", "03.1f", "0<8.2f"]
for spec in SPECS:
    for x in rng.sample(FLOATS, 14) + [0.0, 2.5, 1234567.891, math.nan]:
        cases.append({"kind": "format", "value": number(x), "spec": spec, "text": format(x, spec)})
for spec in ["", "d", "02d", "5", "05", "<5d", "^5", "+d", " d", ",", "_d", "010,d", "x>6d", ".2f", "e", ".3g", "%", "+05.1f"]:
    for i in [0, 1, 7, 42, 999, 1000, 1234567]:
        cases.append({"kind": "format", "integer": True, "value": i, "spec": spec, "text": format(i, spec)})


def csv(epochs, begun=None, **options):
    with tempfile.NamedTemporaryFile("w", newline="", suffix=".csv", delete=False) as file:
        file.write(begun or "")
    logger = keras.callbacks.CSVLogger(file.name, **options)
    logger.on_train_begin()
    for epoch, logs in enumerate(epochs):
        logger.on_epoch_end(epoch, dict(logs))
    logger.on_train_end()
    text = open(file.name, newline="").read()
    cases.append({"kind": "csv", "epochs": [{k: number(v) for k, v in logs.items()} for logs in epochs], "begun": begun, "options": options, "text": text})


TWO = [{"loss": 0.5, "accuracy": 1.0, "val_loss": 1e-05}, {"loss": 0.1 + 0.2, "accuracy": 0.75, "val_loss": 1e20}]
csv(TWO)
csv(TWO, separator=";")
csv(TWO, separator=".")
csv(TWO, separator="\t")
csv(TWO, begun="old\r\n")
csv(TWO, begun="old\r\n", append=True)
csv(TWO, begun="", append=True)
csv([{"loss": 0.5}, {"loss": 0.25, "val_loss": 0.75}, {"loss": math.nan, "extra": 1.0}])
csv([{"val_loss": 0.5, "loss": 1.0}, {"loss": math.inf}])
csv([{}])
csv([{"a,b": 1.0, 'c"d': -0.0, "loss": 2.0, "Zeta": 3.0, "\u00e9": 4.0, "\U0001d4b3": 5.0, "\uffee": 6.0}])

if __name__ == "__main__":
    write("python-format", cases, versions())
