import { Input, Model, type Tensor, layers, tensor } from 'evenkeel';
import { describe, expect, test } from 'vitest';
import { expectWarning } from '../../../support/fail-on-console.ts';

const quiet = { verbose: 0 } as const;
const column = (value: number): ReturnType<typeof tensor> => tensor([[value], [value]]);
const [it, is] = [column(3), column(1)];

type Structure = 'record' | 'otherKeys' | 'list' | 'inRecord' | 'inList';

/** A model that subtracts the second from the first of inputs whose names are not in alphabetical order. */
function difference(structure: Structure): Model {
  const [a, b] = [Input({ shape: [1], name: 'IT' }), Input({ shape: [1], name: 'IS' })];
  const structures = {
    record: { IT: a, IS: b },
    otherKeys: { second: a, first: b },
    list: [a, b],
    inRecord: { p: [a, b] },
    inList: [{ IT: a, IS: b }],
  };
  const outputs = new layers.Subtract({ name: 'd' }).apply([a, b]);
  const model = new Model({ inputs: structures[structure], outputs, name: 'm' });
  model.compile({ loss: 'mse' });
  return model;
}

const accepted: readonly (readonly [Structure, string, unknown])[] = [
  ['record', 'by name', { IS: is, IT: it }],
  ['otherKeys', 'by name', { first: is, second: it }],
  ['list', 'by name', { IS: is, IT: it }],
  ['list', 'in order', [it, is]],
  ['list', 'with another key', { IS: is, other: is, IT: it }],
  ['inRecord', 'by name, in order within', { p: [it, is] }],
  ['inList', 'in order, by name within', [{ IS: is, IT: it }]],
];

const refused: readonly (readonly [Structure, string, unknown, string])[] = [
  [
    'record',
    'in order',
    [it, is],
    'the inputs must have the structure {"IS":"IS", "IT":"IT"}, since entries of records are matched by their names. Received: ["tensor", "tensor"].',
  ],
  ['otherKeys', 'in order', [it, is], 'the inputs must have the structure {"first":"IS", "second":"IT"}'],
  ['inRecord', 'in order', [it, is], 'the inputs must have the structure {"p":["IT", "IS"]}'],
  ['inList', 'in order', [it, is], 'the inputs must have the structure [{"IS":"IS", "IT":"IT"}]'],
  ['list', 'with a record in it', [{ IT: it, IS: is }], 'the inputs must have the structure ["IT", "IS"]'],
  ['record', 'without one', { IT: it }, 'there must be data for every input. Received: ["IT"], without "IS".'],
  ['list', 'without one', { IT: it }, 'there must be data for every input. Received: ["IT"], without "IS".'],
  ['record', 'under another name', { IT: it, IX: is }, 'unknown input "IX". Known: "IS", "IT".'],
  ['record', 'as one tensor', it, 'the inputs must have the structure'],
];

/** Every way in which a model receives data. */
const methods: Readonly<Record<string, (model: Model, x: never, y: never) => Promise<unknown>>> = {
  predict: (model, x) => model.predict(x, quiet),
  predictOnBatch: (model, x) => model.predictOnBatch(x),
  evaluate: (model, x, y) => model.evaluate(x, y, quiet),
  testOnBatch: (model, x, y) => model.testOnBatch(x, y),
  trainOnBatch: (model, x, y) => model.trainOnBatch(x, y),
  fit: (model, x, y) => model.fit(x, y, quiet),
  'fit on a generator': (model, x, y) =>
    model.fit(
      (function* () {
        yield [x, y] as const;
      })() as never,
      quiet,
    ),
};

describe('inputs in records and lists', () => {
  test.each(accepted)('a model of %s reads inputs %s', async (structure, how, x) => {
    const model = difference(structure);
    expect((await model.predict(x as never, quiet)).toArray(), how).toEqual([[2], [2]]);
    for (const [name, method] of Object.entries(methods)) {
      await method(model, x as never, column(2) as never);
      if (name.startsWith('fit')) expectWarning('the model has no trainable weights');
    }
    expect((await model.evaluate(x as never, column(2), quiet))['loss']).toBe(0);
  });

  test.each(refused)('a model of %s refuses inputs %s in every method', async (structure, _, x, message) => {
    for (const [name, method] of Object.entries(methods)) {
      await expect(method(difference(structure), x as never, column(2) as never), name).rejects.toThrow(message);
    }
  });

  test('an entry that a model of a record does not use is ignored with a warning', async () => {
    const predicted = await difference('record').predict({ IT: it, IS: is, other: is } as never, quiet);
    expect(predicted.toArray()).toEqual([[2], [2]]);
    expectWarning('[Functional m] the record of inputs has entries that the model does not use: ["other"].');
  });

  test('a symbolic call matches inputs in the same way', () => {
    const [a, b] = [Input({ shape: [1] }), Input({ shape: [1] })];
    expect(() => difference('record').apply([a, b])).toThrow('the inputs must have the structure');
    expect(difference('record').apply({ IS: b, IT: a }).shape).toEqual([null, 1]);
  });
});

