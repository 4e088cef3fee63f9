import { NotImplementedError } from '../../../core/errors.ts';
import type { LowerRules } from './rule.ts';

export const collectiveRules: LowerRules<'collectives'> = {
  /** Programs are cut here, so that only files and bodies of loops contain it when they are lowered. */
  allReduce: () => {
    throw new NotImplementedError(
      '[ops.allReduce] a sum over processes cannot be part of an exported file. Export the model in inference, or in a world of one process.',
    );
  },
};
