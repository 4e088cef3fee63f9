import { describe, expect, test } from 'vitest';
import * as losses from '../../../src/losses/index.ts';
import { constant } from '../../../src/graph/leaves.ts';
import type { Config } from '../../../src/core/config.ts';
import { expectClose } from '../../support/close.ts';
import { type GoldenArray, type GoldenValue, loadGolden } from '../../support/golden.ts';
import { camelCase, goldenTensor, valueAndGradient } from './golden-values.ts';

interface Case {
  readonly loss: string;
  readonly options: Readonly<Record<string, GoldenValue>>;
  readonly yTrue: GoldenArray;
  readonly yPred: GoldenArray;
  readonly sampleWeight: GoldenArray | null;
  readonly mask: GoldenArray | null;
  readonly note?: string;
  readonly config: Config;
  readonly value?: GoldenArray;
  readonly dySeed?: number | null;
  readonly gradient?: GoldenArray;
  readonly error?: readonly [string, string];
}

type LossClass = new (options: object) => losses.Loss;

const golden = loadGolden<Case>('losses');
const classes = losses as unknown as Record<string, LossClass>;

describe('every loss gives the values and gradients of Keras', () => {
  test.each(golden.cases.map((entry, i) => ({ note: '', ...entry, i })))(
    '$loss $options $note ($i)',
    ({ loss, options, yTrue, yPred, sampleWeight, mask, value, dySeed, gradient, error }) => {
      const made = new classes[loss]!(camelCase(options));
      const target = constant(goldenTensor(yTrue));
      const weights = {
        sampleWeight: sampleWeight === null ? null : goldenTensor(sampleWeight),
        mask: mask === null ? null : goldenTensor(mask),
      };
      const run = (): ReturnType<typeof valueAndGradient> =>
        valueAndGradient((x) => made.apply(target, x, weights), goldenTensor(yPred), dySeed ?? null);
      if (error !== undefined) {
        expect(run).toThrow();
        return;
      }
      const found = run();
      expect(found.value.shape).toEqual(value!.shape);
      expectClose(found.value.data, value!.data, { rtol: 1e-9 });
      expectClose(found.gradient.data, gradient!.data, { rtol: 1e-9 });
    },
  );
});
