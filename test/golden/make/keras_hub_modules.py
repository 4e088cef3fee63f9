"""Imports the layers of keras-hub from a checkout of its repository, without the rest of the package and its requirements.

EVENKEEL_KERAS_HUB names the folder of the checkout: github.com/keras-team/keras-hub, at the commit that `about` of the data
names. The layers need nothing but Keras; the packages around them are replaced by empty ones.
"""

import importlib
import os
import pathlib
import subprocess
import sys
import types

import common  # noqa: F401, sets the backend

FOLDER = pathlib.Path(os.environ["EVENKEEL_KERAS_HUB"])


def package(name):
    module = types.ModuleType(name)
    module.__path__ = [str(FOLDER / name.replace(".", "/"))]
    sys.modules[name] = module


for name in ("keras_hub", "keras_hub.src", "keras_hub.src.vllm"):
    package(name)

MODULES = ("alibi_bias cached_multi_head_attention f_net_encoder masked_lm_head position_embedding reversible_embedding "
           "rms_normalization rotary_embedding sine_position_encoding token_and_position_embedding transformer_decoder "
           "transformer_encoder").split()
layers = types.SimpleNamespace()
for name in MODULES:
    module = importlib.import_module("keras_hub.src.layers.modeling." + name)
    for key, value in vars(module).items():
        if isinstance(value, type) and value.__module__ == module.__name__:
            setattr(layers, key, value)
gelu_approximate = importlib.import_module("keras_hub.src.utils.keras_utils").gelu_approximate


def hub_versions():
    version = importlib.import_module("keras_hub.src.version").__version__
    commit = subprocess.run(["git", "-C", str(FOLDER), "rev-parse", "HEAD"], capture_output=True, text=True, check=True)
    return {"keras-hub": version, "keras-hub commit": commit.stdout.strip()}
