import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { expect } from 'vitest';
import { Tensor } from '../../src/core/tensor.ts';
import { flatten } from '../../src/core/tree.ts';
import type { Layer } from '../../src/keras/layers/index.ts';
import type { AnyModel } from '../../src/keras/models/index.ts';
import { decodeModel } from '../../src/compiler/onnx/codec.ts';
import { DataType, type OnnxModel } from '../../src/compiler/onnx/index.ts';
import { expectClose } from './close.ts';
import { lcg } from './lcg.ts';

/** Gives every weight numbers that are neither zero nor one, so that none of them goes unnoticed. */
export function fillWeights(layer: Layer): void {
  layer.setWeights(
    layer.weights.map(({ shape, dtype }, i) => {
      const values = lcg(shape, 50 + i, 0.2, 0.8);
      return new Tensor(dtype === 'float64' ? Float64Array.from(values) : values, shape);
    }),
  );
}

/** Runs an ONNX file in the engine, by the engine's own interface. */
export async function runOnnx(file: Uint8Array | string, feeds: Readonly<Record<string, Tensor>>): Promise<Tensor[]> {
  const options: InferenceSession.SessionOptions = { logSeverityLevel: 4, intraOpNumThreads: 1 };
  const session =
    typeof file === 'string'
      ? await InferenceSession.create(file, options)
      : await InferenceSession.create(file, options);
  const entries = Object.entries(feeds).map(([name, { dtype, data, shape }]) => {
    return [name, new OrtTensor(dtype, data, shape)] as const;
  });
  const results = await session.run(Object.fromEntries(entries), { logSeverityLevel: 4 });
  const outputs = session.outputNames.map((name) => {
    const { data, dims } = results[name]!;
    return new Tensor(data as Float32Array, dims);
  });
  await session.release();
  return outputs;
}

/** Numbers of the type of an input: whole ones from 0 to 3 for integers. */
export function inputOf(dataType: number, shape: readonly number[], seed: number): Tensor {
  const values = lcg(shape, seed);
  if (dataType === DataType.INT32)
    return new Tensor(
      Int32Array.from(values, (x) => Math.floor((x + 1) * 2)),
      shape,
    );
  if (dataType === DataType.DOUBLE) return new Tensor(Float64Array.from(values), shape);
  return new Tensor(values, shape);
}

/**
 * Where a folder is named by the environment, files are left there with one prediction each: scripts/check-onnx.py holds
 * them to ONNX's own checker and reference.
 */
function leave(file: Uint8Array, feeds: Readonly<Record<string, Tensor>>, expected: readonly Tensor[]): void {
  const folder = process.env['EVENKEEL_EXPORTS'];
  if (folder === undefined) return;
  const name = createHash('sha256').update(file).digest('hex').slice(0, 16);
  const plain = ({ dtype, shape, data }: Tensor) => ({ dtype, shape, data: Array.from(data) });
  const inputs = Object.fromEntries(Object.entries(feeds).map(([key, value]) => [key, plain(value)]));
  writeFileSync(join(folder, `${name}.onnx`), file);
  writeFileSync(join(folder, `${name}.json`), JSON.stringify({ inputs, outputs: expected.map(plain) }));
}

/** Compares what a file gives with what the model predicts, at several batches, for inputs of these shapes. */
export async function expectSamePredictions(
  model: AnyModel,
  file: Uint8Array,
  rows: readonly (readonly number[])[],
  rtol = 1e-5,
): Promise<OnnxModel> {
  const decoded = decodeModel(file);
  const { inputs } = decoded.graph;
  for (const batch of [1, 2, 7]) {
    const data = inputs.map(({ dataType }, i) => inputOf(dataType, [batch, ...rows[i]!], 3 + i));
    const feeds = Object.fromEntries(inputs.map(({ name }, i) => [name, data[i]!]));
    const actual = await runOnnx(file, feeds);
    const given = data.length === 1 ? data[0]! : data;
    const expected = flatten(await model.predictOnBatch(given), (value) => value instanceof Tensor) as Tensor[];
    if (batch === 2) leave(file, feeds, expected);
    for (const [i, output] of expected.entries()) {
      expect(actual[i]!.shape).toEqual(output.shape);
      expectClose(actual[i]!.data, output.data, { rtol });
    }
  }
  return decoded;
}
