import { InternalError, NotImplementedError, ValueError, show } from '../../core/errors.ts';
import { checkBoolean, checkInteger, checkOptions } from '../../core/checks.ts';
import { type Tree, flatten } from '../../core/tree.ts';
import { shapesOf } from '../layers/base/input-shape.ts';
import type { Layer } from '../layers/index.ts';
import { encodeModel } from '../../compiler/onnx/encode.ts';
import type { OnnxModel } from '../../compiler/onnx/index.ts';
import { assemble } from './assemble.ts';
import { type ExternalFile, bytesOf, moveOut } from './external-data.ts';
import { sampleShapes, samplings } from './free-sizes.ts';
import { type LowerOptions, lowerModel } from './lower-model.ts';
import { DifferentGraphs } from '../../compiler/lowering/symbolic/reconcile.ts';
import { type ExportInput, type InputSignature, isExportInput, readSignature } from './signature.ts';
import { WeightNames } from './weight-names.ts';

/** Options of `export`. */
export interface ExportOptions {
  /**
   * The inputs: `{ shape, dtype, name }`, or several in the structure of the model's inputs. A `null` in a shape is a free
   * size. @default the inputs that the model was built for
   */
  readonly inputSignature?: Tree<InputSignature> | null | undefined;
  /** Whether to fold batch normalization into the convolution or product before it. @default false */
  readonly foldBatchNormalization?: boolean | undefined;
  /**
   * The size in bytes above which the weights are in a file next to the model; one ONNX file holds less than 2 GiB.
   * @default 2000000000
   */
  readonly externalDataThreshold?: number | undefined;
}

/** The bytes of an ONNX file and, if the weights are too large for it, of the file next to it. */
export interface ExportedModel {
  readonly model: Uint8Array;
  readonly externalData: ExternalFile | null;
}

/** A model as the export sees it. */
export interface ExportableModel extends Layer {
  readonly inputSignature: Tree<InputSignature> | null;
  readonly outputNames: readonly string[] | null;
}

const OPTIONS = ['inputSignature', 'foldBatchNormalization', 'externalDataThreshold'];
const THRESHOLD = 2_000_000_000;

/**
 * Writes a model's prediction as ONNX: only ONNX's own operators (opset 21), the weights as constants, and free sizes where
 * the inputs have them.
 *
 * @param location - the name of the file of weights
 * @throws ValueError if the inputs are unknown; NotImplementedError if the model draws random numbers, or depends on a free
 * size other than through shapes; TypeError if an option is unknown.
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
 * Returns the bytes of an ONNX file that contains the weights.
 * @throws ValueError if the weights do not fit; the errors of {@link exportOnnx}.
 */
export function onnxBytes(model: ExportableModel, options: ExportOptions = {}): Uint8Array {
  const { model: bytes, externalData } = exportOnnx(model, options);
  if (externalData === null) return bytes;
  const size = externalData.pieces.reduce((sum, piece) => sum + piece.length, 0);
  throw new ValueError(
    `[${model.who} toBytes] the weights must fit into one file. Received: ${size} bytes. Use export, which writes a second file.`,
  );
}

/** Tries samplings until the graphs of one can be merged. */
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
      `[${who}] the computation must depend on a free size only through shapes. Received: ${layer} for other sizes. Fix sizes with inputSignature.`,
    );
  }
  const free = inputs.flatMap(({ name, shape }) =>
    shape.flatMap((size, axis) => (size === null && axis > 0 ? [`axis ${axis} of ${show(name)}`] : [])),
  );
  if (free.length === 0 || !(failure instanceof Error)) return failure;
  return new ValueError(
    `[${who}] the model must accept any size of ${free.join(' and ')}, which are free. Received: ${failure.message} Fix sizes with inputSignature.`,
    { cause: failure },
  );
}
