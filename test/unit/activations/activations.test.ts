import { describe, expect, test } from 'vitest';
import * as activations from '../../../src/activations/index.ts';
import { Tensor, tensor } from '../../../src/core/tensor.ts';
import type { Value } from '../../../src/graph/value.ts';
import { expectClose } from '../../support/close.ts';
import { type GoldenArray, type GoldenValue, loadGolden } from '../../support/golden.ts';
import { camelCase, goldenTensor, valueAndGradient } from '../losses/golden-values.ts';

interface Case {
  readonly activation: string;
  readonly options: Readonly<Record<string, GoldenValue>>;
  readonly which: string;
  readonly input: GoldenArray;
  readonly dySeed: number;
  readonly output?: GoldenArray;
  readonly gradient?: GoldenArray;
  readonly error?: readonly [string, string];
}

const golden = loadGolden<Case>('activations');

type Flexible = (x: Value, options?: object) => Value;

function call(name: string, options: Readonly<Record<string, GoldenValue>>): (x: Value) => Value {
  const camel = camelCase({ [name]: null, ...options });
  const [exported] = Object.keys(camel);
  delete camel[exported!];
  if (exported === 'threshold') {
    return (x) => activations.threshold(x, options['threshold'] as number, options['default_value'] as number);
  }
  const table = activations as unknown as Record<string, Flexible>;
  return (x) => table[exported!]!(x, Object.keys(camel).length === 0 ? undefined : camel);
}

describe('every activation gives the values and gradients of Keras', () => {
  test.each(golden.cases.map((entry, i) => ({ ...entry, i })))(
    '$activation $options of $which ($i)',
    ({ activation, options, input, dySeed, output, gradient, error }) => {
      const run = (): ReturnType<typeof valueAndGradient> =>
        valueAndGradient(call(activation, options), goldenTensor(input), dySeed);
      if (error !== undefined) {
        expect(run).toThrow();
        return;
      }
      const found = run();
      expect(found.value.shape).toEqual(output!.shape);
      expectClose(found.value.data, output!.data, { rtol: 1e-9 });
      expectClose(found.gradient.data, gradient!.data, { rtol: 1e-9 });
    },
  );
});
