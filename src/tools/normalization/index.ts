/**
 * Tools around normalization: diagnosis, recalibration, adaptation, replacement, folding, monitoring.
 *
 * @module evenkeel/normalization
 */
export { type DiagnoseOptions, diagnoseNormalization } from './diagnose/diagnose-normalization.ts';
export { type HtmlOptions, NormalizationDiagnosis } from './diagnose/diagnosis.ts';
export type {
  ChannelNumbers,
  ConcernedLayer,
  DiagnosedLayer,
  Diagnosis,
  DiagnosisData,
  FaultKind,
  NormalizationPlacement,
  NoteKind,
  Spread,
  StatisticsDistance,
} from './diagnose/report.ts';
export type { DiagnosisThresholds } from './diagnose/thresholds.ts';
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
export {
  type FreezeOptions,
  freezeBatchNormalization,
  unfreezeBatchNormalization,
} from './freeze/freeze-batch-normalization.ts';
export { NormalizationMonitor } from './monitor/normalization-monitor.ts';
export type { MonitoredGradients, NormalizationMonitorOptions } from './monitor/options.ts';
export type { MonitorPlotOptions, MonitorQuantity } from './monitor/plot-records.ts';
export type { MonitorRecord, MonitoredLayer } from './monitor/records.ts';
export {
  type AdaptOptions,
  type TestTimeOptions,
  adaptBatchNormalization,
  withTestTimeStatistics,
} from './recalibrate/adapt-batch-normalization.ts';
export {
  type RecalibratedLayer,
  type RecalibrateOptions,
  recalibrateBatchNormalization,
} from './recalibrate/recalibrate-batch-normalization.ts';
export {
  type Replaced,
  type ReplacedNormalization,
  type ReplaceOptions,
  type ReplaceReport,
  type ReplaceRule,
  replaceNormalization,
} from './replace/replace-normalization.ts';
export type { ReplacementName, ReplacementOptions } from './replace/replacements.ts';
export type { DataOptions, InputData } from './statistics/data.ts';
export type { Distance } from './statistics/distance.ts';
