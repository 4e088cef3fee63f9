"""Models that the converter of TensorFlow.js for Python wrote: test/golden/tensorflow-js-converted.json.gz.

    git clone --depth 1 https://github.com/tensorflow/tfjs
    python test/golden/make/tensorflow_js_converter.py tfjs/tfjs-converter/python
    node test/golden/make/tensorflow_js.mjs ...

The package tensorflowjs demands versions of TensorFlow that exclude Keras 3, so its functions are imported from its sources; they
need h5py and tensorflow alone. A case is a model: "name", "source", the file of test/golden that was converted, "quantization"
(null, or the type of the numbers) and "files", the contents of the folder in base64 by name. `tensorflow_js.mjs`, which runs
afterwards, adds the predictions of TensorFlow.js.
"""

import base64
import gzip
import json
import pathlib
import sys
import tempfile
import types
import zipfile

import h5py

root = pathlib.Path(sys.argv[1])
# The package's own __init__ imports the converters of other formats, with their requirements.
for name in ("tensorflowjs", "tensorflowjs.converters"):
    module = types.ModuleType(name)
    module.__path__ = [str(root / name.replace(".", "/"))]
    sys.modules[name] = module
sys.path.insert(0, str(root))

from tensorflowjs import version  # noqa: E402
from tensorflowjs.converters import keras_h5_conversion as conversion  # noqa: E402

GOLDEN = pathlib.Path(__file__).parent.parent

# name, source, quantization, split by layer, bytes in a shard
CASES = [
    ("one file", "files/tf-keras-2.12.h5", None, False, 4 << 20),
    ("small shards", "files/tf-keras-2.12.h5", None, False, 64),
    ("a group for each layer", "files/tf-keras-2.9.h5", None, True, 4 << 20),
    ("uint8", "files/tf-keras-2.12.h5", "uint8", False, 50),
    ("uint16", "files/tf-keras-2.12.h5", "uint16", True, 50),
    ("float16", "files/tf-keras-2.12.h5", "float16", False, 4 << 20),
    ("nested models", "older-files/nested.h5", None, False, 4 << 20),
    ("nested models in sequence", "older-files/in-sequence.h5", None, False, 4 << 20),
    ("frozen and nested", "older-files/transfer.h5", None, False, 4 << 20),
    ("TensorFlow 1", "older-files/tensorflow-1.h5", None, False, 4 << 20),
    (".h5 of Keras 3", "files/adam.h5", None, False, 4 << 20),
    (".keras", "files/adam.keras", None, False, 4 << 20),
    ("weights alone", "files/plain-weights.h5", None, False, 4 << 20),
]


def converted(source, split):
    path = GOLDEN / source
    if path.suffix == ".keras":
        with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(path) as archive:
            archive.extractall(folder)
            read = lambda name: json.loads((pathlib.Path(folder) / name).read_text())
            with h5py.File(pathlib.Path(folder) / "model.weights.h5") as file:
                return conversion.h5_v3_merged_saved_model_to_tfjs_format(
                    file, read("metadata.json"), read("config.json"), split_by_layer=split
                )
    with h5py.File(path) as file:
        if "layer_names" in file.attrs:
            file_names = file.attrs["layer_names"]
            groups = [[w for name in file_names for w in conversion._convert_h5_group(file[name])]]
            return None, groups
        return conversion.h5_merged_saved_model_to_tfjs_format(file, split_by_layer=split)


lines = []
for name, source, quantization, split, shard in CASES:
    topology, groups = converted(source, split)
    with tempfile.TemporaryDirectory() as folder:
        types_of = None if quantization is None else {quantization: True}
        conversion.write_artifacts(topology, groups, folder, types_of, weight_shard_size_bytes=shard)
        files = {
            path.name: base64.b64encode(path.read_bytes()).decode() for path in sorted(pathlib.Path(folder).iterdir())
        }
    lines.append(json.dumps({"name": name, "source": source, "quantization": quantization, "files": files}))

about = {"script": "test/golden/make/tensorflow_js_converter.py", "versions": {"tensorflowjs": version.version}}
text = '{"about": %s, "cases": [\n%s\n]}\n' % (json.dumps(about), ",\n".join(lines))
with gzip.GzipFile(GOLDEN / "tensorflow-js-converted.json.gz", "wb", mtime=0) as file:
    file.write(text.encode())
print(len(lines), "models")
