import { describe, expect, test } from 'vitest';
import { ValueError } from '../../../../../src/core/errors.ts';
import { topologicalOrder } from '../../../../../src/compiler/graph/graph.ts';
import { input } from '../../../../../src/compiler/graph/leaves.ts';
import { Dense, Input } from '../../../../../src/keras/layers/index.ts';

const primitives = (layer: Dense, shape: readonly number[]): readonly string[] =>
  topologicalOrder([layer.apply(input('x', shape, 'float32'))])
    .map(({ primitive }) => primitive)
    .filter((primitive) => primitive !== 'input' && primitive !== 'variable');

describe('Dense', () => {
  test('emits a product, and a sum and an activation where there are any', () => {
    expect(primitives(new Dense(2, { useBias: false }), [3, 4])).toEqual(['matmul']);
    expect(primitives(new Dense(2), [3, 4])).toEqual(['matmul', 'add']);
    expect(primitives(new Dense(2, { activation: 'linear' }), [3, 5, 4])).toEqual(['matmul', 'add']);
    expect(primitives(new Dense(2, { activation: 'relu' }), [3, 4])).toEqual(['matmul', 'add', 'relu']);
  });

  test('gives the shape of its output where nothing but the rank is known', () => {
    expect(new Dense(5).computeOutputShape([null, null])).toEqual([null, 5]);
    expect(new Dense(5).apply(Input({ shape: [null, 3] })).shape).toEqual([null, null, 5]);
  });

  test('has a kernel only once it is built', () => {
    const layer = new Dense(2, { name: 'd' });
    expect(() => layer.kernel).toThrow(
      '[Dense d] the kernel is made by build: call the layer on an input or build([…]) first.',
    );
    expect(layer.bias).toBe(null);
    layer.build([null, 3]);
    expect(layer.kernel.shape).toEqual([3, 2]);
    expect(layer.bias?.value.toArray()).toEqual([0, 0]);
  });

  test.each([
    [0, ValueError, '[Dense d] units must be a positive integer. Received: units=0.'],
    [2.5, ValueError, '[Dense d] units must be a positive integer. Received: units=2.5.'],
    ['2', TypeError, '[Dense d] units must be a positive integer. Received: units="2".'],
  ])('refuses %j units', (units, ErrorType, message) => {
    const make = (): Dense => new Dense(units as number, { name: 'd' });
    expect(make).toThrow(ErrorType);
    expect(make).toThrow(message);
  });

  test.each([
    [{ activaton: 'relu' }, '[Dense] unknown option "activaton". Did you mean "activation"?'],
    [{ kernelRegulariser: 'l2' }, '[Dense] unknown option "kernelRegulariser". Did you mean "kernelRegularizer"?'],
    [{ name: 'd', activation: 'rellu' }, '[Dense d] unknown activation "rellu". Did you mean "relu"?'],
    [{ name: 'd', useBias: 1 }, '[Dense d] useBias must be true or false. Received: useBias=1.'],
    [{ name: 'd', loraRank: -1 }, '[Dense d] loraRank must be a positive integer. Received: loraRank=-1.'],
    [
      { name: 'd', quantizationConfig: {} },
      '[Dense d] quantizationConfig must be null: quantized layers are not supported. Received: quantizationConfig={}.',
    ],
  ])('refuses %j', (options, message) => {
    expect(() => new Dense(1, options as never)).toThrow(message);
  });

  test('refuses inputs that do not fit', () => {
    const layer = new Dense(2, { name: 'd' });
    expect(() => layer.apply(Input({ batchShape: [3] }))).toThrow(
      '[Dense d] expected an input of rank 2 or more. Received: input of shape [3].',
    );
    expect(() => layer.apply(Input({ shape: [null] }))).toThrow(
      '[Dense d] the size of axis 1 must be known to create the weights. Received: inputShape=[null, null].',
    );
    expect(layer.built).toBe(false);
    layer.build([null, 4]);
    expect(() => layer.apply(input('x', [2, 5], 'float32'))).toThrow(
      '[Dense d] expected axis -1 of the input to have size 4. Received: input of shape [2, 5].',
    );
    expect(() => layer.computeOutputShape([null, 3])).toThrow(
      '[Dense d] expected axis -1 of the input to have size 4. Received: input of shape [null, 3].',
    );
  });

  test('can be extended', () => {
    class Tied extends Dense {
      static override readonly className: string = 'Tied';
    }
    const layer = Tied.fromConfig(new Tied(3).getConfig());
    expect(layer).toBeInstanceOf(Tied);
    expect(layer.who).toMatch(/^Tied tied/);
  });
});
