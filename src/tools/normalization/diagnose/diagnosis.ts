import { checkBoolean, checkOptions } from '../../../core/checks.ts';
import type { NormalizationVerdict } from '../inspect/inspect-normalization.ts';
import type { DiagnosedLayer, Diagnosis, DiagnosisData, NoteKind } from './report.ts';
import { htmlOf } from './html.ts';
import { textOf } from './text.ts';

/** Options of {@link NormalizationDiagnosis.toHtml}. */
export interface HtmlOptions {
  /** Whether the page has plots. @default true */
  readonly plots?: boolean | undefined;
}

/**
 * The result of {@link diagnoseNormalization}: data that JSON can hold, which `toString` shows as text, and `toHtml` as a page.
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

  /**
   * Returns the diagnosis as an HTML page without scripts or references to other files: the findings, a table of the layers,
   * and plots of their channels as SVG, which follow the color scheme of the reader. The plots need Node and the optional
   * packages of `evenkeel/plots`.
   *
   * @throws NotImplementedError with plots in browsers, or if an optional package is not installed; TypeError for an unknown
   * option
   */
  async toHtml(options: HtmlOptions = {}): Promise<string> {
    const who = 'NormalizationDiagnosis.toHtml';
    checkOptions(who, options, ['plots']);
    return htmlOf(this, checkBoolean(who, 'plots', options.plots ?? true));
  }
}
