import { describe, expect, test } from 'vitest';
import { NotImplementedError } from '../../../../../src/core/errors.ts';
import { Tensor } from '../../../../../src/core/tensor.ts';
import {
  DifferentGraphs,
  type Sample,
  freeDims,
  reconcile,
} from '../../../../../src/compiler/lowering/symbolic/reconcile.ts';
import { integersOf } from '../../../../../src/compiler/onnx/index.ts';
import {
  type OnnxAttribute,
  type OnnxTensor,
  int64Tensor,
  onnxTensor,
} from '../../../../../src/compiler/onnx/index.ts';
import { onnxModel } from '../../../../support/onnx-model.ts';

interface Step {
  readonly opType: string;
  /** A constant, or the name of a value. */
  readonly operands: readonly (string | OnnxTensor)[];
  readonly attributes?: Readonly<Record<string, OnnxAttribute>>;
}

/** A chain of operators on x as it is lowered for one size; each result is called after its place. */
function sample(shape: readonly number[], steps: readonly Step[]): Sample {
  const initializers: OnnxTensor[] = [];
  const nodes = steps.map(({ opType, operands, attributes = {} }, i) => {
    const inputs = operands.map((operand) => {
      if (typeof operand === 'string') return operand;
      const name = `c${initializers.length}`;
      initializers.push({ ...operand, name });
      return name;
    });
    return { opType, inputs, outputs: [`v${i}`], name: `v${i}`, attributes };
  });
  const model = onnxModel({ nodes, inputs: { x: shape }, outputs: { [`v${steps.length - 1}`]: [] }, initializers });
  return { model, shapes: new Map([['x', shape]]), scopes: new Map(nodes.map(({ name }) => [name, `layer_${name}`])) };
}

const sizes = [10, 11, 12];
const ints = (...values: number[]): OnnxTensor => int64Tensor('', values);

function nodesOf(make: (batch: number) => readonly Step[]): readonly string[] {
  const { graph } = reconcile(
    'm',
    sizes.map((batch) => sample([batch, 6], make(batch))),
  );
  const constants = new Map(graph.initializers.map((tensor) => [tensor.name, tensor]));
  const show = (name: string): string => {
    const tensor = constants.get(name);
    if (tensor === undefined) return name.replace(/_\d+$/, '');
    return `[${(integersOf(tensor) ?? [`float ${tensor.dims.join('×')}`]).join(', ')}]`;
  };
  return graph.nodes.map(({ opType, inputs, attributes }) => {
    const own = Object.entries(attributes).map(([key, { value }]) => ` ${key}=${JSON.stringify(value)}`);
    return `${opType}(${inputs.map(show).join(', ')})${own.join('')}`;
  });
}

const zeros = (...shape: number[]): OnnxTensor =>
  onnxTensor('', new Tensor(new Float32Array(shape.reduce((a, b) => a * b, 1)), shape));

