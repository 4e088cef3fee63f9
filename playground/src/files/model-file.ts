import { type Layer, type Model, loadModel } from 'evenkeel';
import {
  type FoldReport,
  type NormalizationReport,
  foldBatchNormalization,
  inspectNormalization,
} from 'evenkeel/normalization';
import { messageOf } from '../page/message.ts';

/** The formats that are written. */
export type OutputFormat = 'keras' | 'h5' | 'onnx' | 'safetensors';

/** The part of a file that has been read, in bytes; `total` is null if it is unknown. */
export interface Progress {
  readonly loaded: number;
  readonly total: number | null;
}

/** A row of the summary. */
export interface LayerRow {
  readonly name: string;
  readonly className: string;
  /** `(None, 28, 28, 1)`; empty if it is unknown. */
  readonly outputShape: string;
  readonly parameters: number;
}

/** The outcome of folding; the message of the error if it is not possible. */
export type FoldOutcome = FoldReport | { readonly error: string };

/** Everything that the page shows about a model. */
export interface ModelReport {
  readonly name: string;
  readonly layers: readonly LayerRow[];
  readonly parameters: { readonly trainable: number; readonly frozen: number };
  readonly normalization: NormalizationReport;
  readonly folding: FoldOutcome;
  /** The warnings of the reader. */
  readonly warnings: readonly string[];
}

/** Options of {@link ModelFile.convert}. */
export interface ConvertOptions {
  readonly format: OutputFormat;
  /** Whether to write the folded model. */
  readonly folded: boolean;
}

/** A model in memory that was read from a file. */
export class ModelFile {
  #model: Model | null = null;
  #folded: Model | null = null;

  /**
   * Reads a model, and inspects it. If that fails, the model before it is kept.
   *
   * @param onProgress receives how much of a file has been read
   * @throws Error with a message for the visitor.
   */
  async open(
    source: Uint8Array | File,
    onProgress: (progress: Progress) => void = () => undefined,
  ): Promise<ModelReport> {
    const { result: model, warnings } = await collectWarnings(() => loadModel(source, { onProgress }));
    const [folded, folding] = fold(model);
    const report = {
      name: model.name,
      layers: model.layers.map(rowOf),
      parameters: { trainable: sizeOf(model.trainableWeights), frozen: sizeOf(model.nonTrainableWeights) },
      normalization: inspectNormalization(model),
      folding,
      warnings,
    };
    [this.#model, this.#folded] = [model, folded];
    return report;
  }

  /** Returns the model as a file. @throws Error if it cannot be written in the format. */
  async convert({ format, folded }: ConvertOptions): Promise<Uint8Array> {
    const model = folded ? this.#folded : this.#model;
    if (model === null) throw new Error('There is no model to convert: open a file first.');
    // The types of the formats have different options.
    return format === 'onnx' ? model.toBytes(format) : model.toBytes(format);
  }
}

function fold(model: Model): readonly [Model | null, FoldOutcome] {
  try {
    const folded = foldBatchNormalization(model);
    return [folded, folded.foldReport];
  } catch (error) {
    return [null, { error: messageOf(error) }];
  }
}

function rowOf(layer: Layer): LayerRow {
  const outputs = (layer.inboundNodes.at(-1)?.outputs ?? []).map(({ shape }) => showShape(shape));
  const outputShape = outputs.length > 1 ? `[${outputs.join(', ')}]` : (outputs[0] ?? '');
  return { name: layer.name, className: layer.className, outputShape, parameters: sizeOf(layer.weights) };
}

const showShape = (shape: readonly (number | null)[]): string =>
  `(${shape.map((size) => String(size ?? 'None')).join(', ')})`;

const sizeOf = (weights: readonly { readonly size: number }[]): number =>
  weights.reduce((sum, { size }) => sum + size, 0);

/** Runs a function, and returns its warnings instead of printing them. */
async function collectWarnings<T>(run: () => Promise<T>): Promise<{ result: T; warnings: readonly string[] }> {
  const warnings: string[] = [];
  const { warn } = console;
  console.warn = (...values: readonly unknown[]): void => void warnings.push(values.map(String).join(' '));
  try {
    return { result: await run(), warnings };
  } finally {
    console.warn = warn;
  }
}
