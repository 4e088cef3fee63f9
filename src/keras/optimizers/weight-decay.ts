import { multiply, subtract } from '../ops/index.ts';
import type { Step } from './step.ts';

/** A step before which the value decays: w ← w (1 − η · weightDecay). Null leaves the step as it is. */
export function withWeightDecay(step: Step, weightDecay: number | null): Step {
  if (weightDecay === null) return step;
  return (input) => {
    const factor = subtract(1, multiply(input.learningRate, weightDecay));
    return step({ ...input, value: multiply(input.value, factor) });
  };
}
