"""Operations of keras.ops that call functions, and rearrange, in float64: test/golden/control-flow.json.

Run from the repository root, in an environment with keras==3.15.1 and jax:

    KERAS_BACKEND=jax python test/golden/make/control_flow.py

Sines are those of JAX: the ones of Keras compute in float32 here.

Fields of a case:
  op                      the function in camelCase
  name                    the call, which test/unit/keras/ops/control-flow-golden.test.ts makes with the same functions
  shapes, seed            the operands; operand i is lcg(shapes[i], seed + i)
  outputs                 the leaves of the result, in its order
  gradients               those of sum(w · output) over all floating-point outputs, with w the index of an element + 1, with respect to the
                          operands; absent where there is none
"""

import os

os.environ["KERAS_BACKEND"] = "jax"
os.environ["JAX_ENABLE_X64"] = "1"

from common import array, lcg, np, versions, write
import jax
import jax.numpy as jnp
import keras
from keras import ops

keras.config.set_floatx("float64")

STEP = lambda c, x: (jnp.tanh(c * x + 0.1), c + 2 * x)
TREE = lambda c, x: ({"a": c["a"] + x[0], "b": [c["b"][0] * jnp.sin(x[1])]}, (c["a"], {"y": c["b"][0] - x[1]}))
MAX = lambda a, b: ops.maximum(a, b)
AFFINE = lambda a, b: (a[0] * b[0], a[1] * b[0] + b[1])
BRANCHES = [lambda x, y: x + y, lambda x, y: jnp.sin(x) * y, lambda x, y: x / (y + 2)]


def tree_scan(a, b, x, y):
    return ops.scan(TREE, {"a": a, "b": [b]}, (x, y))


