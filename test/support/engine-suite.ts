import { describe, expect, test } from 'vitest';
import { convert, isFloat } from '../../src/core/dtype.ts';
import { Tensor } from '../../src/core/tensor.ts';
import type { Graph } from '../../src/compiler/graph/graph.ts';
import { input } from '../../src/compiler/graph/leaves.ts';
import { createNode } from '../../src/compiler/graph/node.ts';
import { substitute } from '../../src/compiler/graph/rewrite.ts';
import type { PrimitiveName } from '../../src/compiler/ir/primitives.ts';
import { Body, type PrimitiveAttributes } from '../../src/compiler/ir/value.ts';
import { Program } from '../../src/compiler/program/index.ts';
import { evaluate } from '../../src/compiler/reference/index.ts';
import { type BatchNormalizationCase, type Evaluator, checkCase } from './batch-normalization-cases.ts';
import { expectClose } from './close.ts';
import { loadGolden } from './golden.ts';
import type { PrimitiveCase } from './primitives/case.ts';
import { primitiveCases } from './primitives/index.ts';

/** A test that an engine cannot pass, by a part of its name, and why. */
export interface Skip {
  readonly reason: string;
  readonly tests: readonly string[];
}

const single = (given: Tensor): Tensor =>
  isFloat(given.dtype) ? new Tensor(convert(given.data, 'float32'), given.shape) : given;

async function runPrimitive(primitive: PrimitiveName, one: PrimitiveCase<unknown>): Promise<void> {
  const feeds = one.inputs.map(single);
  const inputs = feeds.map(({ shape, dtype }, i) => input(`x${i}`, shape, dtype));
  const attributes = narrow(one.attributes as PrimitiveAttributes[PrimitiveName]);
  const outputs = createNode(primitive, inputs, attributes);
  const graph: Graph = { inputs, outputs, updates: [] };
  const actual = await new Program(graph).run(feeds);
  const expected = evaluate(graph, feeds).outputs;
  for (const [i, output] of outputs.entries()) {
    expect(actual[i]!.shape).toEqual(output.shape);
    expect(actual[i]!.dtype).toEqual(output.dtype);
    expectClose(actual[i]!.data, expected[i]!.data, { rtol: 1e-5 });
  }
}

/** The cases are written for float64; engines are held to them in float32. */
function narrow<Attributes extends object>(attributes: Attributes): Attributes {
  if ('body' in attributes && attributes.body instanceof Body)
    return { ...attributes, body: narrowBody(attributes.body) };
  return 'dtype' in attributes && attributes.dtype === 'float64' ? { ...attributes, dtype: 'float32' } : attributes;
}

function narrowBody({ inputs, outputs }: Body): Body {
  const narrowed = inputs.map(({ shape, dtype }, i) => input(`x${i}`, shape, isFloat(dtype) ? 'float32' : dtype));
  return new Body(narrowed, substitute(outputs, new Map(inputs.map((value, i) => [value, narrowed[i] ?? value]))));
}

const engine: Evaluator = (graph, feeds) => new Program(graph).run(feeds);

/** What every engine must compute: the primitives as the reference does, and BatchNormalization as Keras does. */
export function engineSuite(skips: readonly Skip[] = [], { every = 5 }: { readonly every?: number } = {}): void {
  const allowed = (name: string): boolean => !skips.some(({ tests }) => tests.some((part) => name.includes(part)));

  describe('each primitive is what the reference computes', () => {
    for (const [primitive, cases] of Object.entries(primitiveCases)) {
      for (const one of cases as readonly PrimitiveCase<unknown>[]) {
        test.runIf(allowed(`${primitive} ${one.about}`))(`${primitive} ${one.about}`, async () => {
          await runPrimitive(primitive as PrimitiveName, one);
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
