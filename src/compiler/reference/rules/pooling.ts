import { type KnownShape, sizeOf } from '../../../core/shape.ts';
import type { PoolingAttributes, PoolingName } from '../../graph/primitives.ts';
import { at, zeros } from '../array.ts';
import { coverage, outputExtents } from '../windows.ts';
import { type EvaluateRules, operand } from './rule.ts';

/** For each window of each channel: its offset in y, and the offsets in x of the elements under it. */
function* windows(x: KnownShape, attributes: PoolingAttributes): Iterable<{ y: number; elements: readonly number[] }> {
  const spatial = x.slice(2);
  const positions = outputExtents(spatial, attributes.window, attributes);
  const covered = coverage(spatial, attributes.window, positions, attributes);
  for (let plane = 0; plane < sizeOf(x.slice(0, 2)); plane++) {
    const base = plane * sizeOf(spatial);
    for (const [place, elements] of covered.entries()) {
      yield { y: plane * covered.length + place, elements: elements.map((element) => base + element.x) };
    }
  }
}

const pooledShape = (x: KnownShape, attributes: PoolingAttributes): KnownShape => [
  ...x.slice(0, 2),
  ...outputExtents(x.slice(2), attributes.window, attributes),
];

export const poolingRules: EvaluateRules<PoolingName> = {
  maxPool: (inputs, attributes) => {
    const x = operand(inputs, 0);
    const y = zeros(x.dtype, pooledShape(x.shape, attributes));
    for (const window of windows(x.shape, attributes)) {
      y.data[window.y] = Math.max(...window.elements.map((offset) => at(x.data, offset)));
    }
    return [y];
  },
  maxPoolGradient: (inputs, attributes) => {
    const [x, dy] = [operand(inputs, 0), operand(inputs, 2)];
    const dx = zeros(x.dtype, x.shape);
    for (const window of windows(x.shape, attributes)) {
      const greatest = Math.max(...window.elements.map((offset) => at(x.data, offset)));
      const first = window.elements.find((offset) => at(x.data, offset) === greatest);
      if (first !== undefined) dx.data[first] = at(dx.data, first) + at(dy.data, window.y);
    }
    return [dx];
  },
  averagePool: (inputs, attributes) => {
    const x = operand(inputs, 0);
    const y = zeros(x.dtype, pooledShape(x.shape, attributes));
    for (const window of windows(x.shape, attributes)) {
      const total = window.elements.reduce((sum, offset) => sum + at(x.data, offset), 0);
      y.data[window.y] = total / window.elements.length;
    }
    return [y];
  },
  averagePoolGradient: (inputs, attributes) => {
    const dy = operand(inputs, 0);
    const dx = zeros(dy.dtype, [...dy.shape.slice(0, 2), ...attributes.inputShape]);
    for (const window of windows(dx.shape, attributes)) {
      const share = at(dy.data, window.y) / window.elements.length;
      for (const offset of window.elements) dx.data[offset] = at(dx.data, offset) + share;
    }
    return [dx];
  },
};
