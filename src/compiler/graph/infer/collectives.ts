import { ValueError } from '../../../core/errors.ts';
import type { InferRules } from './rule.ts';

export const collectiveRules: InferRules<'collectives'> = {
  allReduce: ([{ shape, dtype }]) => {
    if (dtype === 'bool' || dtype === 'uint8') {
      throw new ValueError(
        `[ops.allReduce] x must be float32, float64 or int32. Received: dtype=${dtype}. Cast it to int32.`,
      );
    }
    return [{ shape, dtype }];
  },
};
