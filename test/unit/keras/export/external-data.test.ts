import { describe, expect, test } from 'vitest';
import { ValueError } from '../../../../src/core/errors.ts';
import { Tensor } from '../../../../src/core/tensor.ts';
import { bytesOf, moveOut } from '../../../../src/keras/export/external-data.ts';
import { foldReshapes } from '../../../../src/keras/export/fold-reshapes.ts';
import { decodeModel, encodeModel } from '../../../../src/compiler/onnx/codec.ts';
import { int64Tensor, onnxTensor } from '../../../../src/compiler/onnx/index.ts';
import { onnxModel } from '../../../support/onnx-model.ts';

const vector = (name: string, size: number, value: number) =>
  onnxTensor(name, new Tensor(new Float32Array(size).fill(value), [size]));

const model = onnxModel({
  nodes: [],
  inputs: {},
  outputs: {},
  initializers: [vector('a', 300, 1), vector('small', 2, 2), vector('b', 1025, 3), vector('c', 256, 4)],
});

describe('moveOut', () => {
  const { graph, file } = moveOut(model.graph, 'm.data');

  test('external constants start at page boundaries and record their offsets', () => {
    expect(bytesOf(model.graph)).toBe(4 * (300 + 2 + 1025 + 256));
    expect(graph.initializers.map(({ name, external }) => [name, external])).toEqual([
      ['a', { location: 'm.data', offset: 0, length: 1200 }],
      ['small', undefined],
      ['b', { location: 'm.data', offset: 4096, length: 4100 }],
      ['c', { location: 'm.data', offset: 12288, length: 1024 }],
    ]);
    const bytes = Uint8Array.from(file.pieces.flatMap((piece) => [...piece]));
    expect(bytes.length).toBe(12288 + 1024);
    expect(new Float32Array(bytes.buffer, 4096, 1025).every((value) => value === 3)).toBe(true);
    expect(new Float32Array(bytes.buffer, 12288, 256).every((value) => value === 4)).toBe(true);
  });

  test('external bytes are copies, which further training does not change', () => {
    const owner = new Set(model.graph.initializers.map(({ rawData }) => rawData.buffer));
    expect(file.pieces.some(({ buffer }) => owner.has(buffer))).toBe(false);
  });

  test('the model contains references instead of the constants', () => {
    const bytes = encodeModel({ ...model, graph });
    expect(bytes.length).toBeLessThan(400);
    expect(() => decodeModel(bytes)).toThrow(ValueError);
  });
});

describe('foldReshapes', () => {
  test('reshaped constants become constants of the new shape', () => {
    const { graph } = onnxModel({
      nodes: [
        { opType: 'Reshape', inputs: ['bias', 'row'], outputs: ['wide'] },
        { opType: 'Add', inputs: ['x', 'wide'], outputs: ['sum'] },
        { opType: 'Reshape', inputs: ['sum', 'row'], outputs: ['y'] },
        { opType: 'Reshape', inputs: ['bias', 'open'], outputs: ['z'] },
        { opType: 'Reshape', inputs: ['bias', 'row'], outputs: ['out'] },
      ],
      inputs: { x: [1, 3] },
      outputs: { y: [1, 3], z: [3], out: [1, 3] },
      initializers: [vector('bias', 3, 1), int64Tensor('row', [1, 3]), int64Tensor('open', [-1]), vector('idle', 1, 0)],
    });
    const { nodes, initializers } = foldReshapes(graph);
    expect(nodes.map(({ outputs }) => outputs[0])).toEqual(['sum', 'y', 'z', 'out']);
    expect(initializers.map(({ name, dims }) => [name, dims])).toEqual([
      ['bias', [3]],
      ['row', [2]],
      ['open', [1]],
      ['wide', [1, 3]],
    ]);
  });
});
