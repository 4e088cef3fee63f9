import { expect, test } from 'vitest';
import { tensor } from '../../../../src/core/tensor.ts';
import { ValueError } from '../../../../src/core/errors.ts';
import { constant } from '../../../../src/compiler/graph/leaves.ts';
import { Variable } from '../../../../src/compiler/ir/variable.ts';
import { evaluate } from '../../../../src/compiler/reference/index.ts';
import * as optimizers from '../../../../src/keras/optimizers/index.ts';
import { deserializeKerasObject, serializeKerasObject } from '../../../../src/keras/utils/index.ts';
import { step } from './stepping.ts';

const { Adam, LossScaleOptimizer, MultiOptimizer, OptimizerMap, RMSprop, SGD } = optimizers;

const variable = (path: string): Variable => new Variable(tensor([1]), { name: path.split('/').at(-1)!, path });
const sgd = (learningRate = 1): optimizers.SGD => new SGD({ learningRate });

test('an OptimizerMap is a map of its keys, whose get also matches paths', () => {
  const [adam, other] = [new Adam(), new RMSprop()];
  const map = new OptimizerMap(sgd(), { 'encoder/.*': adam });
  expect(map.set('decoder', other)).toBe(map);
  expect([...map.keys()]).toEqual(['encoder/.*', 'decoder']);
  expect([...map.values()]).toEqual([adam, other]);
  expect([...map]).toEqual([...map.entries()]);
  expect(map.get('encoder/dense/kernel')).toBe(adam);
  expect(map.call({ path: 'decoder' })).toBe(other);
  expect(map.get('decoder/kernel')).toBe(map.defaultOptimizer);
  expect([map.has('encoder/.*'), map.has('encoder/dense'), map.size]).toEqual([true, false, 2]);
  expect([map.delete('decoder'), map.delete('decoder'), map.size]).toEqual([true, false, 1]);
});

test('an OptimizerMap accepts its arguments by position and by name', () => {
  const [main, adam] = [sgd(), new Adam()];
  for (const map of [
    new OptimizerMap(main, { '.*': adam }),
    new OptimizerMap(main, { optimizerMap: { '.*': adam } }),
    new OptimizerMap({ defaultOptimizer: main, optimizerMap: { '.*': adam } }),
  ]) {
    expect([map.defaultOptimizer, ...map]).toEqual([main, ['.*', adam]]);
  }
  expect(new OptimizerMap(main, { optimizerMap: adam }).get('optimizerMap')).toBe(adam);
  expect(new OptimizerMap(main, null).size).toBe(0);
  const given = { a: adam };
  const map = new OptimizerMap(main, given);
  Object.assign(given, { b: adam });
  expect(map.size).toBe(1);
});

