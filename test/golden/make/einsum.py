"""ops.einsum in float64: test/golden/einsum.json.

Run from the repository root, in an environment with keras==3.15.1 and jax:

    KERAS_BACKEND=jax python test/golden/make/einsum.py

Fields of a case:
  subscripts, shapes      the arguments; operand i is lcg(shapes[i], seed + i)
  output                  ops.einsum of them
"""

import os

os.environ["KERAS_BACKEND"] = "jax"
os.environ["JAX_ENABLE_X64"] = "1"

from common import array, lcg, np, versions, write
import jax
from keras import ops

CASES = [
    ("ii", (3, 3)), ("ii->i", (3, 3)), ("iij->j", (3, 3, 2)), ("iji->ij", (2, 3, 2)), ("iii->i", (2, 2, 2)), ("iijj->ij", (2, 2, 3, 3)),
    ("ij->ji", (2, 3)), ("ji", (2, 3)), ("ij->", (2, 3)), ("ij->j", (2, 3)), ("...j->...", (2, 3, 4)), ("...->...", (2, 3)), ("...ii->...i", (2, 3, 3)),
    ("B i -> i B", (2, 3)), ("bA", (2, 3)),
    ("i,i", (3,), (3,)), ("i,j", (3,), (2,)), ("ij,ij->ij", (2, 3), (2, 3)), ("ij,j", (2, 3), (3,)), ("ij,jk", (2, 3), (3, 4)), ("ij,jk->ki", (2, 3), (3, 4)),
    ("ij,kj->ik", (2, 3), (4, 3)), ("ji,jk->ik", (3, 2), (3, 4)), ("bij,bjk->bik", (2, 3, 4), (2, 4, 5)), ("bij,jk->bik", (2, 3, 4), (4, 5)),
    ("abc,cde->abde", (2, 3, 4), (4, 2, 3)), ("abcd,cde->abe", (2, 3, 2, 4), (2, 4, 5)), ("aecd,abcd->acbe", (2, 3, 2, 4), (2, 5, 2, 4)),
    ("acbe,aecd->abcd", (2, 2, 5, 3), (2, 3, 2, 4)), ("...ij,...jk->...ik", (2, 3, 4), (4, 5)), ("...ij,...jk", (2, 1, 3, 4), (5, 4, 2)),
    ("...i,...i->...", (2, 3), (3,)), ("i...,i...->...", (3, 2), (3,)), ("ab...,bc->ac...", (2, 3, 4), (3, 5)), ("ij,jk->ik", (2, 1), (1, 4)),
    ("ij,jk->ik", (2, 3), (1, 4)), ("ij,jk->ik", (2, 1), (3, 4)), ("ii,ij->j", (3, 3), (3, 2)), ("ijj,jk->ik", (2, 3, 3), (3, 4)), ("ij,k->k", (2, 3), (4,)),
    ("i,ij,j", (2,), (2, 3), (3,)), ("ij,jk,kl->il", (2, 3), (3, 4), (4, 5)), ("ij,jk,kl,lm->im", (2, 7), (7, 2), (2, 7), (7, 3)), ("i,i,i->i", (3,), (3,), (3,)),
    ("ea,fb,abcd,gc,hd->efgh", (2, 2), (2, 2), (2, 2, 2, 2), (2, 2), (2, 2)), ("a,b,c,d,e,f,g,h,i->", *[(2,)] * 9), ("...a,...b,ab->...", (3, 2), (3, 2), (2, 2)),
    (",ij->ij", (), (2, 3)), (",", (), ()),
]
cases = []
for i, (subscripts, *shapes) in enumerate(CASES):
    xs = [lcg(s, 100 + 10 * i + k).astype(np.float64) for k, s in enumerate(shapes)]
    out = np.asarray(ops.einsum(subscripts, *xs))
    assert out.dtype == np.float64
    cases.append({"subscripts": subscripts, "shapes": [list(s) for s in shapes], "seed": 100 + 10 * i, "output": array(out)})
write("einsum", cases, versions(jax=jax.__version__))
