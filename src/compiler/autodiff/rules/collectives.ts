import { allReduce } from '../../builder/index.ts';
import { type GradientRules, unary } from './rule.ts';

export const collectiveRules: GradientRules<'collectives'> = {
  /** The loss is the sum of those of all processes, each of which depends on the operand of every one. */
  allReduce: unary((dy) => allReduce(dy)),
};
