import { Loss } from '../../../../src/keras/losses/index.ts';
import * as roster from '../../../../src/keras/losses/roster.ts';
import { classesOf } from '../../../../src/keras/saving/vocabulary.ts';
import { type DescribedClass, testFieldContract } from '../../../support/field-contract.ts';

const { LossFunctionWrapper: _wrapper, ...classes } = classesOf(Loss, roster) as unknown as Readonly<
  Record<string, DescribedClass>
>;

testFieldContract(classes, {
  values: {
    ...{ name: 'mine', reduction: 'sum', dtype: 'float64' },
    ...{ gamma: 3, margin: 0.5, removeDiagonal: false, fromLogits: true, labelSmoothing: 0.5, axis: -2 },
    ...{ ignoreClass: 255, applyClassBalancing: true, alpha: 0.75, beta: 0.5, q: 0.25, delta: 2 },
  },
});
