import type { LeafName, PrimitiveName } from '../../graph/primitives.ts';
import type { LowerRules } from '../rule.ts';
import { convolutionRules } from './convolution.ts';
import { elementwiseRules } from './elementwise.ts';
import { matmulRules } from './matmul.ts';
import { movementRules } from './movement.ts';
import { poolingRules } from './pooling.ts';
import { reductionRules } from './reductions.ts';

export const lowerRules: LowerRules<Exclude<PrimitiveName, LeafName>> = {
  ...elementwiseRules,
  ...movementRules,
  ...reductionRules,
  ...matmulRules,
  ...convolutionRules,
  ...poolingRules,
};
