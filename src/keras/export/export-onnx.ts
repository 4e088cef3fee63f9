import { InternalError, NotImplementedError, ValueError, show } from '../../core/errors.ts';
import { checkBoolean, checkInteger, checkOptions } from '../../core/checks.ts';
import { type Tree, flatten } from '../../core/tree.ts';
import { shapesOf } from '../layers/base/input-shape.ts';
import type { Layer } from '../layers/index.ts';
import { type OnnxModel, encodeModel } from '../../compiler/onnx/index.ts';
import { assemble } from './assemble.ts';
import { type ExternalFile, bytesOf, moveOut } from './external-data.ts';
import { sampleShapes, samplings } from './free-sizes.ts';
import { type LowerOptions, lowerModel } from './lower-model.ts';
import { DifferentGraphs } from './reconcile.ts';
import { type ExportInput, type InputSignature, isExportInput, readSignature } from './signature.ts';
import { WeightNames } from './weight-names.ts';

/** Options of `export`. */
export interface ExportOptions {
  /**
   * What the model is fed: `{ shape, dtype, name }`, or several in the form of the model's inputs. A `null` in a shape
   * stays free. @default what the model knows of its inputs
   */
  readonly inputSignature?: Tree<InputSignature> | null | undefined;
  /** Whether convolutions and products take over the normalization that follows them. @default false */
  readonly foldBatchNormalization?: boolean | undefined;
  /**
   * From how many bytes of weights on they lie in a file beside the model's; one file holds less than 2 GiB.
   * @default 2000000000
   */
  readonly externalDataThreshold?: number | undefined;
}

/** The bytes of an ONNX file and, where the weights are too large for it, of the one beside it. */
export interface ExportedModel {
  readonly model: Uint8Array;
  readonly externalData: ExternalFile | null;
}

/** What an export needs to know of a model. */
export interface ExportableModel extends Layer {
  readonly inputSignature: Tree<InputSignature> | null;
  readonly outputNames: readonly string[] | null;
}

const OPTIONS = ['inputSignature', 'foldBatchNormalization', 'externalDataThreshold'];
const THRESHOLD = 2_000_000_000;

/**
 * Writes a model's prediction as ONNX: version 21 of ONNX's own operators and no others, the weights as constants, and
 * free sizes where the inputs have them.
 *
 * @throws ValueError if nothing is known of the inputs; NotImplementedError if the model draws random numbers, or depends
 * on a free size in another way than by shapes; TypeError if an option is unknown. `location` is the name of the file of
 * weights.
 */
export function exportOnnx(
  model: ExportableModel,
  options: ExportOptions = {},
  location = 'model.onnx.data',
): ExportedModel {
  const who = `${model.who} export`;
  checkOptions(who, options, OPTIONS);
  const foldBatchNormalization = checkBoolean(who, 'foldBatchNormalization', options.foldBatchNormalization ?? false);
  const threshold = checkInteger(who, 'externalDataThreshold', options.externalDataThreshold ?? THRESHOLD, 0);
  const float = model.dtype === 'float64' ? 'float64' : 'float32';
  const signature = readSignature(who, options.inputSignature, model.inputSignature, float);
  const inputs = flatten(signature, isExportInput);
  model.ensureBuilt(shapesOf(signature, isExportInput));
  const names = new WeightNames(model.weights);
  const written = write(who, model, signature, inputs, { foldBatchNormalization, names });
  if (bytesOf(written.graph) <= threshold) return { model: encodeModel(written), externalData: null };
  const { graph, file } = moveOut(written.graph, location);
  return { model: encodeModel({ ...written, graph }), externalData: file.pieces.length === 0 ? null : file };
}

/**
 * The bytes of the one file that a model is.
 * @throws ValueError if the weights do not fit into it, and what {@link exportOnnx} throws.
 */
export function onnxBytes(model: ExportableModel, options: ExportOptions = {}): Uint8Array {
  const { model: bytes, externalData } = exportOnnx(model, options);
  if (externalData === null) return bytes;
  const size = externalData.pieces.reduce((sum, piece) => sum + piece.length, 0);
  throw new ValueError(
    `[${model.who} toBytes] the weights must fit into one file. Received: ${size} bytes of them. Use export, which writes a second one.`,
  );
}

/** Tries samplings until the graphs of one agree. */
function write(
  who: string,
  model: ExportableModel,
  signature: Tree<ExportInput>,
  inputs: readonly ExportInput[],
  options: LowerOptions,
): OnnxModel {
  let failure: unknown = null;
  for (const sampling of samplings(inputs)) {
    try {
      const shapes = sampleShapes(inputs, sampling);
      const samples = shapes.map((each) => lowerModel(who, model, signature, each, options));
      return assemble({ who, model, inputs, shapes, sampling, samples, names: options.names });
    } catch (error) {
      if (error instanceof NotImplementedError || error instanceof InternalError) throw error;
      failure ??= error;
    }
  }
  throw explain(who, inputs, failure);
}

function explain(who: string, inputs: readonly ExportInput[], failure: unknown): unknown {
  if (failure instanceof DifferentGraphs) {
    const layer = failure.layer === null ? 'other operators' : `other operators from ${show(failure.layer)} on`;
    return new NotImplementedError(
      `[${who}] what the model computes must not depend on a free size but in its shapes. Received: ${layer} for other sizes. Fix sizes with inputSignature.`,
    );
  }
  const free = inputs.flatMap(({ name, shape }) =>
    shape.flatMap((size, axis) => (size === null && axis > 0 ? [`axis ${axis} of ${show(name)}`] : [])),
  );
  if (free.length === 0 || !(failure instanceof Error)) return failure;
  return new ValueError(
    `[${who}] the model must take any size of ${free.join(' and ')}, which are free. Received: ${failure.message} Fix sizes with inputSignature.`,
    { cause: failure },
  );
}
