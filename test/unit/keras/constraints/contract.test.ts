import { Constraint } from '../../../../src/keras/constraints/index.ts';
import * as roster from '../../../../src/keras/constraints/roster.ts';
import { classesOf } from '../../../../src/keras/saving/vocabulary.ts';
import { type DescribedClass, testFieldContract } from '../../../support/field-contract.ts';

const classes = classesOf(Constraint, roster) as unknown as Readonly<Record<string, DescribedClass>>;

testFieldContract(classes, { values: { minValue: 0.5, maxValue: 3, rate: 0.5, axis: [0, 1] } });
