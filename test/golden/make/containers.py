"""Makes test/golden/containers/, small files by h5py, zipfile and safetensors, and test/golden/containers.json, what
they hold.

Run: python test/golden/make/containers.py   (needs h5py, numpy, ml_dtypes, safetensors)
"""

import io
import json
import os
import zipfile

import h5py
import ml_dtypes
import numpy as np
import safetensors
import safetensors.numpy

from common import write as write_cases

FOLDER = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "containers"))
os.makedirs(os.path.join(FOLDER, "hostile"), exist_ok=True)
generator = np.random.default_rng(7)


def path(name):
    return os.path.join(FOLDER, name)


def array(values):
    """An array as JSON: 64-bit integers as texts, halves as their bits, what is not finite as a text."""
    values = np.asarray(values)
    if values.dtype == ml_dtypes.bfloat16 or values.dtype == np.dtype("V2"):
        return {"dtype": "bfloat16", "shape": values.shape, "data": values.view("uint16").ravel().tolist()}
    dtype = values.dtype.name
    if dtype == "float16":
        data = values.astype("<f2").view("uint16").ravel().tolist()
    elif dtype in ("int64", "uint64"):
        data = [str(value) for value in values.ravel().tolist()]
    elif dtype == "bool":
        data = [int(value) for value in values.ravel()]
    else:
        data = [value if np.isfinite(value) else str(value) for value in values.ravel().tolist()]
    return {"dtype": dtype, "shape": values.shape, "data": data}


def attribute(value):
    if isinstance(value, bytes):
        return attribute(value.decode())
    if isinstance(value, str):
        return value if len(value) <= 200 else f"{value[:50]}… ({len(value)} characters)"
    if isinstance(value, np.ndarray) and value.dtype.kind in "OS":
        return [entry.decode() if isinstance(entry, bytes) else entry for entry in value.ravel()]
    if isinstance(value, h5py.Empty):
        return array(np.zeros(0, value.dtype))
    if np.ndim(value) == 0 and np.asarray(value).dtype.name not in ("bool", "float16"):
        number = np.asarray(value).item()
        return array(value) if isinstance(number, int) and abs(number) >= 2**53 else number
    return array(value)


def tree(item):
    attributes = {name: attribute(value) for name, value in item.attrs.items()}
    if isinstance(item, h5py.Group):
        return {"attributes": attributes, "children": {name: tree(item[name]) for name in sorted(item)}}
    values = np.zeros(0, item.dtype) if item.shape is None else item[()]
    return {"attributes": attributes, **array(values)}


expected = {}


def h5(name, write, **options):
    with h5py.File(path(name), "w", **options) as file:
        write(file)
    if not name.startswith("hostile"):
        with h5py.File(path(name), "r") as file:
            expected[name] = tree(file)


def types(file):
    for dtype in ("f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8"):
        kind = np.dtype(dtype)
        values = np.array([0, 1, 2, 3, 100, 1], kind).reshape(2, 3)
        if kind.kind == "f":
            values = np.array([0.5, -1.25, np.inf, -np.inf, 65504, 6e-8], kind).reshape(2, 3)
        elif kind.kind == "i":
            values.ravel()[:2] = np.iinfo(kind).min, np.iinfo(kind).max
        else:
            values.ravel()[0] = np.iinfo(kind).max
        file.create_dataset("little/" + kind.name, data=values.astype("<" + dtype))
        file.create_dataset("big/" + kind.name, data=values.astype(">" + dtype))
    file["bool"] = np.array([[True, False, True]])
    file["scalar"] = np.float32(1.5)
    file["scalar integer"] = np.int64(-(2**62))
    file["empty"] = np.zeros((2, 0, 3), "float32")
    file["null"] = h5py.Empty("float64")
    brain = file.create_dataset("brain", data=np.array([1, -2.5, 3e38], ml_dtypes.bfloat16))
    brain.attrs["dtype"] = "bfloat16"
    attributes = file.create_group("attributes").attrs
    attributes["text"] = "häß ✓"
    attributes["bytes"] = b"ascii"
    attributes["nothing"] = ""
    attributes["fixed"] = np.bytes_(b"fixed")
    attributes["texts"] = ["one", "", "three"]
    attributes["fixed texts"] = np.array([b"kernel", b"bias"])
    attributes["no numbers"] = np.array([])
    attributes["integer"] = 7
    attributes["float"] = 0.1
    attributes["large"] = np.int64(2**53)
    attributes["truth"] = True
    attributes["matrix"] = np.arange(6, dtype="int32").reshape(2, 3)
    attributes["Größe"] = 1
    attributes["long"] = json.dumps([{"layer": i} for i in range(4400)])


