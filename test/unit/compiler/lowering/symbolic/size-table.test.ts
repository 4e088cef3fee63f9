import { describe, expect, test } from 'vitest';
import { Builder } from '../../../../../src/compiler/lowering/emit/builder.ts';
import { SizeTable } from '../../../../../src/compiler/lowering/symbolic/size-table.ts';
import { integersOf } from '../../../../../src/compiler/onnx/index.ts';

/** A table that knows a batch and a length, and what the builder holds when it has been asked for a vector. */
function ask(entries: readonly (readonly number[])[]) {
  const builder = new Builder();
  const table = new SizeTable(builder);
  const [batch, length] = [
    [10, 11, 12],
    [21, 20, 25],
  ];
  table.add(
    'x',
    batch.map((size, i) => [size, 4, length[i]!]),
  );
  const name = table.vector(entries);
  const constants = new Map(builder.initializers.map((tensor) => [tensor.name, integersOf(tensor)]));
  const nodes = builder.nodes.map(({ opType, inputs, attributes }) => {
    const { start, axis } = attributes;
    const which = start?.type === 'int' ? ` ${start.value}` : axis?.type === 'int' ? ` along ${axis.value}` : '';
    return `${opType}${which}(${inputs.map((input) => constants.get(input)?.join() ?? input.replace(/_\d+$/, '')).join('; ')})`;
  });
  return { name, nodes };
}

describe('SizeTable', () => {
  test('fixed sizes are a constant', () => {
    const { name, nodes } = ask([
      [3, 3, 3],
      [5, 5, 5],
    ]);
    expect(nodes).toEqual([]);
    expect(name).toMatch(/^integers/);
  });

  test('a variable size is read from a value that has it and concatenated with constants', () => {
    expect(
      ask([
        [10, 11, 12],
        [7, 7, 7],
        [8, 8, 8],
        [21, 20, 25],
      ]).nodes,
    ).toEqual(['Shape 0(x)', 'Shape 2(x)', 'Concat along 0(Shape; 7,8; Shape)']);
  });

  test('sizes are expressed as multiples, quotients, sums and products of known sizes', () => {
    expect(ask([[33, 36, 39]]).nodes).toEqual(['Shape 0(x)', 'Mul(Shape; 3)', 'Add(Mul; 3)']);
    expect(ask([[18, 17, 22]]).nodes).toEqual(['Shape 2(x)', 'Add(Shape; -3)']);
    expect(ask([[210, 220, 300]]).nodes).toEqual(['Shape 0(x)', 'Shape 2(x)', 'Mul(Shape; Shape)']);
    expect(ask([[105, 110, 150]]).nodes).toEqual(['Shape 0(x)', 'Shape 2(x)', 'Mul(Shape; Shape)', 'Div(Mul; 2)']);
    expect(ask([[101, 122, 145]]).nodes).toEqual(['Shape 0(x)', 'Mul(Shape; Shape)', 'Add(Mul; 1)']);
  });

  test('sizes without such an expression have no vector', () => {
    expect(ask([[5, 5, 6]]).name).toBe(null);
    expect(ask([[1, 100, 3]]).name).toBe(null);
  });
});
