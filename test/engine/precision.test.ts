import { expect, test } from 'vitest';
import { loadGolden } from '../support/golden.ts';
import { type PrecisionCase, type Quantity, best, measure } from '../support/precision.ts';

const { cases } = loadGolden<PrecisionCase>('batch-normalization-precision');
const quantities: readonly Quantity[] = ['output', 'dx', 'dgamma', 'dbeta'];

test.for(cases)(
  'BatchNormalization loses no more than twice what the best of Keras and PyTorch loses: $name',
  async (golden) => {
    const errors = await measure(golden);
    for (const quantity of quantities) {
      const other = best(golden, quantity);
      expect(errors[quantity].rms, `rms error of ${quantity}`).toBeLessThanOrEqual(2 * other.rms);
      expect(errors[quantity].max, `largest error of ${quantity}`).toBeLessThanOrEqual(2 * other.max);
    }
  },
);
