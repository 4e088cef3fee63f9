import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { type ModelArtifacts, Tensor } from 'evenkeel';
import { type GoldenArray, parseGolden } from './golden.ts';

/** Inputs of a model, and the outputs that TensorFlow.js predicts. */
export interface TensorFlowJsPrediction {
  readonly name: string;
  readonly inputs: readonly GoldenArray[];
  readonly outputs: readonly GoldenArray[];
}

/** A model that TensorFlow.js saved, with predictions: test/golden/make/tensorflow_js.mjs. */
export interface TensorFlowJsCase extends TensorFlowJsPrediction {
  readonly artifacts: ModelArtifacts & { readonly weightData: ArrayBuffer };
  /** Of training: the targets, and the losses of the next steps. */
  readonly y?: GoldenArray;
  readonly losses?: readonly number[];
}

/** A model that the converter for Python wrote: test/golden/make/tensorflow_js_converter.py. */
export interface ConvertedCase {
  readonly name: string;
  /** The file of test/golden that was converted. */
  readonly source: string;
  readonly quantization: 'uint8' | 'uint16' | 'float16' | null;
  /** The contents of the folder by name. */
  readonly files: Readonly<Record<string, Uint8Array<ArrayBuffer>>>;
  /** The predictions of TensorFlow.js; null where it cannot read the model. */
  readonly prediction: TensorFlowJsPrediction | null;
}

function read<Case>(name: string): readonly Case[] {
  const path = new URL(`../golden/${name}.json.gz`, import.meta.url);
  return parseGolden<Case>(gunzipSync(readFileSync(path)).toString('utf8'), name).cases;
}

const bytesOf = (base64: string): Uint8Array<ArrayBuffer> => Uint8Array.from(Buffer.from(base64, 'base64'));

type Stored = TensorFlowJsPrediction & { readonly artifacts?: { readonly weightData: string } };

/** The models that TensorFlow.js saved. */
export function tensorFlowJsCases(): readonly TensorFlowJsCase[] {
  return read<Stored>('tensorflow-js').flatMap(({ artifacts, ...rest }) =>
    artifacts === undefined
      ? []
      : [{ ...rest, artifacts: { ...artifacts, weightData: bytesOf(artifacts.weightData).buffer } }],
  );
}

/** The models that the converter wrote. */
export function convertedCases(): readonly ConvertedCase[] {
  const predictions = new Map(read<Stored>('tensorflow-js').map((each) => [each.name, each]));
  type Written = Omit<ConvertedCase, 'files' | 'prediction'> & { readonly files: Readonly<Record<string, string>> };
  return read<Written>('tensorflow-js-converted').map((each) => ({
    ...each,
    files: Object.fromEntries(Object.entries(each.files).map(([name, base64]) => [name, bytesOf(base64)])),
    prediction: predictions.get(`converted ${each.name}`) ?? null,
  }));
}

/** The converted model of a name. */
export function convertedCase(name: string): ConvertedCase {
  const found = convertedCases().find((each) => each.name === name);
  if (found === undefined) throw new Error(`There is no converted model ${name}.`);
  return found;
}

/** Arrays of golden files as tensors. */
export function tensorsOf(arrays: readonly GoldenArray[]): readonly Tensor[] {
  return arrays.map(({ data, shape, dtype }) => {
    if (dtype === 'float32' && data instanceof Float32Array) return new Tensor(data, [...shape], 'float32');
    return new Tensor(Int32Array.from(data), [...shape], 'int32');
  });
}
