import type { PrimitiveOf } from '../../../src/compiler/ir/primitives.ts';
import { type PrimitiveCases, float, int } from './case.ts';

export const collectiveCases: PrimitiveCases<PrimitiveOf<'collectives'>> = {
  allReduce: [
    { about: 'in a world of one', attributes: { order: 0 }, inputs: [float([1, -2])], outputs: [float([1, -2])] },
    { about: 'of int32', attributes: { order: 0 }, inputs: [int([[7]])], outputs: [int([[7]])] },
  ],
};
