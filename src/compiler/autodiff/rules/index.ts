import type { PrimitiveName } from '../../graph/primitives.ts';
import { contractionRules } from './contractions.ts';
import { elementwiseRules } from './elementwise.ts';
import { leafRules } from './leaves.ts';
import { movementRules } from './movement.ts';
import { normalizationRules } from './normalization.ts';
import { reductionRules } from './reductions.ts';
import type { GradientRules } from './rule.ts';

export const gradientRules: GradientRules<PrimitiveName> = {
  ...leafRules,
  ...elementwiseRules,
  ...movementRules,
  ...reductionRules,
  ...normalizationRules,
  ...contractionRules,
};
