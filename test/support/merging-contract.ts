import { expect, test } from 'vitest';
import { gradients } from '../../src/compiler/autodiff/index.ts';
import type { Config } from '../../src/core/config.ts';
import { Tensor } from '../../src/core/tensor.ts';
import { constant, input } from '../../src/compiler/graph/leaves.ts';
import { Trace } from '../../src/compiler/graph/trace.ts';
import type { Value } from '../../src/compiler/ir/value.ts';
import { deserializeLayer, serializeLayer } from '../../src/keras/layers/serialization.ts';
import { Input, type Layer } from '../../src/keras/layers/index.ts';
import { evaluate } from '../../src/compiler/reference/index.ts';
import type { MergingContract } from './layer-contracts/merging.ts';
import { lcg } from './lcg.ts';

const call = (layer: Layer, values: readonly Value[]): Value => {
  const trace = new Trace();
  for (const value of values) trace.adopt(value);
  return layer.applyIn(trace, values, false, null) as Value;
};

/** The contract of all layers that merge several inputs, as tests of the layer `name`. */
export function runMergingContract(name: string, { make, inputShapes, outputShape }: MergingContract): void {
  const feeds = inputShapes.map((shape, i) => new Tensor(lcg(shape, 3 + i), shape));
  const values = (): readonly Value[] => inputShapes.map((shape, i) => input(`x${i}`, shape, 'float32'));
  const numbers = (layer: Layer): Tensor => {
    const inputs = values();
    return evaluate({ inputs, outputs: [call(layer, inputs)], updates: [] }, feeds).outputs[0]!;
  };

  test(`${name} infers the same shape for symbolic tensors as for arrays`, () => {
    const unknownBatch = inputShapes.map((shape) => [null, ...shape.slice(1)]);
    const symbolic = make({}).apply(unknownBatch.map((batchShape) => Input({ batchShape })));
    expect(symbolic.shape).toEqual([null, ...outputShape.slice(1)]);
    expect(make({}).computeOutputShape(unknownBatch)).toEqual(symbolic.shape);
    const inputs = unknownBatch.map((batchShape) => Input({ batchShape }));
    expect(make({}).apply(inputs, { training: true }).shape).toEqual(symbolic.shape);
    expect(numbers(make({})).shape).toEqual(outputShape);
  });

  test(`${name} is restored from the JSON of its config`, () => {
    const layer = make({ name: 'original' });
    const serialized = JSON.parse(JSON.stringify(serializeLayer(layer))) as { config: Config };
    const copy = deserializeLayer(serialized);
    expect(copy.constructor).toBe(layer.constructor);
    expect(JSON.stringify(serializeLayer(copy))).toBe(JSON.stringify(serialized));
    expect(numbers(copy)).toEqual(numbers(layer));
  });

  test(`${name} has a gradient for every input`, () => {
    const inputs = values();
    const output = call(make({}), inputs);
    const found = gradients(output, inputs, constant(new Tensor(lcg(outputShape, 2), outputShape)));
    expect(found.map((gradient) => gradient?.shape)).toEqual(inputShapes);
  });

  test(`${name} computes in float64 with dtype float64`, () => {
    expect(call(make({ dtype: 'float64' }), values()).dtype).toBe('float64');
  });

  test(`${name} rejects an unknown option, and a single input`, () => {
    const layer = make({});
    expect(() => make({ nome: 'x' } as never)).toThrow(
      new TypeError(`[${layer.className}] unknown option "nome". Did you mean "name"?`),
    );
    expect(() => layer.apply(Input({ shape: [3, 4] }))).toThrow(`[${layer.who}] `);
    expect(layer.inboundNodes).toHaveLength(0);
  });
}
