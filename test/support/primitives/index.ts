import type { LeafName, PrimitiveName } from '../../../src/compiler/graph/primitives.ts';
import type { PrimitiveCases } from './case.ts';
import { contractionCases } from './contractions.ts';
import { elementwiseCases } from './elementwise.ts';
import { movementCases } from './movement.ts';
import { reductionCases } from './reductions.ts';

/** What every primitive with operands gives, in numbers worked out by hand: the reference and each engine must agree. */
export const primitiveCases: PrimitiveCases<Exclude<PrimitiveName, LeafName>> = {
  ...elementwiseCases,
  ...movementCases,
  ...reductionCases,
  ...contractionCases,
};
