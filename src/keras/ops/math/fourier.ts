import { Tensor } from '../../../core/tensor.ts';
import * as build from '../../../compiler/builder/index.ts';
import { castTo } from '../../../compiler/builder/operand.ts';
import { constant } from '../../../compiler/graph/leaves.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import { cut } from '../numpy/axes.ts';
import { createNode } from '../../../compiler/graph/node.ts';

/** Complex numbers as their real and imaginary parts. */
export type Pair = readonly [real: Value, imaginary: Value];

/** The length up to which a transform is one matrix product. */
const DIRECT = 64;

/** cos and sin of 2π k / n for integers k, exact for all multiples of a quarter turn. */
function turn(k: number, n: number): readonly [cosine: number, sine: number] {
  const angle = (2 * Math.PI * (k % n)) / n;
  return [Math.cos(angle), Math.sin(angle)];
}

/** Constants cos and sin of sign · 2π f(i) / n, in a shape. */
function turns(n: number, shape: readonly number[], sign: number, like: Value, f: (i: number) => number): Pair {
  const size = shape.reduce((product, each) => product * each, 1);
  const [cosines, sines] = [new Float64Array(size), new Float64Array(size)];
  for (let i = 0; i < size; i++) {
    const [cosine, sine] = turn(f(i), n);
    [cosines[i], sines[i]] = [cosine, sign * sine];
  }
  const made = (elements: Float64Array): Value => castTo(constant(new Tensor(elements, shape)), like.dtype);
  return [made(cosines), made(sines)];
}

/** (a + ib)(c + id) */
export function multiplyComplex([a, b]: Pair, [c, d]: Pair): Pair {
  return [
    build.subtract(build.multiply(a, c), build.multiply(b, d)),
    build.add(build.multiply(a, d), build.multiply(b, c)),
  ];
}

const mapBoth = ([real, imaginary]: Pair, f: (x: Value) => Value): Pair => [f(real), f(imaginary)];

/** The matrix product with a complex matrix over the last axis. */
function apply([a, b]: Pair, [c, d]: Pair): Pair {
  return [build.subtract(build.matmul(a, c), build.matmul(b, d)), build.add(build.matmul(a, d), build.matmul(b, c))];
}

/** The largest factor of n that is at most its root; 1 for primes. */
function factorOf(n: number): number {
  let factor = Math.floor(Math.sqrt(n));
  while (n % factor !== 0) factor--;
  return factor;
}

const swapLast = (x: Value): Value => {
  const order = x.shape.map((_, i) => i);
  return build.transpose(x, [...order.slice(0, -2), x.rank - 1, x.rank - 2]);
};

/**
 * Σⱼ xⱼ e^(sign · 2πi jk/n) over the last axis, of size n. A short transform is one matrix product; one of a composite length is two
 * shorter ones (Cooley and Tukey, 1965), and a long one of a prime length is a convolution of a composite length (Bluestein, 1970).
 */
export function transform(x: Pair, n: number, sign: 1 | -1): Pair {
  const lead = x[0].shape.slice(0, -1);
  if (n <= DIRECT) {
    const matrix = turns(n, [n, n], sign, x[0], (i) => Math.floor(i / n) * (i % n));
    const rows = mapBoth(x, (part) => build.reshape(part, [...lead, 1, n]));
    return mapBoth(apply(rows, matrix), (part) => build.reshape(part, [...lead, n]));
  }
  const p = factorOf(n);
  if (p === 1) return convolve(x, n, sign);
  // j = q·a + b with a < p and b < q: transform over a, turn, then over b.
  const q = n / p;
  const columns = mapBoth(x, (part) => swapLast(build.reshape(part, [...lead, p, q])));
  const inner = transform(columns, p, sign);
  const twiddles = turns(n, [q, p], sign, x[0], (i) => Math.floor(i / p) * (i % p));
  const turned = mapBoth(multiplyComplex(inner, twiddles), swapLast);
  // [..., c, k]: the frequency is c + p·k.
  const outer = transform(turned, q, sign);
  return mapBoth(outer, (part) => build.reshape(swapLast(part), [...lead, n]));
}

/** A transform as a convolution: jk = (j² + k² − (k − j)²) / 2. */
function convolve(x: Pair, n: number, sign: 1 | -1): Pair {
  const lead = x[0].shape.slice(0, -1);
  const length = 2 ** Math.ceil(Math.log2(2 * n - 1));
  // k² / 2 turns of an n-th are k² turns of a 2n-th.
  const squares = (i: number): number => Number((BigInt(i) * BigInt(i)) % BigInt(2 * n));
  const chirp = turns(2 * n, [n], sign, x[0], squares);
  const distances = turns(2 * n, [length], -sign, x[0], (i) => {
    const distance = Math.min(i, length - i);
    return distance < n ? squares(distance) : 0;
  });
  const isUsed = Float64Array.from({ length }, (_, i) => Number(Math.min(i, length - i) < n));
  const kernel = mapBoth(distances, (part) =>
    build.multiply(part, castTo(constant(new Tensor(isUsed, [length])), part.dtype)),
  );
  const padded = mapBoth(multiplyComplex(x, chirp), (part) => padLast(part, length - n));
  const product = multiplyComplex(transform(padded, length, -1), transform(kernel, length, -1));
  const convolved = mapBoth(transform(product, length, 1), (part) =>
    build.reshape(build.multiply(cut(part, part.rank - 1, 0, n), 1 / length), [...lead, n]),
  );
  return multiplyComplex(convolved, chirp);
}

/** x with zeros at the end of the last axis. */
export function padLast(x: Value, count: number): Value {
  if (count === 0) return x;
  const none = x.shape.map(() => 0);
  return createNode('pad', [x], { before: none, after: none.with(-1, count), between: none })[0];
}
