export {
  type Folded,
  type FoldOptions,
  type FoldReport,
  foldBatchNormalization,
} from './fold/fold-batch-normalization.ts';
export type { LeftNormalization, MergedNormalization } from './fold/plan.ts';
