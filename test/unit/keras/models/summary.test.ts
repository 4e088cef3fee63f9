import { Input, Model, Sequential, resetNames } from 'evenkeel';
import { BatchNormalization, Conv2D, Dense, Flatten, MaxPooling2D } from 'evenkeel/layers';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { loadGolden } from '../../../support/golden.ts';

interface SummaryCase {
  readonly kind: string;
  readonly name: string;
  readonly options: { readonly show_trainable?: boolean; readonly line_length?: number };
  readonly columns: number;
  readonly text: string;
}

const cases = loadGolden<SummaryCase>('fit').cases.filter(({ kind }) => kind === 'summary');

function article(built: boolean): Sequential {
  return new Sequential([
    ...(built ? [Input({ shape: [28, 28, 1] })] : []),
    new Conv2D(32, [3, 3], { activation: 'relu' }),
    new Conv2D(32, [3, 3], { activation: 'relu' }),
    new BatchNormalization(),
    new MaxPooling2D(),
    new Flatten(),
    new Dense(10, { activation: 'softmax' }),
  ]);
}

function net(): Sequential {
  const layers = [
    new Conv2D(32, [3, 3], { activation: 'relu' }),
    new BatchNormalization(),
    new MaxPooling2D(),
    new Dense(1),
  ];
  return new Sequential(layers, { name: 'net' });
}

const models: Readonly<Record<string, () => Sequential>> = {
  'article, unbuilt': () => article(false),
  'article, built': () => article(true),
  'article, layers[2] (batch normalization) frozen': () => {
    const model = article(true);
    model.layers[2]!.trainable = false;
    return model;
  },
  'article, compiled with adam, not trained': () => {
    const model = article(true);
    model.compile({ optimizer: 'adam', loss: 'sparse_categorical_crossentropy' });
    return model;
  },
  'article, compiled with adam, trained one step': () => {
    const model = article(true);
    model.compile({ optimizer: 'adam', loss: 'sparse_categorical_crossentropy' });
    model.optimizer.build(model.trainableWeights);
    return model;
  },
  'unbuilt, named net': net,
  'named net, built by build((None, 28, 28, 1))': () => {
    const model = net();
    model.build([null, 28, 28, 1]);
    return model;
  },
  empty: () => new Sequential([], { name: 'empty' }),
};

describe('summary', () => {
  beforeEach(() => {
    resetNames();
    vi.unstubAllEnvs();
  });

  test.each(cases.filter(({ name }) => name in models))(
    'summary prints what Keras prints: $name $options $columns',
    (entry) => {
      vi.stubEnv('COLUMNS', String(entry.columns));
      const model = models[entry.name]!();
      const texts: string[] = [];
      const { show_trainable: showTrainable, line_length: lineLength } = entry.options;
      model.summary({ showTrainable, lineLength, printFn: (text) => texts.push(text) });
      // One line more than Keras prints.
      const printed = texts.map((text) => text.replace(/\n Frozen normalization: .*$/, ''));
      expect(printed).toEqual([entry.text.trimEnd()]);
    },
  );

  test('summary shows the layers of a range alone', () => {
    const texts: string[] = [];
    article(true).summary({ layerRange: ['conv2d_1', 'max'], lineLength: 76, printFn: (text) => texts.push(text) });
    expect(texts[0]).toContain('max_pooling2d');
    expect(texts[0]).not.toContain('dense');
    expect(texts[0]).not.toContain('conv2d (');
  });

  test('summary refuses lines in which nothing fits, and layers that are not there', () => {
    const model = article(true);
    expect(() => model.summary({ lineLength: 10 })).toThrow(
      '[Sequential sequential] summary needs wider lines. Received: lineLength=10.',
    );
    expect(() => model.summary({ layerRange: ['lstm', 'dense'] })).toThrow(
      '[Sequential sequential] summary: layerRange must name layers of the model. Received: ["lstm", "dense"].',
    );
    expect(() => model.summary({ linelength: 80 } as never)).toThrow(
      '[Sequential sequential] unknown option "linelength". Did you mean "lineLength"?',
    );
  });
});

test('a summary names frozen batch normalization, of nested models too, which behaves differently in training', () => {
  const inner = new Sequential([Input({ shape: [2] }), new BatchNormalization({ name: 'a', trainable: false })], {
    name: 'inner',
  });
  const model = new Sequential([
    Input({ shape: [2] }),
    new Dense(2, { name: 'dense', trainable: false }),
    new BatchNormalization({ name: 'a', trainable: false }),
    new BatchNormalization({ name: 'b' }),
    inner,
  ]);
  const texts: string[] = [];
  model.summary({ printFn: (text) => texts.push(text) });
  expect(texts.join().split('\n').at(-1)).toBe(' Frozen normalization: a, inner/a');
});

test('a summary names the frozen batch normalization of a functional model once, though it is called twice', () => {
  const x = Input({ shape: [2] });
  const bn = new BatchNormalization({ name: 'bn', trainable: false });
  const inner = new Model({ inputs: x, outputs: bn.apply(bn.apply(x)), name: 'inner' });
  const y = Input({ shape: [2] });
  const model = new Model({ inputs: y, outputs: inner.apply(y) });
  const texts: string[] = [];
  model.summary({ printFn: (text) => texts.push(text) });
  expect(texts.join().split('\n').at(-1)).toBe(' Frozen normalization: inner/bn');
});
