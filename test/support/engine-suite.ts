import { describe, test } from 'vitest';
import type { PrimitiveName } from '../../src/compiler/ir/primitives.ts';
import { Program } from '../../src/compiler/program/index.ts';
import { type BatchNormalizationCase, type Evaluator, checkCase } from './batch-normalization-cases.ts';
import { loadGolden } from './golden.ts';
import type { PrimitiveCase } from './primitives/case.ts';
import { primitiveCases } from './primitives/index.ts';
import { runOnEngine } from './primitives/run-on-engine.ts';

/** A test that an engine cannot pass, by a part of its name, and why. */
export interface Skip {
  readonly reason: string;
  readonly tests: readonly string[];
}

const engine: Evaluator = (graph, feeds) => new Program(graph).run(feeds);

/** What every engine must compute: the primitives as the reference does, and BatchNormalization as Keras does. */
export function engineSuite(skips: readonly Skip[] = [], { every = 5 }: { readonly every?: number } = {}): void {
  const allowed = (name: string): boolean => !skips.some(({ tests }) => tests.some((part) => name.includes(part)));

  describe('each primitive is what the reference computes', () => {
    for (const [primitive, cases] of Object.entries(primitiveCases)) {
      for (const one of cases as readonly PrimitiveCase<unknown>[]) {
        test.runIf(allowed(`${primitive} ${one.about}`))(`${primitive} ${one.about}`, async () => {
          await runOnEngine(primitive as PrimitiveName, one);
        });
      }
    }
  });

  describe('BatchNormalization in float32 is what Keras 3 computes', () => {
    const { cases } = loadGolden<BatchNormalizationCase>('batch-normalization');
    const hidesAll = ({ mask }: BatchNormalizationCase): boolean => mask?.data.every((entry) => entry === 0) ?? false;
    // Every fifth or so: the formulas are checked in float64 without an engine, this checks what the engine makes of them.
    const sample = cases.filter((golden, i) => i % every === 0 && !hidesAll(golden));
    for (const golden of sample) {
      test.runIf(allowed(golden.name))(golden.name, async () => {
        await checkCase(golden, 'float32', engine, { forward: 1e-5, gradient: 1e-4 });
      });
    }
  });
}
