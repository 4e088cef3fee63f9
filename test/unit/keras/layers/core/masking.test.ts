import { describe, expect, test } from 'vitest';
import { tensor } from '../../../../../src/core/tensor.ts';
import { Trace } from '../../../../../src/compiler/graph/trace.ts';
import type { Value } from '../../../../../src/compiler/ir/value.ts';
import { Dense, Dropout, Masking, Softmax } from '../../../../../src/keras/layers/index.ts';
import { evaluateAll } from '../../../../support/gradient-check.ts';

describe('Masking', () => {
  const x = tensor([
    [
      [1, 2],
      [-1, -1],
      [-1, 3],
    ],
  ]);

  test('Masking sets the steps that do not count to 0, and says so to the layers behind', () => {
    const layers = [new Masking({ maskValue: -1 }), new Dropout(0.5), new Dense(2)];
    const trace = new Trace();
    const [masked, ...masks] = evaluateAll(
      ([input]) => {
        trace.adopt(input!);
        const outputs: Value[] = [];
        let value = input!;
        for (const layer of layers) outputs.push((value = layer.apply(value)));
        return [outputs[0]!, ...outputs.map((output) => trace.maskOf(output)!)];
      },
      [x],
    );
    expect(masked!.toArray()).toEqual([
      [
        [1, 2],
        [0, 0],
        [-1, 3],
      ],
    ]);
    expect(masks.map((mask) => mask.toArray())).toEqual([[[1, 0, 1]], [[1, 0, 1]], [[1, 0, 1]]]);
  });

  test('Masking replaces a mask that came in', () => {
    const [mask] = evaluateAll(
      ([input]) => {
        const trace = new Trace();
        trace.adopt(input!);
        const first = new Masking({ maskValue: -1 }).apply(input!);
        return [trace.maskOf(new Masking({ maskValue: 5 }).apply(first))!];
      },
      [x],
    );
    expect(mask!.toArray()).toEqual([[1, 1, 1]]);
  });

  test('Masking lets an explicit mask go before the attached one', () => {
    const [rows] = evaluateAll(
      ([input, mask]) => [new Softmax().apply(input!, { mask: mask! })],
      [tensor([[1, 1, 1]]), tensor([[true, false, true]])],
    );
    expect(rows!.toArray()).toEqual([[0.5, 0, 0.5]]);
  });

  test('Masking refuses a value that is no number', () => {
    expect(() => new Masking({ name: 'm', maskValue: [0] as never })).toThrow(
      '[Masking m] maskValue must be a finite number. Received: maskValue=[0].',
    );
  });
});