def chunked(file):
    values = generator.integers(0, 50, (13, 7)).astype("float32")
    for name, options in {
        "plain": {},
        "gzip": {"compression": "gzip"},
        "shuffled": {"compression": "gzip", "shuffle": True},
        "checked": {"fletcher32": True},
        "all": {"compression": "gzip", "shuffle": True, "fletcher32": True},
    }.items():
        file.create_dataset(name, data=values, chunks=(4, 3), **options)
    file.create_dataset("big-endian", data=values.astype(">f4"), chunks=(5, 7), compression="gzip", shuffle=True)
    file.create_dataset("cube", data=np.arange(60, dtype="int16").reshape(3, 4, 5), chunks=(2, 3, 2))
    part = file.create_dataset("part", (10,), "int32", chunks=(4,), fillvalue=-7)
    part[5] = 3
    file.create_dataset("unwritten", (3, 2), "float64", fillvalue=2.5)
    file.create_dataset("unwritten chunks", (3, 2), "float64", chunks=(2, 2))
    file.create_dataset("growing", data=np.arange(9), maxshape=(None,), chunks=(4,))
    many = file.create_dataset("many", (400,), "uint8", chunks=(2,))
    many[...] = np.arange(400) % 251
    layout = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    layout.set_layout(h5py.h5d.COMPACT)
    space = h5py.h5s.create_simple((4,))
    compact = h5py.h5d.create(file.id, b"compact", h5py.h5t.IEEE_F32LE, space, layout)
    compact.write(h5py.h5s.ALL, h5py.h5s.ALL, np.arange(4, dtype="float32"))


def classic(file):
    file["shared"] = np.int8(7)
    for i in range(300):
        file[f"names/number {i}"] = file["shared"]
    for i in range(20):
        file.attrs[f"attribute {i}"] = i


def latest(file):
    file["shared"] = np.int8(7)
    for i in range(400):
        file[f"names/number {i}"] = file["shared"]
    for i in range(40):
        file.attrs[f"attribute {i}"] = i
    file.attrs["huge"] = np.bytes_(b"x" * 65600)
    few = file.create_group("few")
    few["a"] = 1.0
    few["b"] = 2.0
    tracked = file.create_group("tracked", track_order=True)
    for i in range(12):
        tracked[f"t{11 - i}"] = np.int16(i)
    values = generator.integers(0, 50, (13, 7)).astype("float32")
    file.create_dataset("single", data=values, chunks=(13, 7))
    file.create_dataset("single packed", data=values, chunks=(13, 7), compression="gzip")
    file.create_dataset("fixed", data=values, chunks=(4, 3))
    file.create_dataset("fixed packed", data=values, chunks=(4, 3), compression="gzip", shuffle=True)
    file.create_dataset("paged", data=np.arange(3000, dtype="int16"), chunks=(2,))
    file.create_dataset("tree", data=values, chunks=(4, 3), maxshape=(None, None))
    file.create_dataset("tree packed", data=values, chunks=(2, 2), maxshape=(None, None), compression="gzip")
    creation = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    creation.set_chunk((4, 3))
    creation.set_alloc_time(h5py.h5d.ALLOC_TIME_EARLY)
    space = h5py.h5s.create_simple(values.shape)
    implicit = h5py.h5d.create(file.id, b"implicit", h5py.h5t.IEEE_F32LE, space, creation)
    implicit.write(h5py.h5s.ALL, h5py.h5s.ALL, values)


h5("types.h5", types)
h5("chunked.h5", chunked)
h5("classic.h5", classic)
h5("latest.h5", latest, libver="latest")
h5("block.h5", lambda file: file.create_dataset("x", data=np.arange(5)), userblock_size=512)


def link(value):
    return lambda file: file.create_group("a").__setitem__("link", value)


def cycle(file):
    file["a/b"] = file.create_group("a")


def deep(file):
    file.create_group("/".join("d" * 514))


def doubling(file):
    """A chain of groups, each of which holds the next one twice: 2^28 paths."""
    group = file
    for _ in range(28):
        following = group.create_group("a")
        group["b"] = following
        group = following


