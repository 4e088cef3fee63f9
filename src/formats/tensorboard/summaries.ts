import type { TensorSummary } from './events.ts';
import { bucketRows } from './histogram.ts';

/** A number, as `tf.summary.scalar` writes it. */
export function scalarSummary(tag: string, value: number): TensorSummary {
  return { tag, plugin: 'scalars', tensor: { dtype: 'float32', shape: [], values: [value] } };
}

/** The distribution of numbers, as `tf.summary.histogram` writes it. */
export function histogramSummary(tag: string, values: ArrayLike<number>): TensorSummary {
  const rows = bucketRows(values);
  return { tag, plugin: 'histograms', tensor: { dtype: 'float64', shape: [rows.length, 3], values: rows.flat() } };
}

/** Images of one size as the bytes of PNG files, as `tf.summary.image` writes them. */
export function imageSummary(tag: string, width: number, height: number, files: readonly Uint8Array[]): TensorSummary {
  const values = [String(width), String(height), ...files];
  return { tag, plugin: 'images', tensor: { dtype: 'string', shape: [values.length], values } };
}

/** The JSON of a model, from which TensorBoard draws its graph. */
export function kerasModelSummary(tag: string, json: string): TensorSummary {
  return { tag, plugin: 'graph_keras_model', content: '1', tensor: { dtype: 'string', shape: [], values: [json] } };
}
