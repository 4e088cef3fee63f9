import type { PrimitiveName } from '../../graph/primitives.ts';
import { contractionRules } from './contractions.ts';
import { elementwiseRules } from './elementwise.ts';
import { leafRules } from './leaves.ts';
import { movementRules } from './movement.ts';
import { poolingRules } from './pooling.ts';
import { reductionRules } from './reductions.ts';
import type { EvaluateRules } from './rule.ts';

export const evaluateRules: EvaluateRules<PrimitiveName> = {
  ...leafRules,
  ...elementwiseRules,
  ...movementRules,
  ...reductionRules,
  ...contractionRules,
  ...poolingRules,
};
