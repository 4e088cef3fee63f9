import { expect, test } from 'vitest';
import { type Value, ops } from 'evenkeel';
import { gradients } from '../../../../src/compiler/autodiff/index.ts';
import * as build from '../../../../src/compiler/builder/index.ts';
import { constant } from '../../../../src/compiler/graph/leaves.ts';
import { isValue } from '../../../../src/compiler/ir/value.ts';
import { isFloat } from '../../../../src/core/dtype.ts';
import { sizeOf } from '../../../../src/core/shape.ts';
import { tensor } from '../../../../src/core/tensor.ts';
import { expectClose } from '../../../support/close.ts';
import { type GoldenArray, loadGolden } from '../../../support/golden.ts';
import { evaluateAll } from '../../../support/gradient-check.ts';
import { lcg } from '../../../support/lcg.ts';

/** The fields are described in test/golden/make/control_flow.py. */
interface Case {
  readonly op: string;
  readonly name: string;
  readonly shapes: readonly (readonly number[])[];
  readonly seed: number;
  readonly outputs: readonly GoldenArray[];
  readonly gradients?: readonly GoldenArray[];
  readonly pattern?: string;
  readonly sizes?: Readonly<Record<string, number>>;
}

type Values = readonly Value[];
const { add, divide, multiply, subtract } = ops;

const step = (c: Value, x: Value): [Value, Value] => [ops.tanh(add(multiply(c, x), 0.1)), add(c, multiply(2, x))];
const affine = ([a, b]: Values, [c, d]: Values): Values => [multiply(a!, c!), add(multiply(b!, c!), d!)];
const branches = [
  (x: Value, y: Value): Value => add(x, y),
  (x: Value, y: Value): Value => multiply(ops.sin(x), y),
  (x: Value, y: Value): Value => divide(x, add(y, 2)),
];
const at = (x: Value, index: number): Value => ops.cast(add(multiply(ops.sum(x), 0), index), 'int32');
const either =
  (predicate: (x: Value) => Value) =>
  ([x, y]: Values): unknown =>
    ops.cond(
      predicate(x!),
      () => [multiply(x!, y!), { z: ops.exp(y!) }],
      () => [x!, { z: y! }],
    );

const calls: Readonly<Record<string, (inputs: Values) => unknown>> = {
  scan: ([c, x]) => ops.scan(step, c!, x!),
  'scan in reverse': ([c, x]) => ops.scan(step, c!, x!, { reverse: true }),
  'scan of two steps in a round': ([c, x]) => ops.scan(step, c!, x!, { unroll: 2 }),
  'scan of two steps in a round in reverse': ([c, x]) => ops.scan(step, c!, x!, { unroll: 2, reverse: true }),
  'scan without a loop': ([c, x]) => ops.scan(step, c!, x!, { unroll: true }),
  'scan of a length': ([c]) => ops.scan((s) => [add(ops.sin(s), 1), s], c!, null, { length: 3 }),
  'scan of structures': ([a, b, x, y]) =>
    ops.scan(
      (c, [p, q]) => [{ a: add(c.a, p), b: [multiply(c.b[0], ops.sin(q))] }, [c.a, { y: subtract(c.b[0], q) }]],
      { a: a!, b: [b!] },
      [x!, y!],
    ),
  'scan without outputs': ([c, x]) => ops.scan((s, e) => [multiply(s, e), null], c!, x!),
  map: ([x]) => ops.map((e) => ops.matmul(e, ops.transpose(e)), x!),
  'map of structures': ([x, y]) => ops.map(([p, q]) => ({ p: multiply(p, q), q: ops.cumsum(p) }), [x!, y!]),
  vectorized_map: ([x, y]) => ops.vectorizedMap(([p, q]) => ops.sum(multiply(p, ops.exp(q))), [x!, y!]),
  'vectorized_map of a norm': ([x]) => ops.vectorizedMap((e) => divide(e, ops.sqrt(ops.sum(multiply(e, e)))), x!),
  'associative_scan of 1': ([x]) => ops.associativeScan((a, b) => ops.maximum(a, b), x!),
  'associative_scan of 2': ([x]) => ops.associativeScan((a, b) => ops.maximum(a, b), x!),
  'associative_scan of 7': ([x]) => ops.associativeScan((a, b) => multiply(a, b), x!),
  'associative_scan of 8 in reverse': ([x]) =>
    ops.associativeScan((a, b) => add(a, b), x!, { reverse: true, axis: -1 }),
  'associative_scan of affine maps': ([a, b]) => ops.associativeScan(affine, [a!, b!]),
  'associative_scan of affine maps in reverse': ([a, b]) =>
    ops.associativeScan(affine, [a!, b!], { reverse: true, axis: 1 }),
  while_loop: ([x]) =>
    ops.whileLoop(
      (s) => ops.less(ops.sum(s), 50),
      (s) => add(multiply(s, s), 1.5),
      x!,
    ),
  'while_loop of several': ([x, y]) =>
    ops.whileLoop(
      (_, t) => ops.less(t, 3),
      (s, t) => [multiply(ops.cos(s), t), add(t, 0.7)],
      [x!, y!],
    ),
  'while_loop with a limit': ([x]) =>
    ops.whileLoop(
      (s) => ops.less(ops.sum(s), 1e6),
      (s) => add(multiply(s, s), 1.5),
      x!,
      { maximumIterations: 3 },
    ),
  fori_loop: ([x]) => ops.foriLoop(2, 6, (i, s) => multiply(ops.sin(s), i), x!),
  'fori_loop of no round': ([x]) => ops.foriLoop(6, 2, (i, s) => multiply(ops.sin(s), i), x!),
  'fori_loop of structures': ([x, y]) =>
    ops.foriLoop(0, 3, (i, { u, v }) => ({ u: multiply(u, v), v: add(v, i) }), { u: x!, v: y! }),
  'cond that is true': either((x) => ops.less(ops.sum(x), 1e3)),
  'cond that is false': either((x) => ops.greater(ops.sum(x), 1e3)),
  'switch at 0': ([x, y]) => ops.switch(0, branches, x!, y!),
  'switch at 1': ([x, y]) => ops.switch(at(x!, 1), branches, x!, y!),
  'switch beyond the end': ([x, y]) => ops.switch(at(x!, 7), branches, x!, y!),
  'switch before the start': ([x, y]) => ops.switch(at(x!, -7), branches, x!, y!),
  jvp: ([x, v]) => ops.jvp((e) => ops.sin(e), [x!], [v!]),
  'jvp of products': ([a, b, v, w]) =>
    ops.jvp((x, y) => ({ p: ops.matmul(x, y), s: ops.logsumexp(x) }), [a!, b!], [v!, w!]),
  'jvp with a second result': ([x, v]) =>
    ops.jvp((e) => [multiply(multiply(e, e), e), ops.sum(e)] as const, [x!], [v!], { hasAux: true }),
  vectorize: ([x, y]) => ops.vectorize((a, b) => multiply(ops.where(ops.less(a, b), a, b), b))(x!, y!),
  'vectorize with a signature': ([x, y]) =>
    ops.vectorize((a, b) => ops.dot(a, b), { signature: '(m,n),(n)->(m)' })(x!, y!),
  'vectorize with two results': ([x]) =>
    ops.vectorize((a) => [ops.sum(a), ops.cumsum(a)], { signature: '(n)->(),(n)' })(x!),
  'vectorize with an excluded argument': ([x]) => ops.vectorize((a, k) => ops.power(a, k), { excluded: [1] })(x!, 3),
};

