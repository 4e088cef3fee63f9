import { expect, test } from 'vitest';
import { tensor } from '../../../../src/core/tensor.ts';
import { constant, initialState, input } from '../../../../src/compiler/graph/leaves.ts';
import { Trace, traceOf } from '../../../../src/compiler/graph/trace.ts';
import { Variable } from '../../../../src/compiler/ir/variable.ts';
import * as ops from '../../../../src/keras/ops/index.ts';

const variable = (name = 'v'): Variable => new Variable(tensor([1, 2]), { name, path: `layer/${name}` });

test('reading a variable returns its initial state, then its last update', () => {
  const trace = new Trace();
  const v = variable();
  expect(trace.read(v)).toBe(initialState(v));
  const next = ops.add(trace.read(v), 1);
  trace.update(v, next);
  expect(trace.read(v)).toBe(next);
  const last = ops.multiply(trace.read(v), 2);
  trace.update(v, last);
  expect(trace.updates).toEqual([{ variable: v, value: last }]);
  expect(new Trace().read(v)).toBe(initialState(v));
});

test('reading a variable twice returns the same value', () => {
  const v = variable();
  expect(initialState(v)).toBe(initialState(v));
  expect(initialState(v)).not.toBe(initialState(variable()));
});

test('an update of another shape or dtype than its variable throws', () => {
  const trace = new Trace();
  expect(() => trace.update(variable(), constant([1]))).toThrowErrorMatchingInlineSnapshot(
    `[ValueError: [update] the new state of layer/v must be float32[2]. Received: float32[1].]`,
  );
  expect(() => trace.update(variable(), constant([1, 2], 'int32'))).toThrowErrorMatchingInlineSnapshot(
    `[ValueError: [update] the new state of layer/v must be float32[2]. Received: int32[2].]`,
  );
  expect(trace.updates).toEqual([]);
});

test('the losses of a trace are in the order of their addition', () => {
  const trace = new Trace();
  const [a, b] = [constant(1), constant(2)];
  trace.addLoss(a);
  trace.addLoss(b);
  expect(trace.losses).toEqual([a, b]);
});

test('a mask applies to its value in its trace only', () => {
  const trace = new Trace();
  const x = input('x', [2], 'float32');
  const mask = constant([true, false]);
  trace.setMask(x, mask);
  expect(trace.maskOf(x)).toBe(mask);
  expect(trace.maskOf(ops.exp(x))).toBeNull();
  expect(new Trace().maskOf(x)).toBeNull();
});

test('traceOf returns the trace of an input from which a value was computed', () => {
  const trace = new Trace();
  const x = input('x', [2], 'float32');
  trace.adopt(x);
  const v = variable();
  const y = ops.add(ops.exp(x), v);
  expect(traceOf([constant([1, 2]), y])).toBe(trace);
  expect(traceOf([y])).toBe(trace);
  expect(traceOf([constant([1])])).toBeNull();
  // The initial state of a variable is shared by all traces and belongs to none.
  expect(traceOf([initialState(v)])).toBeNull();
  const other = new Trace();
  const z = input('z', [2], 'float32');
  other.adopt(z);
  expect(traceOf([ops.multiply(z, v)])).toBe(other);
});

test('traceOf of a deep graph does not overflow the stack', () => {
  const trace = new Trace();
  const x = input('x', [], 'float32');
  trace.adopt(x);
  let y = x;
  for (let i = 0; i < 20_000; i++) y = ops.negative(y);
  expect(traceOf([y])).toBe(trace);
});