def external(file):
    file.create_dataset("x", (4,), "float32", external=[("/etc/passwd", 0, 16)])


def virtual(file):
    layout = h5py.VirtualLayout((4,), "float32")
    layout[...] = h5py.VirtualSource("other.h5", "x", (4,))
    file.create_virtual_dataset("x", layout)


def committed(file):
    file["type"] = np.dtype("float32")
    file.create_dataset("x", (2,), file["type"])


def record(file):
    file["x"] = np.zeros(2, [("a", "int32"), ("b", "float32")])


def reference(file):
    file.attrs["r"] = file.ref


def bomb(file):
    file.create_dataset("x", (2**31,), "float32", chunks=(2**20,), compression="gzip")[0] = 1


h5("hostile/soft-link.h5", link(h5py.SoftLink("/")))
h5("hostile/external-link.h5", link(h5py.ExternalLink("other.h5", "/")))
h5("hostile/cycle.h5", cycle)
h5("hostile/deep.h5", deep, libver="latest")
h5("hostile/doubling.h5", doubling)
h5("hostile/external.h5", external)
h5("hostile/virtual.h5", virtual)
h5("hostile/committed.h5", committed)
h5("hostile/record.h5", record)
h5("hostile/reference.h5", reference)
h5("hostile/bomb.h5", bomb)
h5("hostile/texts.h5", lambda file: file.__setitem__("x", "text"))
h5("hostile/filter.h5", lambda file: file.create_dataset("x", data=np.arange(99), compression="lzf"))
h5(
    "hostile/extensible.h5",
    lambda file: file.create_dataset("x", data=np.arange(99), chunks=(5,), maxshape=(None,)),
    libver="latest",
)

DATE = (2024, 2, 29, 12, 30, 58)


def zipped(name, members, **options):
    class Stream(io.RawIOBase):
        """Cannot seek, so that sizes follow the members."""

        def __init__(self, target):
            self.target = target

        def writable(self):
            return True

        def write(self, data):
            return self.target.write(data)

    with open(path(name), "wb") as target:
        output = Stream(target) if options.pop("streamed", False) else target
        large = options.pop("large", False)
        with zipfile.ZipFile(output, "w", **options) as file:
            for member, data in members.items():
                with file.open(zipfile.ZipInfo(member, DATE), "w", force_zip64=large) as opened:
                    opened.write(data)
    expected[name] = {
        member: data.decode() for member, data in members.items() if not member.endswith("/")
    }


def compressed(name, **options):
    with zipfile.ZipFile(path(name), "w", zipfile.ZIP_DEFLATED, **options) as file:
        for member, data in MEMBERS.items():
            info = zipfile.ZipInfo(member, DATE)
            info.compress_type = zipfile.ZIP_DEFLATED
            file.writestr(info, data)
        file.comment = b"a comment"
    expected[name] = {member: data.decode() for member, data in MEMBERS.items() if not member.endswith("/")}


MEMBERS = {"config.json": b'{"a": 1}' * 50, "assets/": b"", "assets/größe.txt": "é".encode(), "empty": b""}
zipped("stored.zip", MEMBERS)
zipped("streamed.zip", MEMBERS, streamed=True)
zipped("large.zip", MEMBERS, large=True)
compressed("deflated.zip")

tensors = {
    "half": np.array([0.5, -1.25], "float16"),
    "brain": np.array([1, -2.5, 3e38], ml_dtypes.bfloat16),
    "truth": np.array([True, False, True]),
    "scalar": np.array(1.5, "float32"),
    "none": np.zeros((0, 4), "float32"),
    "layer/kernel:0": np.arange(6, dtype="float32").reshape(2, 3),
    "double": np.array([1 / 3]),
    **{
        name: np.array([np.iinfo(name).min, np.iinfo(name).max], name)
        for name in ("int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64")
    },
}
safetensors.numpy.save_file(tensors, path("tensors.safetensors"), metadata={"format": "np", "größe": "1"})
expected["tensors.safetensors"] = {name: array(values) for name, values in tensors.items()}

write_cases("containers", [{"file": name, "content": content} for name, content in expected.items()], {
    "h5py": h5py.__version__, "hdf5": h5py.version.hdf5_version, "numpy": np.__version__, "safetensors": safetensors.__version__,
})
