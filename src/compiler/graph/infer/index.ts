import type { PrimitiveName } from '../primitives.ts';
import { contractionRules } from './contractions.ts';
import { elementwiseRules } from './elementwise.ts';
import { leafRules } from './leaves.ts';
import { movementRules } from './movement.ts';
import { reductionRules } from './reductions.ts';
import type { InferRules } from './rule.ts';

export const inferRules: InferRules<PrimitiveName> = {
  ...leafRules,
  ...elementwiseRules,
  ...movementRules,
  ...reductionRules,
  ...contractionRules,
};
