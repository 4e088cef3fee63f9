import { elementwiseBlockedRules } from './elementwise.ts';
import { movementBlockedRules } from './movement.ts';
import { normalizationBlockedRules } from './normalization.ts';
import { poolingBlockedRules } from './pooling.ts';
import { reductionBlockedRules } from './reductions.ts';
import type { BlockedRules } from './rule.ts';

/** The blocked form of each primitive that has one. Convolutions choose it themselves. */
export const blockedRules: BlockedRules = {
  ...elementwiseBlockedRules,
  ...movementBlockedRules,
  ...normalizationBlockedRules,
  ...poolingBlockedRules,
  ...reductionBlockedRules,
};
