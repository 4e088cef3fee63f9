import { tensor } from 'evenkeel';
import type { Tensor } from 'evenkeel';
import {
  BackupAndRestore,
  Callback,
  CallbackList,
  EarlyStopping,
  History,
  LambdaCallback,
  ModelCheckpoint,
  ProgbarLogger,
  TensorBoard,
  TerminateOnNaN,
} from 'evenkeel/callbacks';
import type { Logs } from 'evenkeel/callbacks';
import { describe, expect, test } from 'vitest';
import {
  formatCount,
  fitLine,
  formatLogs,
  formatSeconds,
  formatStepTime,
  wrapLine,
} from '../../../../src/keras/callbacks/progress-text.ts';
import type { BarState, Terminal } from '../../../../src/core/terminal/terminal.ts';
import { expectWarning, takeOutput } from '../../../support/fail-on-console.ts';
import { StubModel } from '../../../support/stub-model.ts';

class FakeModel extends StubModel {
  content = 0;
  override getWeights(): Tensor[] {
    return [tensor(this.content)];
  }
  override setWeights(values: readonly unknown[]): void {
    this.content = (values[0] as Tensor).item();
  }
}

/** Runs epochs with the given values; the weights are the number of the epoch. */
async function train(callback: EarlyStopping, name: string, values: readonly number[]): Promise<FakeModel> {
  const model = new FakeModel();
  const params = { verbose: 0, epochs: values.length, steps: 1 };
  const list = new CallbackList([callback], { model, params });
  await list.onTrainBegin({});
  for (const [epoch, value] of values.entries()) {
    model.content = epoch;
    await list.onEpochEnd(epoch, { [name]: value });
    if (model.stopTraining) break;
  }
  await list.onTrainEnd({});
  return model;
}

describe('early stopping', () => {
  test('training stops after `patience` epochs without improvement', async () => {
    const stopping = new EarlyStopping({ patience: 2 });
    const model = await train(stopping, 'val_loss', [3, 2, 2.5, 2.1, 1]);
    expect(stopping).toMatchObject({ stoppedEpoch: 3, bestEpoch: 1, best: 2 });
    expect(model.content).toBe(3);
  });

  test('the weights of the best epoch are restored, even if training did not stop early', async () => {
    const stopping = new EarlyStopping({ patience: 9, restoreBestWeights: true });
    expect((await train(stopping, 'val_loss', [3, 1, 2])).content).toBe(1);
    expect(stopping.stoppedEpoch).toBe(0);
  });

  test('the direction of the accuracy is known', async () => {
    const stopping = new EarlyStopping({ monitor: 'val_accuracy', patience: 1, restoreBestWeights: true });
    expect((await train(stopping, 'val_accuracy', [0.1, 0.5, 0.4, 0.9])).content).toBe(1);
  });

  test('the mode is required for values of unknown direction', async () => {
    const stopping = new EarlyStopping({ monitor: 'val_mine' });
    await expect(train(stopping, 'val_mine', [1])).rejects.toThrow(
      `[EarlyStopping] mode must be 'max' or 'min' for "val_mine", whose better direction is not known. Received: mode="auto".`,
    );
    const knowing = new EarlyStopping({ monitor: 'val_mine', mode: 'max', patience: 1 });
    await train(knowing, 'val_mine', [1, 2, 2, 3]);
    expect(knowing).toMatchObject({ stoppedEpoch: 2, best: 2 });
  });

  test('changes below minDelta and epochs before startFromEpoch do not count', async () => {
    const stopping = new EarlyStopping({ minDelta: 0.5, patience: 1, startFromEpoch: 1 });
    await train(stopping, 'val_loss', [0, 3, 2.6, 1]);
    expect(stopping).toMatchObject({ stoppedEpoch: 2, best: 3 });
  });

  test('training stops if the baseline is not beaten', async () => {
    const stopping = new EarlyStopping({ patience: 2, baseline: 0.5 });
    await train(stopping, 'val_loss', [3, 2, 1, 0.4]);
    expect(stopping.stoppedEpoch).toBe(0);
    const short = new EarlyStopping({ patience: 2, baseline: 0.5 });
    await train(short, 'val_loss', [3, 3, 1, 0.4]);
    expect(short.stoppedEpoch).toBe(1);
  });

  test('a missing value is a warning', async () => {
    await train(new EarlyStopping(), 'loss', [1]);
    expectWarning('[EarlyStopping] there is no value named "val_loss" to monitor. Available: loss.');
  });

  test('verbose: 1 prints what happens', async () => {
    await train(new EarlyStopping({ verbose: 1, restoreBestWeights: true }), 'val_loss', [1, 2, 3]);
    expect(takeOutput().map(({ text }) => text)).toEqual([
      'Epoch 2: early stopping',
      'Restoring the weights of the best epoch: 1.',
    ]);
  });

  test('EarlyStopping refuses unknown options and wrong values', () => {
    expect(() => new EarlyStopping({ patients: 3 } as never)).toThrow(
      '[EarlyStopping] unknown option "patients". Did you mean "patience"?',
    );
    expect(() => new EarlyStopping({ mode: 'most' } as never)).toThrow(
      '[EarlyStopping] mode must be one of "auto", "min", "max". Received: mode="most".',
    );
  });
});

