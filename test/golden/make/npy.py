"""Files of NumPy: every type of elements, either order of bytes, either order of axes, each version of the format.

    python test/golden/make/npy.py
"""
import base64
import io

from common import np, write

cases = []


def add(name, array, version=None):
    stream = io.BytesIO()
    np.lib.format.write_array(stream, array, version=version, allow_pickle=False)
    values = array.astype(object).ravel(order="C").tolist()
    kind = array.dtype.kind
    cases.append(
        {
            "name": name,
            "bytes": base64.b64encode(stream.getvalue()).decode(),
            "dtype": "bool" if kind == "b" else array.dtype.newbyteorder("=").name,
            "shape": list(array.shape),
            # As texts: JSON has neither NaN nor 64 bits.
            "values": [repr(float(v)) if kind == "f" else str(int(v)) for v in values],
            "canonical": bool(
                version in (None, (1, 0)) and array.flags.c_contiguous and array.dtype.newbyteorder("<") == array.dtype
            ),
        }
    )


for code in ["f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "?"]:
    for order in "<>":
        dtype = np.dtype(code if code == "?" else order + code)
        base = np.arange(6).reshape(2, 3)
        if dtype.kind == "f":
            array = (base / 3 - 1).astype(dtype)
            array[0, 0], array[1, 1], array[1, 2] = np.nan, -np.inf, -0.0
        elif dtype.kind == "b":
            array = base % 2 == 0
        else:
            array = base.astype(dtype)
            array[0, 0], array[1, 2] = np.iinfo(dtype).min, np.iinfo(dtype).max
        add(f"{dtype.str} by rows", np.ascontiguousarray(array))
        add(f"{dtype.str} by columns", np.asfortranarray(array))

add("four axes by columns", np.asfortranarray(np.arange(24, dtype=np.int32).reshape(2, 3, 2, 2)))
add("a single number", np.array(2.5, dtype=np.float32))
add("one axis", np.arange(3, dtype=np.float32))
add("nothing", np.zeros((0, 3), dtype=np.float32))
add("a long axis", np.zeros((12345, 1), dtype=np.int8)[:7])
for version in [(1, 0), (2, 0), (3, 0)]:
    add(f"version {version[0]}.{version[1]}", np.arange(4, dtype="<f4").reshape(2, 2), version)

write("npy", cases, {"numpy": np.__version__})
