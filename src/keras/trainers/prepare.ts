import type { Shape } from '../../core/shape.ts';
import type { FamilyMember } from '../../compiler/program/index.ts';
import type { Layer } from '../layers/base/layer.ts';
import type { Compiled } from './compile/compiled.ts';
import type { Batch } from './data-adapters/data-adapter.ts';
import type { EpochIterator } from './epoch-iterator.ts';
import { type StepGraph, reportedShapes } from './steps/step-graph.ts';
import { batchSignature } from './steps/step-inputs.ts';
import { type TrainableModel, buildFor } from './trainable-model.ts';

/** The shapes of the values that steps report, by name. */
export type ReportedShapes = ReadonlyMap<string, Shape>;

/** The parts of a run that are made before its first step. */
export interface Preparation {
  readonly model: TrainableModel;
  readonly compiled: Compiled;
  readonly step: { prepare(compiled: Compiled, batch: Batch): Promise<FamilyMember<StepGraph>> };
  /** Whether the steps train. */
  readonly training: boolean;
}

/** Builds the model, and makes the program of a batch. Returns the shapes of the values that its step reports. */
export async function prepareBatch(preparation: Preparation, batch: Batch): Promise<ReportedShapes> {
  const { model, compiled, step, training } = preparation;
  buildFor(model, batch);
  if (training) checkBatchSize(model, batch.size);
  return reportedShapes((await step.prepare(compiled, batch)).traced);
}

/**
 * Makes the programs of all batches that some epochs visit, and checks all targets, so that data that does not fit is
 * refused before the first step. Returns the shapes of the reported values; `null` if the data arrives batch by batch.
 *
 * @throws ValueError if a batch does not fit the model, the losses or the metrics.
 */
export async function prepareKnown(
  preparation: Preparation,
  data: EpochIterator,
  epochs: number,
): Promise<ReportedShapes | null> {
  const seen = new Set<string>();
  let reported: ReportedShapes | null = null;
  for (const batch of data.examples(epochs)) {
    const signature = batchSignature(batch);
    if (seen.has(signature)) continue;
    seen.add(signature);
    const shapes = await prepareBatch(preparation, batch);
    reported ??= shapes;
  }
  for (const batch of data.known ?? []) preparation.compiled.checkTargets(batch);
  return reported;
}

/** @throws ValueError if a layer refuses the size of a batch */
function checkBatchSize(layer: Layer, size: number): void {
  layer.checkBatchSize(size);
  for (const inner of layer.sublayers) checkBatchSize(inner, size);
}