# name, shapes, function, whether it has a gradient
CASES = [
    ("scan", [(2,), (4, 2)], lambda c, x: ops.scan(STEP, c, x), True),
    ("scan in reverse", [(2,), (4, 2)], lambda c, x: ops.scan(STEP, c, x, reverse=True), True),
    ("scan of two steps in a round", [(2,), (5, 2)], lambda c, x: ops.scan(STEP, c, x, unroll=2), True),
    ("scan of two steps in a round in reverse", [(2,), (5, 2)], lambda c, x: ops.scan(STEP, c, x, unroll=2, reverse=True), True),
    ("scan without a loop", [(2,), (3, 2)], lambda c, x: ops.scan(STEP, c, x, unroll=True), True),
    ("scan of a length", [(2,)], lambda c: ops.scan(lambda s, _: (jnp.sin(s) + 1, s), c, None, length=3), True),
    ("scan of structures", [(2,), (), (3, 2), (3,)], tree_scan, True),
    ("scan without outputs", [(2,), (3, 2)], lambda c, x: ops.scan(lambda s, e: (s * e, None), c, x), True),
    ("map", [(3, 2, 2)], lambda x: ops.map(lambda e: ops.matmul(e, ops.transpose(e)), x), True),
    ("map of structures", [(3, 2), (3,)], lambda x, y: ops.map(lambda e: {"p": e[0] * e[1], "q": ops.cumsum(e[0])}, (x, y)), True),
    ("vectorized_map", [(3, 2), (3, 2)], lambda x, y: ops.vectorized_map(lambda e: ops.sum(e[0] * ops.exp(e[1])), [x, y]), True),
    ("vectorized_map of a norm", [(4, 3)], lambda x: ops.vectorized_map(lambda e: e / ops.sqrt(ops.sum(e * e)), x), True),
    ("associative_scan of 1", [(1, 2)], lambda x: ops.associative_scan(MAX, x), True),
    ("associative_scan of 2", [(2, 2)], lambda x: ops.associative_scan(MAX, x), True),
    ("associative_scan of 7", [(7, 2)], lambda x: ops.associative_scan(lambda a, b: a * b, x), True),
    ("associative_scan of 8 in reverse", [(2, 8)], lambda x: ops.associative_scan(lambda a, b: a + b, x, reverse=True, axis=1), True),
    ("associative_scan of affine maps", [(6, 2), (6, 2)], lambda a, b: ops.associative_scan(AFFINE, (a, b)), True),
    ("associative_scan of affine maps in reverse", [(2, 5), (2, 5)], lambda a, b: ops.associative_scan(AFFINE, (a, b), reverse=True, axis=1), True),
    ("while_loop", [(2,)], lambda x: ops.while_loop(lambda s: ops.sum(s) < 50, lambda s: s * s + 1.5, x), False),
    ("while_loop of several", [(2,), ()], lambda x, y: ops.while_loop(lambda s, t: t < 3, lambda s, t: (jnp.cos(s) * t, t + 0.7), (x, y)), False),
    ("while_loop with a limit", [(2,)], lambda x: ops.while_loop(lambda s: ops.sum(s) < 1e6, lambda s: s * s + 1.5, x, maximum_iterations=3), False),
    ("fori_loop", [(2,)], lambda x: ops.fori_loop(2, 6, lambda i, s: jnp.sin(s) * i, x), True),
    ("fori_loop of no round", [(2,)], lambda x: ops.fori_loop(6, 2, lambda i, s: jnp.sin(s) * i, x), True),
    ("fori_loop of structures", [(2,), ()], lambda x, y: ops.fori_loop(0, 3, lambda i, s: {"u": s["u"] * s["v"], "v": s["v"] + i}, {"u": x, "v": y}), True),
    ("cond that is true", [(2,), ()], lambda x, y: ops.cond(ops.sum(x) < 1e3, lambda: (x * y, {"z": ops.exp(y)}), lambda: (x, {"z": y})), True),
    ("cond that is false", [(2,), ()], lambda x, y: ops.cond(ops.sum(x) > 1e3, lambda: (x * y, {"z": ops.exp(y)}), lambda: (x, {"z": y})), True),
    ("switch at 0", [(2,), (2,)], lambda x, y: ops.switch(0, BRANCHES, x, y), True),
    ("switch at 1", [(2,), (2,)], lambda x, y: ops.switch(ops.cast(ops.sum(x) * 0 + 1, "int32"), BRANCHES, x, y), True),
    ("switch beyond the end", [(2,), (2,)], lambda x, y: ops.switch(ops.cast(ops.sum(x) * 0 + 7, "int32"), BRANCHES, x, y), True),
    ("switch before the start", [(2,), (2,)], lambda x, y: ops.switch(ops.cast(ops.sum(x) * 0 - 7, "int32"), BRANCHES, x, y), True),
    ("jvp", [(3,), (3,)], lambda x, v: ops.jvp(jnp.sin, (x,), (v,)), True),
    ("jvp of products", [(2, 3), (3, 2), (2, 3), (3, 2)], lambda a, b, v, w: ops.jvp(lambda x, y: {"p": ops.matmul(x, y), "s": ops.logsumexp(x)}, (a, b), (v, w)), True),
    ("jvp with a second result", [(3,), (3,)], lambda x, v: ops.jvp(lambda e: (e * e * e, ops.sum(e)), (x,), (v,), has_aux=True), True),
    ("vectorize", [(3, 1), (2,)], lambda x, y: ops.vectorize(lambda a, b: ops.where(a < b, a, b) * b)(x, y), True),
    ("vectorize with a signature", [(4, 2, 3), (3,)], lambda x, y: ops.vectorize(lambda a, b: ops.dot(a, b), signature="(m,n),(n)->(m)")(x, y), True),
    ("vectorize with two results", [(4, 3)], lambda x: ops.vectorize(lambda a: (ops.sum(a), ops.cumsum(a)), signature="(n)->(),(n)")(x), True),
    ("vectorize with an excluded argument", [(4,)], lambda x: ops.vectorize(lambda a, k: a**k, excluded={1})(x, 3), True),
]
PATTERNS = [
    ("b h w c -> b c h w", (2, 3, 4, 5), {}), ("b h w c -> (b h) w c", (2, 3, 4, 5), {}), ("b h w c -> h (b w) c", (2, 3, 4, 5), {}), ("b h w c -> b (c h w)", (2, 3, 4, 5), {}),
    ("b (h1 h) (w1 w) c -> (b h1 w1) h w c", (2, 4, 6, 3), {"h1": 2, "w1": 2}), ("b (h h1) (w w1) c -> b h w (c h1 w1)", (2, 4, 6, 3), {"h1": 2, "w1": 3}),
    ("i->i", (3,), {}), ("(a b c) -> c (b a)", (12,), {"a": 2, "c": 3}), ("a_1 b2 -> b2 a_1", (2, 3), {}),
]


def op_of(name):
    head, *rest = name.split(" ")[0].split("_")
    return head + "".join(part.capitalize() for part in rest)


def leaves(result):
    return [np.asarray(leaf) for leaf in jax.tree.leaves(result)]


def loss(outputs):
    parts = [x for x in jax.tree.leaves(outputs) if jnp.issubdtype(x.dtype, jnp.floating)]
    return sum(jnp.sum(x * (jnp.arange(x.size, dtype=x.dtype).reshape(x.shape) + 1)) for x in parts)


cases = []
for i, (name, shapes, fn, has_gradient) in enumerate(CASES):
    seed = 100 + 10 * i
    xs = [jnp.asarray(lcg(s, seed + k).astype(np.float64)) for k, s in enumerate(shapes)]
    case = {"op": op_of(name), "name": name, "shapes": [list(s) for s in shapes], "seed": seed, "outputs": [array(x) for x in leaves(fn(*xs))]}
    if has_gradient:
        case["gradients"] = [array(np.asarray(g)) for g in jax.grad(lambda *a: loss(fn(*a)), argnums=tuple(range(len(xs))))(*xs)]
    cases.append(case)
for i, (pattern, shape, sizes) in enumerate(PATTERNS):
    seed = 900 + i
    out = np.asarray(ops.rearrange(jnp.asarray(lcg(shape, seed).astype(np.float64)), pattern, **sizes))
    cases.append({"op": "rearrange", "name": "rearrange", "pattern": pattern, "sizes": sizes, "shapes": [list(shape)], "seed": seed, "outputs": [array(out)]})
write("control-flow", cases, versions(jax=jax.__version__))