test.each([
  [
    () => new OptimizerMap('adam' as never),
    new TypeError(
      '[OptimizerMap] defaultOptimizer must be an Optimizer. Received: defaultOptimizer="adam". Create it with its class: new SGD().',
    ),
  ],
  [
    () => new OptimizerMap(sgd(), [sgd()] as never),
    new TypeError(
      '[OptimizerMap] optimizerMap must be an object: optimizers by the paths of variables. Received: optimizerMap=["a SGD"].',
    ),
  ],
  [
    () => new OptimizerMap(sgd(), { '.*': 'adam' as never }),
    new ValueError('[OptimizerMap] the optimizer of a key must be an Optimizer. Received: "adam" for ".*".'),
  ],
  [
    () => new OptimizerMap(sgd(), { '(': sgd() }),
    new ValueError(
      '[OptimizerMap] a key must be the path of a variable, or a regular expression. Received: "(". Escape the characters that regular expressions reserve.',
    ),
  ],
  [
    () => new OptimizerMap(sgd()).set('.*', new LossScaleOptimizer(sgd())),
    new ValueError(
      '[OptimizerMap] an optimizer in a map must update the weights itself. Received: a LossScaleOptimizer for ".*".',
    ),
  ],
  [
    () => new OptimizerMap(new MultiOptimizer(new OptimizerMap(sgd()))),
    new ValueError(
      '[OptimizerMap] an optimizer in a map must update the weights itself. Received: a MultiOptimizer for defaultOptimizer.',
    ),
  ],
  [
    () => new OptimizerMap(sgd(), { a: new SGD({ name: 'first' }) }).set('a', sgd()),
    new ValueError(
      '[OptimizerMap] keys must be unique. Received: "a", whose optimizer is first. Remove it first: map.delete("a").',
    ),
  ],
  [
    () => new OptimizerMap(sgd(), { 'a/.*': sgd(), '.*/b': sgd() }).get('a/b'),
    new ValueError(
      '[OptimizerMap] a variable must have one optimizer. Received: the path "a/b", which matches "a/.*" and ".*/b". Make the keys exclude each other, or add the path itself.',
    ),
  ],
  [
    () => new MultiOptimizer({ a: sgd() } as never),
    new TypeError('[MultiOptimizer] unknown option "a". Known: "optimizerMap", "lossScaleFactor", "name".'),
  ],
  [
    () => optimizers.get('multioptimizer', 'compile'),
    new TypeError(
      '[MultiOptimizer] optimizerMap must be an OptimizerMap, its config object, or a function that returns the optimizer of a variable. Received: undefined.',
    ),
  ],
  [
    () => new MultiOptimizer(() => 'adam' as never).build([variable('a/b')]),
    new ValueError(
      '[MultiOptimizer] optimizerMap must return an Optimizer that updates the weights itself. Received: "adam" for a/b.',
    ),
  ],
  [
    () => new MultiOptimizer(() => new LossScaleOptimizer(sgd())).build([variable('a/b')]),
    new ValueError(
      '[MultiOptimizer] optimizerMap must return an Optimizer that updates the weights itself. Received: a LossScaleOptimizer for a/b.',
    ),
  ],
  [
    () => new MultiOptimizer(new OptimizerMap(sgd())).learningRate,
    new TypeError(
      '[MultiOptimizer] the learning rate of a MultiOptimizer cannot be read, since each of its optimizers has one. Use those of optimizer.optimizers.',
    ),
  ],
  [
    () => Object.assign(new MultiOptimizer(new OptimizerMap(sgd())), { learningRate: 1 }),
    new TypeError(
      '[MultiOptimizer] the learning rate of a MultiOptimizer cannot be set, since each of its optimizers has one. Use those of optimizer.optimizers.',
    ),
  ],
  [
    () => new MultiOptimizer(new OptimizerMap(sgd())).excludeFromWeightDecay(),
    new ValueError(
      '[MultiOptimizer] a MultiOptimizer applies no weight decay itself. Call excludeFromWeightDecay of the optimizers in optimizer.optimizers.',
    ),
  ],
])('wrong use of several optimizers is refused (%#)', (run, error) => {
  expect(run).toThrow(error);
});

test('a MultiOptimizer that refuses a function keeps no state of the attempt', () => {
  const adam = new Adam();
  const optimizer = new MultiOptimizer(({ name }) => (name === 'a' ? adam : ('none' as never)));
  expect(() => optimizer.build([variable('a'), variable('b')])).toThrow('Received: "none" for b.');
  expect([optimizer.built, adam.built, optimizer.optimizers.length]).toEqual([false, false, 0]);
});

test('a MultiOptimizer moves all variables that it was built with at once', () => {
  const [a, b] = [variable('a'), variable('b')];
  const optimizer = new MultiOptimizer(new OptimizerMap(sgd(), { a: sgd(0.5) }));
  step(optimizer, [tensor([1]), tensor([1])], [a, b]);
  expect([a.value.item(), b.value.item()]).toEqual([0.5, 0]);
  expect(() => step(optimizer, [tensor([1])], [a])).toThrow(
    '[MultiOptimizer] gradients must match the variables that the optimizer was built with one to one. Received: 1 gradients, where it was built with 2 variables.',
  );
  expect(() => step(optimizer, [tensor([1]), null], [a, b])).toThrow(
    '[SGD] no gradients provided for any variable. Received: variables b.',
  );
  expect(() => step(optimizer, [tensor([1]), tensor([1])], [a, variable('c')])).toThrow(
    '[MultiOptimizer] an optimizer can only move the variables that it was built with. Received: c.',
  );
});

test('the scale of the loss of a MultiOptimizer is that of its optimizers, and can be changed', () => {
  const inner = new SGD({ learningRate: 1, lossScaleFactor: 4 });
  const optimizer = new MultiOptimizer(new OptimizerMap(inner), { lossScaleFactor: 8 });
  expect(inner.lossScaleFactor).toBe(8);
  const { revision } = optimizer;
  optimizer.lossScaleFactor = 2;
  expect([inner.lossScaleFactor, optimizer.lossScaleFactor]).toEqual([2, 2]);
  expect(optimizer.revision).not.toBe(revision);
  const loss = optimizer.scaleLoss(constant(3));
  expect(evaluate({ inputs: [], outputs: [loss], updates: [] }, []).outputs[0]!.item()).toBe(6);
  const w = variable('w');
  step(optimizer, [tensor([1])], [w]);
  expect(w.value.item()).toBe(0.5);
  const selected = new SGD({ lossScaleFactor: 4 });
  new MultiOptimizer(() => selected, { lossScaleFactor: 16 }).build([w]);
  expect(selected.lossScaleFactor).toBe(16);
});