/** The values of a result, in the order of the names of records. */
function leavesOf(result: unknown): Values {
  if (isValue(result)) return [result];
  if (result === null || result === undefined) return [];
  if (Array.isArray(result)) return result.flatMap(leavesOf);
  const record = result as Readonly<Record<string, unknown>>;
  return Object.keys(record).sort().flatMap((name) => leavesOf(record[name])); // prettier-ignore
}

/** Σ w · y over all outputs, with w = 1, 2, …. */
function loss(outputs: Values): Value {
  const parts = outputs
    .filter(({ dtype }) => isFloat(dtype))
    .map((y) => {
      const weights = Float64Array.from({ length: sizeOf(y.knownShape) }, (_, i) => i + 1);
      const weighted = multiply(y, ops.reshape(constant(weights), y.shape as readonly number[]));
      return build.sum(weighted, { axes: y.shape.map((_, axis) => axis) });
    });
  return build.addAll(parts as [Value, ...Value[]]);
}

const cases = loadGolden<Case>('control-flow').cases;

test.each(
  cases
    .filter(({ name }) => name !== 'rearrange')
    .map((each) => [`ops.${each.op}, ${each.name.replaceAll('_', ' ')},`, each] as const),
)('%s is that of Keras, with its gradients', (_, { name, shapes, seed, outputs, gradients: expected }) => {
  const feeds = shapes.map((shape, i) => tensor(Float64Array.from(lcg(shape, seed + i)), shape));
  const call = calls[name]!;
  const actual = evaluateAll((inputs) => leavesOf(call(inputs)), feeds);
  expect(actual.map(({ shape }) => shape)).toEqual(outputs.map(({ shape }) => shape));
  for (const [i, { data }] of outputs.entries()) expectClose(actual[i]!.data, data, { rtol: 1e-10 });
  if (expected === undefined) return;
  const found = evaluateAll((inputs) => {
    const made = gradients(loss(leavesOf(call(inputs))), inputs);
    return made.map((value, i) => value ?? build.fullLike(inputs[i]!, 0));
  }, feeds);
  for (const [i, { data }] of expected.entries()) expectClose(found[i]!.data, data, { rtol: 1e-10, atol: 1e-12 });
});

test.each(cases.flatMap((each) => (each.pattern === undefined ? [] : [[each.pattern, each] as const])))(
  'ops.rearrange of %s is that of Keras',
  (pattern, { shapes: [shape], seed, outputs, sizes }) => {
    const feeds = [tensor(Float64Array.from(lcg(shape!, seed)), shape)];
    const [actual] = evaluateAll(([x]) => [ops.rearrange(x!, pattern, sizes)], feeds);
    expect(actual!.shape).toEqual(outputs[0]!.shape);
    expectClose(actual!.data, outputs[0]!.data, { rtol: 1e-12 });
  },
);
