"""Opens the files that scripts/check-keras-hub.mjs wrote in keras-hub, and compares the predictions."""

import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "test/golden/make"))

from common import np
import keras
import keras_hub_modules  # noqa: F401, registers the layers

folder = pathlib.Path(sys.argv[1])
failures = 0
for entry in json.loads((folder / "manifest.json").read_text()):
    arrays = [np.asarray(v["data"], v["dtype"]).reshape(v["shape"]) for v in entry["inputs"]]
    expected = np.asarray(entry["output"]["data"]).reshape(entry["output"]["shape"])
    try:
        model = keras.models.load_model(folder / entry["file"])
        actual = np.asarray(model.predict(arrays[0] if len(arrays) == 1 else arrays, verbose=0))
        worst = np.max(np.abs(actual - expected)) / np.sqrt(np.mean(np.square(expected)))
        verdict = f"off by {worst:.1e}"
        failures += not worst < 1e-5
    except Exception as error:  # noqa: BLE001, every failure is reported
        verdict = f"not opened: {str(error)[:300]}"
        failures += 1
    print(f"{entry['file']}: {verdict}")
print(f"{failures} failures")
sys.exit(failures > 0)