test('moving averages are those of the optimizers in a MultiOptimizer that keep them', () => {
  const averaging = new SGD({ learningRate: 1, useEma: true, emaMomentum: 0.5 });
  const optimizer = new MultiOptimizer(new OptimizerMap(sgd(), { a: averaging, unused: new SGD({ useEma: true }) }));
  const [a, b] = [variable('a'), variable('b')];
  expect(() => optimizer.swapAverages()).toThrow('[SGD] there are no moving averages of the weights before the first');
  for (let i = 0; i < 2; i++) step(optimizer, [tensor([1]), tensor([1])], [a, b]);
  expect([a.value.item(), b.value.item()]).toEqual([-1, -1]);
  optimizer.swapAverages();
  expect([a.value.item(), b.value.item(), optimizer.hasSwappedAverages]).toEqual([-0.5, -1, true]);
  optimizer.swapAverages();
  expect([a.value.item(), b.value.item(), optimizer.hasSwappedAverages]).toEqual([-1, -1, false]);
  optimizer.finalizeVariableValues();
  expect([a.value.item(), b.value.item()]).toEqual([-0.5, -1]);
  expect(() => new MultiOptimizer(new OptimizerMap(sgd())).checkAverages()).toThrow(
    '[MultiOptimizer] there are no moving averages of the weights. Received: useEma=false of all optimizers. Create at least one with useEma: true.',
  );
});

test('a MultiOptimizer in a LossScaleOptimizer skips steps whose gradients are not finite', () => {
  const optimizer = new LossScaleOptimizer(new MultiOptimizer(new OptimizerMap(sgd(), { a: sgd(0.5) })), {
    initialScale: 2,
  });
  const [a, b] = [variable('a'), variable('b')];
  step(optimizer, [tensor([1]), tensor([1])], [a, b]);
  expect([a.value.item(), b.value.item()]).toEqual([0.75, 0.5]);
  step(optimizer, [tensor([1]), tensor([Infinity])], [a, b]);
  expect([a.value.item(), b.value.item(), optimizer.iterations.value.item()]).toEqual([0.75, 0.5, 1]);
});

test('a serialized OptimizerMap is deserialized by optimizers and utils', () => {
  const map = new OptimizerMap(new SGD({ momentum: 0.5 }), { '.*': new Adam({ beta1: 0.5 }) });
  for (const again of [
    optimizers.deserialize(optimizers.serialize(map)),
    deserializeKerasObject(serializeKerasObject(map)),
  ]) {
    expect(again).toBeInstanceOf(OptimizerMap);
    expect((again as optimizers.OptimizerMap).getConfig()).toEqual(map.getConfig());
  }
  const multi = new MultiOptimizer(map, { lossScaleFactor: 2, name: 'several' });
  const again = deserializeKerasObject(serializeKerasObject(multi));
  expect((again as optimizers.MultiOptimizer).getConfig()).toEqual(multi.getConfig());
  expect(() => optimizers.get(optimizers.serialize(map))).toThrow(
    '[optimizers.get] an OptimizerMap assigns optimizers to variables, and is none itself. Received: the config of an OptimizerMap. Pass it to a MultiOptimizer.',
  );
});

test('custom optimizers and maps are found in customObjects', () => {
  class Mine extends SGD {
    static override readonly className: string = 'Mine';
  }
  class MyMap extends OptimizerMap {
    static override readonly className: string = 'MyMap';
  }
  const written = optimizers.serialize(new MultiOptimizer(new MyMap(new Mine(), { a: new Mine() })));
  const again = optimizers.deserialize(written, { Mine, MyMap }) as optimizers.MultiOptimizer;
  expect(again.optimizerMap).toBeInstanceOf(MyMap);
  expect(again.optimizers.every((each) => each instanceof Mine)).toBe(true);
  expect(() => optimizers.deserialize(written, { MyMap })).toThrow('Mine');
});

test('a MultiOptimizer of a function is written with the name of the function', () => {
  const only = sgd();
  const pick = (): optimizers.Optimizer => only;
  const written = optimizers.serialize(new MultiOptimizer(pick));
  expect(written.config['optimizer_map']).toEqual({
    module: 'builtins',
    class_name: 'function',
    config: 'pick',
    registered_name: 'function',
  });
  const again = optimizers.deserialize(written, { pick }) as optimizers.MultiOptimizer;
  expect(again.optimizerMap).toBe(pick);
  expect(() => optimizers.deserialize(written)).toThrow(
    '[MultiOptimizer] the function "pick", which returns the optimizer of a variable, is unknown. Pass it in customObjects: { pick }.',
  );
});
