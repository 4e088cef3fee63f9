export {
  type Folded,
  type FoldOptions,
  type FoldReport,
  foldBatchNormalization,
} from './fold/fold-batch-normalization.ts';
export type { LeftNormalization, MergedNormalization } from './fold/plan.ts';
export type { Finding, FindingKind, Severity } from './inspect/findings.ts';
export {
  type InspectedNormalization,
  type NormalizationReport,
  type NormalizationVerdict,
  type WeightRange,
  inspectNormalization,
} from './inspect/inspect-normalization.ts';
