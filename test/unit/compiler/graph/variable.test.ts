import { describe, expect, test, vi } from 'vitest';
import { type DeferredTensor, Variable } from '../../../../src/compiler/ir/variable.ts';
import { ValueError } from '../../../../src/core/errors.ts';
import { Tensor, tensor } from '../../../../src/core/tensor.ts';

function deferred(compute: () => Tensor = () => tensor([1, 2])): DeferredTensor {
  return { shape: [2], dtype: 'float32', compute };
}

describe('a variable with a deferred initial value', () => {
  test('computes the value once, when it is first read', () => {
    const compute = vi.fn(() => tensor([1, 2]));
    const variable = new Variable(deferred(compute), { name: 'w' });
    expect([variable.shape, variable.size, variable.dtype]).toEqual([[2], 2, 'float32']);
    expect(compute).not.toHaveBeenCalled();
    expect([...variable.value.data]).toEqual([1, 2]);
    expect([...variable.buffer]).toEqual([1, 2]);
    expect(compute).toHaveBeenCalledTimes(1);
  });

  test('does not compute a value that is replaced before it is read', () => {
    const compute = vi.fn(() => tensor([1, 2]));
    const variable = new Variable(deferred(compute), { name: 'w' });
    variable.assign([3, 4]);
    expect([...variable.value.data]).toEqual([3, 4]);
    variable.commit(Float32Array.of(5, 6));
    expect([...variable.value.data]).toEqual([5, 6]);
    expect(compute).not.toHaveBeenCalled();
  });

  test('can be joined with other variables', () => {
    const parts = [new Variable(deferred(), { name: 'a' }), new Variable(tensor([3, 4]), { name: 'b' })];
    const whole = Variable.join(parts, { name: 'whole', dtype: 'float32' });
    expect([...whole.value.data]).toEqual([1, 2, 3, 4]);
    parts[0]?.assign([5, 6]);
    expect([...whole.value.data]).toEqual([5, 6, 3, 4]);
    expect([...(parts[0]?.value.data ?? [])]).toEqual([5, 6]);
  });

  test('throws if the value has another shape', () => {
    const variable = new Variable(
      deferred(() => tensor([1, 2, 3])),
      { name: 'w', path: 'dense/w' },
    );
    expect(() => variable.value).toThrow(
      new ValueError('[Variable dense/w] the initializer must return values of shape [2]. Received: shape [3].'),
    );
  });
});
