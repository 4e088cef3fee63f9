import { describe, expect, test } from 'vitest';
import { ValueError } from '../../../../src/core/errors.ts';
import { Initializer } from '../../../../src/keras/initializers/index.ts';
import { Dense } from '../../../../src/keras/layers/index.ts';
import { Budget } from '../../../../src/keras/saving/budget.ts';
import { SharedObjects } from '../../../../src/keras/saving/shared-objects.ts';
import { WriteContext } from '../../../../src/keras/saving/write-context.ts';

test('a layer runs its initializers when a weight is first read', () => {
  class Failing extends Initializer {
    override call(): never {
      throw new Error('the initializer ran');
    }
  }
  const layer = new Dense(2, { kernelInitializer: new Failing(), useBias: false });
  layer.build([null, 1]);
  layer.setWeights([[[3, 4]]]);
  expect(layer.getWeights().map(({ data }) => [...data])).toEqual([[3, 4]]);
  const unread = new Dense(2, { kernelInitializer: new Failing() });
  unread.build([null, 1]);
  expect(() => unread.getWeights()).toThrow('the initializer ran');
});

test('a layer checks at construction that its initializer can fill the shape', () => {
  const layer = new Dense(2, { biasInitializer: 'orthogonal', name: 'd' });
  expect(() => {
    layer.build([null, 1]);
  }).toThrow('[Orthogonal] the shape must have rank ≥ 2. Received: shape=[2].');
});

describe('a budget', () => {
  test('a budget is spent by every array, and by each variable once', () => {
    const budget = new Budget(10);
    const kernel = { name: 'kernel', shape: [2, 3] };
    budget.spendOnce('Dense d', 'weight', [kernel]);
    budget.spendOnce('Dense d', 'weight', [kernel]);
    budget.spend('AUC', 'numThresholds', [4]);
    expect(() => {
      budget.spendOnce('Dense d', 'weight', [{ name: 'bias', shape: [1] }]);
    }).toThrow(
      new ValueError(
        '[Dense d] the sizes that a file declares must match the values that it contains. Received: the weight bias of shape [1], for which the file has no values.',
      ),
    );
  });
});

describe('shared objects', () => {
  const entry = (name: string, id?: number): object => ({
    class_name: 'Dense',
    config: { name },
    ...(id === undefined ? {} : { shared_object_id: id }),
  });

  test('shared objects are read once for all entries with one id', () => {
    const shared = new SharedObjects();
    const [a, b, c] = [entry('a', 1), entry('a', 1), entry('b', 2)].map((each) => shared.read(each, () => ({})));
    expect(a).toBe(b);
    expect(a).not.toBe(c);
  });

  test('shared objects are recognized by an equal entry before them that is not marked, as Keras writes the first one', () => {
    const shared = new SharedObjects();
    const [first, second] = [entry('a'), entry('a', 1)].map((each) => shared.read(each, () => ({})));
    expect(first).toBe(second);
  });

  test('equal entries without an id are not shared objects', () => {
    const shared = new SharedObjects();
    const [first, second] = [entry('a'), entry('a')].map((each) => shared.read(each, () => ({})));
    expect(first).not.toBe(second);
  });
});

test('a write context numbers the layers that were written more than once', () => {
  const context = new WriteContext();
  const [a, b] = [{}, {}];
  const entries = [a, b, a].map((layer) => context.write(layer, () => ({ written: layer === a ? 'a' : 'b' })));
  context.numberSharedLayers();
  expect(entries).toEqual([
    { written: 'a', shared_object_id: 1 },
    { written: 'b' },
    { written: 'a', shared_object_id: 1 },
  ]);
});
