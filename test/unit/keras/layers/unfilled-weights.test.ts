import { describe, expect, test } from 'vitest';
import { Dense, type Layer } from '../../../../src/keras/layers/index.ts';
import { withoutInitialValues } from '../../../../src/keras/layers/base/unfilled-weights.ts';

function built(): Layer {
  const layer = new Dense(2, { kernelInitializer: 'ones', biasInitializer: 'ones' });
  layer.build([null, 1]);
  return layer;
}

const numbers = (layer: Layer): readonly number[] => layer.getWeights().flatMap(({ data }) => [...data]);

describe('weights that a file will fill', () => {
  test('are zeros, whatever their initializers say', () => {
    expect(numbers(withoutInitialValues(built))).toEqual([0, 0, 0, 0]);
    expect(numbers(built())).toEqual([1, 1, 1, 1]);
  });

  test('end with the step that made them, even if it fails', () => {
    const failing = (): never => {
      throw new Error('stop');
    };
    expect(() => withoutInitialValues(failing)).toThrow('stop');
    expect(numbers(built())).toEqual([1, 1, 1, 1]);
  });
});
