import { Initializer } from '../../../../src/keras/initializers/index.ts';
import * as roster from '../../../../src/keras/initializers/roster.ts';
import { classesOf } from '../../../../src/keras/saving/vocabulary.ts';
import { type DescribedClass, testFieldContract } from '../../../support/field-contract.ts';

const classes = classesOf(Initializer, roster) as unknown as Readonly<Record<string, DescribedClass>>;

testFieldContract(classes, {
  values: {
    ...{ seed: 7, gain: 2, mean: 1, stddev: 0.5, minval: -2, maxval: 3, value: 4, scale: 2, mode: 'fan_out' },
    ...{ distribution: 'uniform', inputAxes: [0], outputAxes: [1] },
    ...{ side: 'imag', window: 'hamming', periodic: true, scaling: 'spectrum' },
  },
});
