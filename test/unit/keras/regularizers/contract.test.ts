import { Regularizer } from '../../../../src/keras/regularizers/index.ts';
import * as roster from '../../../../src/keras/regularizers/roster.ts';
import { classesOf } from '../../../../src/keras/saving/vocabulary.ts';
import { type DescribedClass, testFieldContract } from '../../../support/field-contract.ts';

const classes = classesOf(Regularizer, roster) as unknown as Readonly<Record<string, DescribedClass>>;

testFieldContract(classes, { values: { l1: 0.5, l2: 0.25, factor: 0.5, mode: 'columns' } });