describe('CallbackList', () => {
  test('a list calls its callbacks in order and awaits each', async () => {
    const seen: string[] = [];
    class Slow extends Callback {
      override async onEpochEnd(epoch: number, logs: Logs): Promise<void> {
        await Promise.resolve();
        seen.push(`slow ${epoch}`);
        logs['added'] = 1;
      }
    }
    const fast = new LambdaCallback({ onEpochEnd: (epoch) => void seen.push(`fast ${epoch}`) });
    const list = new CallbackList([new Slow(), fast], {
      model: new FakeModel(),
      params: { verbose: 0, epochs: 1, steps: null },
      addHistory: true,
    });
    await list.onEpochEnd(0, { loss: 1 });
    expect(seen).toEqual(['slow 0', 'fast 0']);
    expect(list.history.history).toEqual({ loss: [1], added: [1] });
    expect(list.callbacks.at(-1)).toBeInstanceOf(History);
  });

  test('a list calls the old names of the hooks for batches', async () => {
    const seen: number[] = [];
    class Old extends Callback {
      override onBatchEnd(batch: number): void {
        seen.push(batch);
      }
    }
    await new CallbackList([new Old()], {
      model: new FakeModel(),
      params: { verbose: 0, epochs: 1, steps: null },
    }).onTrainBatchEnd(7, {});
    expect(seen).toEqual([7]);
  });

  test('a callback has no model before training', () => {
    expect(() => new Callback().model).toThrow(
      '[Callback] a callback has no model before fit, evaluate or predict begins.',
    );
  });
});

describe('what hooks between batches read', () => {
  class OldHook extends Callback {
    override onBatchEnd(): void {}
  }
  class TestHook extends Callback {
    override onTestBatchEnd(): void {}
  }
  class Checkpoint extends ModelCheckpoint {
    override onTrainBatchEnd(): Promise<void> {
      return Promise.resolve();
    }
  }
  class Bar extends ProgbarLogger {
    override onTrainBatchEnd(): void {}
  }
  const silent = (): void => undefined;
  const batchHook = new LambdaCallback({ onTrainBatchEnd: silent });
  test.each([
    ['a callback without such a hook', new LambdaCallback({ onEpochEnd: silent }), false, false],
    ['a function', batchHook, true, true],
    ['a hook of the old name', new OldHook(), true, true],
    ['a hook of evaluation', new TestHook(), false, true],
    ['History', new History(), false, false],
    ['TerminateOnNaN', new TerminateOnNaN(), false, true],
    ['ModelCheckpoint after epochs', new ModelCheckpoint('m.keras'), false, false],
    ['ModelCheckpoint after batches', new ModelCheckpoint('m.keras', { saveFreq: 5 }), false, true],
    ['a subclass of ModelCheckpoint', new Checkpoint('m.keras'), true, true],
    ['a subclass of ProgbarLogger', new Bar(), true, true],
    ['BackupAndRestore', new BackupAndRestore('backup', { saveFreq: 5 }), false, false],
    ['ProgbarLogger without a bar', new ProgbarLogger(), false, false],
    ['TensorBoard', new TensorBoard('logs'), false, false],
    ['TensorBoard after batches', new TensorBoard('logs', { updateFreq: 'batch' }), false, true],
  ])('%s', (_, callback, weights, logs) => {
    expect(callback.readsWeightsBetweenBatches).toBe(weights);
    expect(callback.readsLogsOf(0)).toBe(logs);
    const list = new CallbackList([new History(), callback], {
      model: new StubModel(),
      params: { verbose: 0, epochs: 1, steps: 1 },
    });
    expect([list.readsWeightsBetweenBatches, list.readsLogsOf(0)]).toEqual([weights, logs]);
  });
});

