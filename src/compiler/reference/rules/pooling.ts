import { type KnownShape, known, sizeOf } from '../../../core/shape.ts';
import type { PoolingAttributes } from '../../ir/primitives.ts';
import { windowPositions } from '../../ir/windows.ts';
import { at, zeros } from '../arrays/array.ts';
import { coverage } from '../arrays/windows.ts';
import type { EvaluateRules } from './rule.ts';

/** For each window of each channel: its offset in y, and the offsets of its elements in x. */
function* windows(x: KnownShape, attributes: PoolingAttributes): Iterable<{ y: number; elements: readonly number[] }> {
  const spatial = x.slice(2);
  const positions = known(windowPositions(spatial, attributes.window, attributes));
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
  ...known(windowPositions(x.slice(2), attributes.window, attributes)),
];

export const poolingRules: EvaluateRules<'pooling'> = {
  maxPool: ([x], attributes) => {
    const y = zeros(x.dtype, pooledShape(x.shape, attributes));
    for (const window of windows(x.shape, attributes)) {
      y.data[window.y] = Math.max(...window.elements.map((offset) => at(x.data, offset)));
    }
    return [y];
  },
  maxPoolGradient: ([x, , dy], attributes) => {
    const dx = zeros(x.dtype, x.shape);
    for (const window of windows(x.shape, attributes)) {
      const maximum = Math.max(...window.elements.map((offset) => at(x.data, offset)));
      const first = window.elements.find((offset) => at(x.data, offset) === maximum);
      if (first !== undefined) dx.data[first] = at(dx.data, first) + at(dy.data, window.y);
    }
    return [dx];
  },
  averagePool: ([x], attributes) => {
    const y = zeros(x.dtype, pooledShape(x.shape, attributes));
    for (const window of windows(x.shape, attributes)) {
      const total = window.elements.reduce((sum, offset) => sum + at(x.data, offset), 0);
      y.data[window.y] = total / window.elements.length;
    }
    return [y];
  },
  averagePoolGradient: ([dy], attributes) => {
    const dx = zeros(dy.dtype, [...dy.shape.slice(0, 2), ...attributes.inputShape]);
    for (const window of windows(dx.shape, attributes)) {
      const share = at(dy.data, window.y) / window.elements.length;
      for (const offset of window.elements) dx.data[offset] = at(dx.data, offset) + share;
    }
    return [dx];
  },
};
