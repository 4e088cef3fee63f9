import type { EvaluateRules } from './rule.ts';

export const collectiveRules: EvaluateRules<'collectives'> = {
  /** The reference is a world of one. */
  allReduce: ([x]) => [x],
};
