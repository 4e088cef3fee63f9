import { type Tensor, tensor } from 'evenkeel';
import type { Batch } from '../../../../src/keras/trainers/data-adapters/data-adapter.ts';
import type { ExpectedData } from '../../../../src/keras/trainers/data-adapters/expected-data.ts';
import { readBatch } from '../../../../src/keras/trainers/data-adapters/read-batch.ts';

/** Rows 0, 1, 2, … of `width` successive numbers, with the index of the row as the target. */
export const rows = (count: number, width: number): Batch => {
  const x = tensor(Float32Array.from({ length: count * width }, (_, i) => i)).reshape([count, width]);
  const y = tensor(Int32Array.from({ length: count }, (_, i) => i));
  return readBatch('m', { x, y, sampleWeight: null, classWeight: null }, unknownModel());
};

/** What is expected by a model whose inputs and outputs are unknown. */
export const unknownModel = (float: ExpectedData['float'] = 'float32'): ExpectedData => ({
  float,
  inputs: null,
  outputs: null,
});

/** The numbers of the only tensor. */
export const numbers = ([only]: readonly Tensor[]): number[] => Array.from(only!.data, Number);

/** The targets of each batch. */
export async function labels(batches: AsyncIterable<Batch>): Promise<number[][]> {
  const found: number[][] = [];
  for await (const { y } of batches) found.push(numbers(y));
  return found;
}
