import type { LeafName, PrimitiveName } from '../../../src/compiler/ir/primitives.ts';
import type { PrimitiveCases } from './case.ts';
import { collectiveCases } from './collectives.ts';
import { controlCases } from './control.ts';
import { convolutionCases } from './convolution.ts';
import { elementwiseCases } from './elementwise.ts';
import { matmulCases } from './matmul.ts';
import { movementCases } from './movement.ts';
import { normalizationCases } from './normalization.ts';
import { poolingCases } from './pooling.ts';
import { reductionCases } from './reductions.ts';
import { selectionCases } from './selection.ts';

/** The results of every primitive with operands, computed by hand: the reference and each engine must agree with them. */
export const primitiveCases: PrimitiveCases<Exclude<PrimitiveName, LeafName>> = {
  ...elementwiseCases,
  ...movementCases,
  ...reductionCases,
  ...selectionCases,
  ...normalizationCases,
  ...matmulCases,
  ...convolutionCases,
  ...poolingCases,
  ...controlCases,
  ...collectiveCases,
};
