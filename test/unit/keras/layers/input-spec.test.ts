import { expect, test } from 'vitest';
import { Input, InputSpec, Layer } from '../../../../src/keras/layers/index.ts';
import type { InputSpecOptions } from '../../../../src/keras/layers/index.ts';
import type { Value } from '../../../../src/compiler/ir/value.ts';
import { add } from '../../../../src/keras/ops/index.ts';
import type { Tree } from '../../../../src/core/tree.ts';

class Checked extends Layer {
  static override readonly className = 'Checked';

  constructor(specs: InputSpecOptions | readonly InputSpecOptions[]) {
    super({ name: 'c' });
    const list: readonly InputSpecOptions[] = 'length' in specs ? specs : [specs];
    this.inputSpec = list.map((spec) => new InputSpec(spec));
  }

  override call(inputs: Tree<Value>): Value {
    const values = (Array.isArray(inputs) ? inputs : [inputs]) as readonly Value[];
    return values.reduce((a, b) => add(a, b));
  }
}

const call = (specs: InputSpecOptions | readonly InputSpecOptions[], ...shapes: readonly (readonly number[])[]) => {
  const inputs = shapes.map((shape) => Input({ shape }));
  return () => new Checked(specs).apply(inputs.length === 1 ? inputs[0]! : inputs).shape;
};

test.each<[InputSpecOptions, readonly number[]]>([
  [{}, [3]],
  [{ ndim: 2 }, [3]],
  [{ minNdim: 2, maxNdim: 3 }, [3, 4]],
  [{ axes: { [-1]: 4, 1: null } }, [3, 4]],
  [{ shape: [null, 3, null] }, [3, 4]],
  [{ dtype: 'float32' }, [3]],
  [{ shape: [null, 3, 1], allowLastAxisSqueeze: true }, [3]],
  [{ shape: [null, 3], allowLastAxisSqueeze: true }, [3, 1]],
])('InputSpec %j admits an input of shape %j', (spec, shape) => {
  expect(call(spec, shape)()).toEqual([null, ...shape]);
});

test.each<[InputSpecOptions, readonly number[], string]>([
  [{ ndim: 3 }, [3], 'an input of rank 3. Received: input of shape [null, 3].'],
  [{ maxNdim: 2 }, [3, 4], 'an input of rank 2 or less. Received: input of shape [null, 3, 4].'],
  [{ minNdim: 3 }, [3], 'an input of rank 3 or more. Received: input of shape [null, 3].'],
  [{ axes: { [-1]: 4 } }, [3], 'axis -1 of the input to have size 4. Received: input of shape [null, 3].'],
  [{ shape: [null, 4] }, [3], 'an input of shape [null, 4]. Received: input of shape [null, 3].'],
  [{ dtype: 'float64' }, [3], 'an input of dtype float64. Received: float32.'],
  [
    { shape: [null, 4, 1], allowLastAxisSqueeze: true },
    [3],
    'an input of shape [null, 4, 1]. Received: input of shape [null, 3].',
  ],
])('InputSpec %j refuses an input of shape %j', (spec, shape, message) => {
  expect(call(spec, shape)).toThrow(`[Checked c] expected ${message}`);
});

test('InputSpecs of several inputs are checked one by one, and their number is', () => {
  const specs = [{ ndim: 2, name: 'query' }, { shape: [null, 3] }, { optional: true }];
  expect(call(specs, [3], [3])()).toEqual([null, 3]);
  expect(call(specs, [3], [3], [3])()).toEqual([null, 3]);
  expect(call(specs, [2, 3], [3])).toThrow('[Checked c] expected input query of rank 2.');
  expect(call(specs, [3], [4])).toThrow('[Checked c] expected input 1 of shape [null, 3].');
  expect(call(specs, [3])).toThrow('[Checked c] expected 3 inputs: input query, input 1, input 2. Received: 1.');
});

test('InputSpec refuses options that contradict each other or do not exist', () => {
  expect(() => new InputSpec({ ndim: 2, axes: { 2: 3 } })).toThrow(
    '[InputSpec] axes must be less than 2 for inputs of this rank. Received: axis 2.',
  );
  expect(() => new InputSpec({ axes: { a: 3 } as never })).toThrow(
    '[InputSpec] axes must have integers as keys and sizes.',
  );
  expect(() => new InputSpec({ rank: 2 } as never)).toThrow('[InputSpec] unknown option "rank"');
  expect(new InputSpec('int32', [null, 2])).toMatchObject({ dtype: 'int32', ndim: 2 });
  expect(new InputSpec({ shape: [null, 2] })).toMatchObject({ ndim: 2, minNdim: null, optional: false });
});