/** A model whose outputs, a value and its negation, have names that are not in alphabetical order. */
function twoOutputs(isRecord: boolean): Model<Tensor | Record<string, Tensor> | readonly Tensor[]> {
  const x = Input({ shape: [1] });
  const [same, negated] = [
    new layers.Rescaling(1, { name: 'same' }).apply(x),
    new layers.Rescaling(-1, { name: 'negated' }).apply(x),
  ];
  const model = new Model({ inputs: x, outputs: isRecord ? { same, negated } : [same, negated], name: 'm' });
  model.compile({ loss: 'mse' });
  return model;
}

describe('targets and weights in records and lists', () => {
  const [five, minus] = [column(5), column(-3)];
  const named = { negated: minus, same: five };
  const expected = { loss: 4, same_loss: 4, negated_loss: 0 };
  const weighted = { loss: 8, same_loss: 8, negated_loss: 0 };
  const weights = { negated: [1, 1], same: [2, 2] };

  test.each([
    ['a record', true, named, null, expected],
    ['a list', false, named, null, expected],
    ['a list', false, [five, minus], null, expected],
    ['a record', true, named, weights, weighted],
    ['a list', false, [five, minus], weights, weighted],
    [
      'a list',
      false,
      [five, minus],
      [
        [2, 2],
        [1, 1],
      ],
      weighted,
    ],
    ['a record', true, named, [2, 2], weighted],
  ])('a model with %s of outputs accepts them (%#)', async (_, isRecord, y, sampleWeight, logs) => {
    const how = { ...quiet, sampleWeight } as never;
    expect(await twoOutputs(isRecord).evaluate(it, y as never, how)).toEqual(logs);
    expect(await twoOutputs(isRecord).testOnBatch(it, y as never, { sampleWeight })).toEqual(logs);
    const validationData = [it, y, sampleWeight] as never;
    const { history } = await twoOutputs(isRecord).fit(
      it,
      y as never,
      { ...quiet, sampleWeight, validationData } as never,
    );
    expectWarning('the model has no trainable weights');
    for (const [name, value] of Object.entries(logs)) {
      expect(history[name]).toEqual([value]);
      expect(history[`val_${name}`]).toEqual([value]);
    }
  });

  test.each([
    [
      true,
      [five, minus],
      null,
      'y must be a record, as the outputs are, since a list has no names. Received: a list of 2. Give a record with the keys ["negated", "same"].',
    ],
    [
      true,
      named,
      [
        [2, 2],
        [1, 1],
      ],
      'sampleWeight must be a record, as the outputs are, since a list has no names.',
    ],
    [
      true,
      named,
      { same: [2, 2] },
      'sampleWeight must have weights for every output. Received: ["same"], without "negated".',
    ],
    [true, named, { ...weights, other: [1, 1] }, 'unknown output in sampleWeight "other".'],
    [true, { same: five }, null, 'of the output "negated" needs targets. Received: no y for it.'],
    [false, { same: five }, null, 'of the output "negated" needs targets. Received: no y for it.'],
    [true, { ...named, other: five }, null, 'unknown output in y "other".'],
    [false, { ...named, other: five }, null, 'unknown output in y "other".'],
    [false, [five, minus, five], null, 'there must be targets for each of the 2 outputs. Received: 3.'],
  ])('a model refuses them before anything changes (%#)', async (isRecord, y, sampleWeight, message) => {
    const how = { ...quiet, sampleWeight } as never;
    await expect(twoOutputs(isRecord).evaluate(it, y as never, how)).rejects.toThrow(message);
    await expect(twoOutputs(isRecord).fit(it, y as never, how)).rejects.toThrow(message);
    await expect(twoOutputs(isRecord).trainOnBatch(it, y as never, { sampleWeight })).rejects.toThrow(message);
    const good = isRecord ? named : [five, minus];
    const validationData = [it, y, sampleWeight] as never;
    await expect(twoOutputs(isRecord).fit(it, good as never, { ...quiet, validationData })).rejects.toThrow(message);
  });
});
