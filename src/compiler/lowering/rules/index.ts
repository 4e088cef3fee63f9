import type { Family } from '../../ir/primitives.ts';
import { collectiveRules } from './collectives.ts';
import { controlRules } from './control.ts';
import { convolutionRules } from './convolution.ts';
import { elementwiseRules } from './elementwise.ts';
import { leafRules } from './leaves.ts';
import { matmulRules } from './matmul.ts';
import { movementRules } from './movement.ts';
import { normalizationRules } from './normalization.ts';
import { poolingRules } from './pooling.ts';
import { reductionRules } from './reductions.ts';
import { selectionRules } from './selection.ts';
import type { LowerRules } from './rule.ts';

/** The ONNX form of each primitive. */
export const lowerRules: LowerRules<Family> = {
  ...leafRules,
  ...elementwiseRules,
  ...movementRules,
  ...selectionRules,
  ...reductionRules,
  ...normalizationRules,
  ...matmulRules,
  ...convolutionRules,
  ...poolingRules,
  ...controlRules,
  ...collectiveRules,
};
