import { History } from 'evenkeel/callbacks';
import { View, parse } from 'vega';
import { type TopLevelSpec, compile } from 'vega-lite';
import { expect, expectTypeOf, test } from 'vitest';
import { ValueError } from '../../../../src/core/errors.ts';

function historyOf(epochs: readonly Readonly<Record<string, unknown>>[]): History {
  const history = new History();
  history.onTrainBegin();
  for (const [epoch, logs] of epochs.entries()) history.onEpochEnd(epoch, logs as Record<string, number>);
  return history;
}

const trained = historyOf([
  { accuracy: 0.5, loss: 2 },
  { accuracy: 0.75, loss: 1, val_accuracy: 0.6, val_loss: 1.5 },
  { accuracy: 0.8, loss: NaN },
]);

test('History.toVegaLite has a row for each value, with the epoch of a validation that does not follow each epoch', () => {
  const { data, concat, columns } = trained.toVegaLite();
  expect(data.values.filter(({ metric }) => metric === 'loss')).toEqual([
    { epoch: 0, metric: 'loss', data: 'training', value: 2 },
    { epoch: 1, metric: 'loss', data: 'training', value: 1 },
    { epoch: 1, metric: 'loss', data: 'validation', value: 1.5 },
    { epoch: 2, metric: 'loss', data: 'training', value: null },
  ]);
  expect(concat.map(({ title }) => title)).toEqual(['loss', 'accuracy']);
  expect(columns).toBe(2);
});

test('the chart of a history is JSON, and has a type that vega-lite accepts', () => {
  const chart = trained.toVegaLite();
  expectTypeOf(chart).toExtend<TopLevelSpec>();
  expect(JSON.parse(JSON.stringify(chart))).toEqual(chart);
});

test('vega-lite compiles the chart of a history without warnings, and vega draws a line for each run and metric', async () => {
  const warnings: unknown[] = [];
  const warn = (...given: readonly unknown[]): unknown => warnings.push(given);
  const logger = { level: () => logger, error: warn, warn, info: () => logger, debug: () => logger };
  const { spec } = compile(trained.toVegaLite(), { logger: logger as never });
  expect(warnings).toEqual([]);
  const view = new View(parse(spec), { renderer: 'none' });
  const svg = await view.toSVG();
  view.finalize();
  for (const text of ['loss', 'accuracy', 'training', 'validation', 'epoch']) expect(svg).toContain(`>${text}</text>`);
  expect(svg.match(/aria-roledescription="line mark"/g)?.length).toBe(4);
});

test('the chart of one epoch of training alone has points and no legend', () => {
  const [panel] = historyOf([{ loss: 1 }]).toVegaLite().concat;
  expect(panel?.mark.point).toBe(true);
  expect(panel?.encoding.color.legend).toBe(null);
  const many = historyOf(Array.from({ length: 21 }, () => ({ loss: 1 })));
  expect(many.toVegaLite().concat[0]?.mark.point).toBe(false);
});

test('the chart of a history has the panels, sizes and columns of the options', () => {
  const chart = trained.toVegaLite({ metrics: ['accuracy'], width: 100, height: 50, columns: 1 });
  expect(chart.concat.map(({ title, width, height }) => [title, width, height])).toEqual([['accuracy', 100, 50]]);
  expect(chart.columns).toBe(1);
  expect(chart.data.values.every(({ metric }) => metric === 'accuracy')).toBe(true);
});

test('each number of a metric with several has a panel', () => {
  const history = historyOf([{ f1_score: [0.5, 0.25], loss: 1, val_f1_score: [1, 0] }]);
  const { concat, data } = history.toVegaLite();
  expect(concat.map(({ title }) => title)).toEqual(['loss', 'f1_score[0]', 'f1_score[1]']);
  expect(data.values.at(-1)).toEqual({ epoch: 0, metric: 'f1_score[1]', data: 'validation', value: 0 });
});

test('the epochs of a history that is used twice follow each other', () => {
  const history = historyOf([{ loss: 3 }, { loss: 2 }]);
  history.onTrainBegin();
  history.onEpochEnd(0, { loss: 1 });
  history.onEpochEnd(1, { loss: 0.5 });
  expect(history.toVegaLite().data.values.map(({ epoch }) => epoch)).toEqual([0, 1, 2, 3]);
  const continued = historyOf([{ loss: 3 }, { loss: 2 }]);
  continued.onTrainBegin();
  continued.onEpochEnd(2, { loss: 1 });
  expect(continued.toVegaLite().data.values.map(({ epoch }) => epoch)).toEqual([0, 1, 2]);
});

test('History.toVegaLite refuses a history without an epoch, and unknown names', () => {
  expect(() => new History().toVegaLite()).toThrow(
    new ValueError('[History.toVegaLite] a chart needs an epoch. Received: a history without one. Call fit first.'),
  );
  expect(() => trained.toVegaLite({ metrics: ['val_loss'] })).toThrow(
    new ValueError(
      '[History.toVegaLite] metrics must be names of losses and metrics, without val_. Received: "val_loss". The history has loss, accuracy.',
    ),
  );
  expect(() => trained.toVegaLite({ metrics: [] })).toThrow('[History.toVegaLite] metrics must be a list of names.');
  expect(() => trained.toVegaLite({ width: 0 })).toThrow('[History.toVegaLite] width must be an integer ≥ 1.');
});
