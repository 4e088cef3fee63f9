import type { NormalizationVerdict } from '../inspect/inspect-normalization.ts';
import type { DiagnosedLayer, Diagnosis, DiagnosisData, NoteKind } from './report.ts';
import { textOf } from './text.ts';

/**
 * The result of {@link diagnoseNormalization}: data that JSON can hold, which `toString` shows as text.
 */
export class NormalizationDiagnosis implements DiagnosisData {
  /** The name of the model. */
  readonly model: string;
  /** The verdict on the model: that of its most severe finding. */
  readonly verdict: NormalizationVerdict;
  /** The remedy with the largest expected effect, or that there is nothing to do. */
  readonly headline: string;
  /** The number of rows of data. */
  readonly rows: number;
  /** The batch size for which `effectiveBatchSize` is computed. */
  readonly batchSize: number;
  /** The normalization layers, in the order of the model. */
  readonly layers: readonly DiagnosedLayer[];
  /** The faults, in the order of the expected effect of their remedies; empty for a healthy model. */
  readonly findings: readonly Diagnosis[];
  /** Facts that need no action. */
  readonly notes: readonly Diagnosis<NoteKind>[];

  constructor({ model, verdict, headline, rows, batchSize, layers, findings, notes }: DiagnosisData) {
    this.model = model;
    this.verdict = verdict;
    this.headline = headline;
    this.rows = rows;
    this.batchSize = batchSize;
    this.layers = layers;
    this.findings = findings;
    this.notes = notes;
  }

  /** Returns the diagnosis as text: the headline, the findings with their remedies, and a table of the layers. */
  toString(): string {
    return textOf(this);
  }
}