describe('TerminateOnNaN', () => {
  test('TerminateOnNaN ends training at a loss of NaN', () => {
    const callback = new TerminateOnNaN();
    const model = new FakeModel();
    callback.setModel(model);
    callback.onTrainBatchEnd(0, { loss: 1 });
    expect(model.stopTraining).toBe(false);
    callback.onTrainBatchEnd(3, { loss: NaN });
    expect(model.stopTraining).toBe(true);
    expect(takeOutput()[0]!.text).toBe('Batch 3: Invalid loss, terminating training');
  });

  test('TerminateOnNaN throws with raiseError', () => {
    const callback = new TerminateOnNaN({ raiseError: true });
    const model = new FakeModel();
    callback.setModel(model);
    callback.onTrainBatchEnd(0, { loss: 1 });
    expect(() => callback.onTrainBatchEnd(3, { loss: Infinity })).toThrow(
      '[TerminateOnNaN] the loss must be a finite number. Received: loss=Infinity at batch 3. Lower the learning rate, or clip gradients.',
    );
    expect(model.stopTraining).toBe(false);
    expect(() => new TerminateOnNaN({ raise: true } as never)).toThrow(TypeError);
  });
});

describe('progress', () => {
  const without = (text: string): string => text.replaceAll(/\d+(us|ms|s)\/step/g, 'TIME/step');

  async function epoch(logger: ProgbarLogger, verbose: number, steps: number | null): Promise<void> {
    const list = new CallbackList([logger], { model: new FakeModel(), params: { verbose, epochs: 2, steps } });
    await list.onTrainBegin({});
    await list.onEpochBegin(0, {});
    await list.onTrainBatchEnd(0, { loss: 2 });
    await list.onTrainBatchEnd(1, { loss: 1 });
    await list.onEpochEnd(0, { loss: 1, val_loss: 0.00001 });
    await list.onTrainEnd({});
  }

  test.each([1, 2])('progress in a pipe is a line for each epoch, with verbose %s', async (verbose) => {
    await epoch(new ProgbarLogger(), verbose, 2);
    expect(takeOutput().map(({ text }) => without(text))).toEqual([
      'Epoch 1/2 - 2/2 - 0s TIME/step - loss: 1.0000 - val_loss: 1.0000e-05',
    ]);
  });

  function fakeTerminal(columns: number): { readonly terminal: Terminal; readonly lines: string[] } {
    const lines: string[] = [];
    let render: (state: BarState) => string = () => '';
    const terminal: Terminal = {
      prepare: () => undefined,
      interactive: true,
      columns,
      openBar: (_total, draw) => {
        render = draw;
        return Promise.resolve({
          update: () => void lines.push(without(render({ bar: '━━──', secondsLeft: 65 }))),
          close: (line) => void lines.push(`closed: ${without(line)}`),
        });
      },
    };
    return { terminal, lines };
  }

  test('progress in a terminal is a bar with the curve of the loss', async () => {
    const { terminal, lines } = fakeTerminal(80);
    await epoch(new ProgbarLogger(terminal), 1, 2);
    expect(lines).toEqual([
      '1/2 ━━── 1:05 TIME/step - loss: 2.0000',
      '2/2 ━━── 1:05 TIME/step - loss: 1.0000 █▁',
      '2/2 ━━── 0s TIME/step - loss: 1.0000 █▁ - val_loss: 1.0000e-05',
      'closed: 2/2 ━━── 0s TIME/step - loss: 1.0000 █▁ - val_loss: 1.0000e-05',
    ]);
    expect(takeOutput().map(({ text }) => text)).toEqual(['Epoch 1/2']);
  });

  test('progress in a narrow terminal has no curve', async () => {
    const { terminal, lines } = fakeTerminal(40);
    await epoch(new ProgbarLogger(terminal), 1, 2);
    expect(lines.slice(0, 2)).toEqual([
      '1/2 ━━── 1:05 TIME/step - loss: 2.0000',
      '2/2 ━━── 1:05 TIME/step - loss: 1.0000',
    ]);
    expect(lines.join('')).not.toMatch(/[▁▂▃▄▅▆▇█]/);
    takeOutput();
  });

  test('the curve continues from epoch to epoch, and starts anew with the next fit', async () => {
    const { terminal, lines } = fakeTerminal(80);
    const list = new CallbackList([new ProgbarLogger(terminal)], {
      ...{ model: new FakeModel(), params: { verbose: 1, epochs: 2, steps: 1 } },
    });
    for (const losses of [
      [8, 4, 2],
      [1, 2],
    ]) {
      await list.onTrainBegin({});
      for (const [i, loss] of losses.entries()) {
        await list.onEpochBegin(i, {});
        await list.onTrainBatchEnd(0, { accuracy: 1, loss });
        await list.onEpochEnd(i, { accuracy: 1, loss });
      }
      await list.onTrainEnd({});
    }
    const last = lines.filter((line) => line.startsWith('closed')).map((line) => line.split('accuracy: 1.0000 - ')[1]);
    expect(last).toEqual(['loss: 8.0000', 'loss: 4.0000 █▁', 'loss: 2.0000 █▅▁', 'loss: 1.0000', 'loss: 2.0000 ▁█']);
    takeOutput();
  });

  test('an evaluation and a prediction in a terminal have no curve', async () => {
    const { terminal, lines } = fakeTerminal(80);
    const params = { verbose: 1, epochs: 1, steps: 3 };
    const list = new CallbackList([new ProgbarLogger(terminal)], { model: new FakeModel(), params });
    await list.onTestBegin({});
    for (const [i, loss] of [3, 2, 1].entries()) await list.onTestBatchEnd(i, { loss });
    await list.onTestEnd({ loss: 1 });
    expect(lines.at(-1)).toBe('closed: 3/3 ━━── 0s TIME/step - loss: 1.0000');
  });

  test('a line that is too long loses its curve, its bar and its times, but never a part of a number', () => {
    const logs = ['accuracy: 0.9688', 'loss: 0.1345', 'val_accuracy: 0.9812', 'val_loss: 0.1234'];
    const parts = { count: '469/469', bar: '━'.repeat(20), time: '12s', stepTime: '26ms/step', logs, curve: '█▅▁' };
    const curved = logs.map((log) => log.replace('loss: 0.1345', 'loss: 0.1345 █▅▁'));
    expect(fitLine(parts, 200)).toBe(`469/469 ${parts.bar} 12s 26ms/step - ${curved.join(' - ')}`);
    const uncurved = `469/469 ${parts.bar} 12s 26ms/step - ${logs.join(' - ')}`;
    expect(fitLine(parts, uncurved.length + 3)).toBe(uncurved);
    expect(fitLine(parts, 105)).toBe(`469/469 - 12s 26ms/step - ${logs.join(' - ')}`);
    expect(fitLine(parts, 40)).toBe('469/469 - accuracy: 0.9688');
    for (let columns = 10; columns < 130; columns++)
      expect(fitLine(parts, columns).length).toBeLessThanOrEqual(columns);
    expect(wrapLine(parts, 79).split('\n')).toEqual([
      '469/469 - 12s 26ms/step - accuracy: 0.9688 - loss: 0.1345',
      'val_accuracy: 0.9812 - val_loss: 0.1234',
    ]);
    expect(
      wrapLine(parts, 40)
        .split('\n')
        .every((line) => line.length <= 40),
    ).toBe(true);
  });

  test('names from files cannot control the terminal', () => {
    expect(formatLogs({ '\u001b[2J': 1 })).toEqual(['\\u001b[2J: 1.0000']);
  });

  test('times and numbers are formatted as in Keras', () => {
    expect([5, 65, 3725].map(formatSeconds)).toEqual(['5s', '1:05', '1:02:05']);
    expect([0, 2, 0.012, 0.00034].map(formatStepTime)).toEqual(['0s/step', '2s/step', '12ms/step', '340us/step']);
    expect(formatLogs({ a: 0.5, b: -0.0001, c: NaN, d: Infinity })).toEqual([
      ...['a: 0.5000', 'b: -1.0000e-04', 'c: nan', 'd: inf'],
    ]);
    expect([formatCount(3, 100), formatCount(3, null)]).toEqual(['  3/100', '3/Unknown']);
  });
});