describe('reconcile', () => {
  test('equal graphs are merged unchanged', () => {
    expect(nodesOf(() => [{ opType: 'Relu', operands: ['x'] }])).toEqual(['Relu(input)']);
  });

  test('shape operands of the merged graph refer to no fixed size', () => {
    expect(
      nodesOf((batch) => [
        { opType: 'Reshape', operands: ['x', ints(batch, 3, 2)], attributes: { allowzero: { type: 'int', value: 1 } } },
        {
          opType: 'Reshape',
          operands: ['v0', ints(batch * 3, 2)],
          attributes: { allowzero: { type: 'int', value: 1 } },
        },
        { opType: 'Expand', operands: ['v1', ints(4, batch * 3, 2)] },
      ]),
    ).toEqual(['Reshape(input, [0, 3, 2])', 'Reshape(Reshape, [-1, 2])', 'Expand(Reshape, [4, 1, 2])']);
  });

  test('a constant that repeats along a free axis is expanded', () => {
    expect(nodesOf((batch) => [{ opType: 'Add', operands: ['x', zeros(batch, 6)] }])).toEqual([
      'Shape(input) start=0 end=1',
      'Concat(Shape, [6]) axis=0',
      'Expand([float 1×6], Concat)',
      'Add(input, Expand)',
    ]);
  });

  test('a constant that is equal at one sample is not shared between two uses', () => {
    expect(
      nodesOf((batch) => [
        { opType: 'Reshape', operands: ['x', ints(batch, 6)] },
        { opType: 'Expand', operands: ['v0', ints(10, batch, 6)] },
      ]),
    ).toEqual(['Reshape(input, [0, 6])', 'Expand(Reshape, [10, 1, 6])']);
  });

  test('a number that is proportional to a free size, or to its reciprocal, is computed from it', () => {
    const scalar = (value: number): OnnxTensor => onnxTensor('', new Tensor(Float32Array.of(value), []));
    const column = (rows: number, value: number): OnnxTensor =>
      onnxTensor('', new Tensor(new Float32Array(rows).fill(value), [rows, 1]));
    expect(
      nodesOf((batch) => [
        { opType: 'Mul', operands: ['x', scalar(2 / batch)] },
        { opType: 'Add', operands: ['v0', column(batch, 3 * batch)] },
      ]).map((line) => line.replace(/\(.*/, '')),
    ).toEqual(['Shape', 'Cast', 'Reshape', 'Div', 'Mul', 'Concat', 'Reshape', 'Mul', 'Expand', 'Add']);
  });

  test('a number that depends on a free size in another way is refused, naming the layer', () => {
    const message =
      '[m] the computation must depend on a free size only through shapes. Received: layer "layer_v1", whose Mul depends on it in another way (at sizes 10, 6, 11, 12). Fix that size with inputSignature.';
    const scalar = (value: number): OnnxTensor => onnxTensor('', new Tensor(Float32Array.of(value), []));
    expect(() =>
      nodesOf((batch) => [
        { opType: 'Relu', operands: ['x'] },
        { opType: 'Mul', operands: ['v0', scalar(Math.sqrt(batch))] },
      ]),
    ).toThrow(new NotImplementedError(message));
  });

  test('an attribute or a constant that depends on a free size is refused', () => {
    expect(() =>
      nodesOf((batch) => [{ opType: 'Concat', operands: ['x'], attributes: { axis: { type: 'int', value: batch } } }]),
    ).toThrow(/layer "layer_v0", whose Concat depends on it in another way/);
    const counting = (size: number): OnnxTensor =>
      onnxTensor(
        '',
        new Tensor(
          Float32Array.from({ length: size }, (_, i) => i),
          [size, 1],
        ),
      );
    expect(() => nodesOf((batch) => [{ opType: 'Add', operands: ['x', counting(batch)] }])).toThrow(
      /layer "layer_v0", whose Add depends on it in another way/,
    );
  });

  test('different operators or operands are different graphs', () => {
    expect(() => nodesOf((batch) => [{ opType: batch % 2 === 0 ? 'Exp' : 'Sin', operands: ['x'] }])).toThrow(
      DifferentGraphs,
    );
    expect(() =>
      nodesOf((batch) => [
        { opType: 'Exp', operands: ['x'] },
        { opType: 'Add', operands: ['x', batch % 2 === 0 ? 'x' : 'v0'] },
      ]),
    ).toThrow(DifferentGraphs);
    expect(() => nodesOf((batch) => [{ opType: 'Add', operands: ['x', batch % 2 === 0 ? 'x' : zeros(1, 6)] }])).toThrow(
      DifferentGraphs,
    );
  });
});

describe('freeDims', () => {
  test('dimensions are sizes, names of free sizes, or unknown', () => {
    const shapes = sizes.map((size) => [size, 3, 2 * size]);
    expect(freeDims(shapes, [{ name: 'batch', sizes }])).toEqual(['batch', 3, null]);
  });
});
