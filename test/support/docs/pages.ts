import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { TransformerEncoder } from '../../../src/keras/hub/index.ts';
import * as evenkeel from '../../../src/index.ts';
import { Input, Sequential, type Tensor, layers, tensor, utils } from '../../../src/index.ts';

/** A name that the programs of a page use and do not declare. */
export interface Given {
  /** Its type, in TypeScript. */
  readonly type: string;
  /** Its value; omitted if only blocks use it that are not run. */
  readonly value?: () => unknown;
}

/** The description of a page with code: what its programs need, and which blocks are only compiled. */
export interface Page {
  /** Whether each block is a program by itself, instead of a part of the program of the page. @default false */
  readonly separate?: boolean;
  readonly given?: Readonly<Record<string, Given>>;
  /** Writes the files that the programs read into the current folder. */
  readonly writeFiles?: () => void | Promise<void>;
  /** The files that the programs must have written. */
  readonly written?: readonly string[];
  /** Whether the blocks of text on the page are what its programs print, up to line breaks. @default false */
  readonly printsText?: boolean;
  /** Blocks that are compiled and not run, by their first lines, with the reason for each. */
  readonly notRun?: Readonly<Record<string, string>>;
}

const TENSOR = `import('evenkeel').Tensor`;
const SEQUENTIAL = `import('evenkeel').Sequential`;

const images = (count: number): Tensor =>
  tensor(
    Float32Array.from({ length: count * 784 }, (_, i) => (i % 13) / 13),
    [count, 28, 28, 1],
  );
const labels = (count: number): Tensor => tensor(Int32Array.from({ length: count }, (_, i) => i % 10));

/** Digits and their labels. */
const digits = {
  x: { type: TENSOR, value: () => images(20) },
  y: { type: TENSOR, value: () => labels(20) },
  testX: { type: TENSOR, value: () => images(10) },
  testY: { type: TENSOR, value: () => labels(10) },
} satisfies Record<string, Given>;

function line(): Sequential {
  const model = new Sequential([Input({ shape: [1] }), new layers.Dense(1, { name: 'dense' })]);
  model.compile({ optimizer: 'sgd', loss: 'mse' });
  return model;
}

/** A network of one layer and its data. */
const fitting = {
  model: { type: SEQUENTIAL, value: line },
  x: { type: TENSOR, value: () => tensor([[1], [2], [3], [4], [5]]) },
  y: { type: TENSOR, value: () => tensor([[2], [4], [6], [8], [10]]) },
} satisfies Record<string, Given>;

/** Writes files, and the folders that contain them. */
function write(files: Readonly<Record<string, string | Uint8Array>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
}

const picture = (size: number): Promise<Uint8Array> =>
  utils.saveImg(null, tensor(images(1).data.subarray(0, size * size * 3), [size, size, 3]), { fileFormat: 'png' });

async function writeReadmeFiles(): Promise<void> {
  const backbone = new Sequential([
    Input({ shape: [224, 224, 3] }),
    new layers.Conv2D(2, 3, { strides: 16 }),
    new layers.BatchNormalization(),
    new layers.GlobalAveragePooling2D(),
  ]);
  await backbone.save('backbone.keras');
  const trained = new Sequential([
    Input({ shape: [28, 28, 1] }),
    new layers.Conv2D(2, 3),
    new layers.BatchNormalization(),
    new layers.Flatten(),
    new layers.Dense(10, 'softmax'),
  ]);
  trained.compile({ optimizer: 'adam', loss: 'sparse_categorical_crossentropy' });
  await trained.save('made-in-python.keras');
  for (const file of ['cat.jpg', 'dog.png'])
    await utils.saveImg(file, tensor(images(1).data.subarray(0, 300), [10, 10, 3]));
}

async function writeDataFiles(): Promise<void> {
  const png = await picture(8);
  write({
    'shapes/disk/1.png': png,
    'shapes/disk/2.png': png,
    'shapes/square/1.png': png,
    'reviews/bad/1.txt': 'bad',
    'reviews/bad/2.txt': 'worse',
    'reviews/good/1.txt': 'good',
    'reviews/good/2.txt': 'better',
    'houses.csv': 'rooms,city,price\n3,Bern,1.5\n5,Basel,2.5\n4,Chur,1\n',
  });
}

const IN_A_PAGE = 'only in a page; test/browser/page.test.ts does the same in Chromium';

/** Every page with code. */
export const pages: Readonly<Record<string, Page>> = {
  'README.md': {
    separate: true,
    given: {
      ...digits,
      batches: {
        type: `[${TENSOR}, ${TENSOR}][]`,
        value: () => [4, 3].map((count) => [images(count), labels(count)]),
      },
    },
    writeFiles: writeReadmeFiles,
    written: ['back-to-python.keras', 'model.onnx'],
  },
  'CONTRIBUTING.md': {
    given: {
      jit: { type: `typeof import('evenkeel').jit`, value: () => evenkeel.jit },
      ops: { type: `typeof import('evenkeel').ops`, value: () => evenkeel.ops },
    },
  },
  'site/index.md': { given: digits, written: ['digits.keras'] },
  'docs/a-training-step.md': { given: fitting },
  'docs/applications.md': {
    separate: true,
    notRun: {
      "import { ResNet50, resnet } from 'evenkeel/applications';": 'downloads 103 MB',
      "import { Input, Model } from 'evenkeel';": 'downloads 9 MB',
    },
  },
  'docs/keras-hub.md': {
    separate: true,
    writeFiles: async () => {
      await new Sequential([Input({ shape: [4, 8] }), new TransformerEncoder(4, 2)]).save('encoder.keras');
    },
  },
  'docs/browsers.md': {
    separate: true,
    given: {
      input: { type: 'HTMLInputElement' },
      show: { type: '(loaded: number, total: number | null) => void' },
      showEpoch: { type: `(epoch: number, logs: import('evenkeel/callbacks').Logs) => void` },
      x: { type: 'Float32Array' },
      y: { type: 'number[]' },
    },
    notRun: {
      "import { engineInfo } from 'evenkeel';": IN_A_PAGE,
      "import { defineConfig } from 'vite';": 'the settings of Vite, which templates/vite has as well',
      "import { setEngine, setEngineFiles } from 'evenkeel';": IN_A_PAGE,
      "import { setEngineFiles } from 'evenkeel';": IN_A_PAGE,
      "import { type Model, loadModel } from 'evenkeel';": IN_A_PAGE,
      "import { setEngine } from 'evenkeel';": IN_A_PAGE,
      '// train.ts, the worker': 'a worker of a page; test/browser/page.test.ts trains in one',
      '// the page': IN_A_PAGE,
    },
  },
  'docs/command-line.md': {},
  'docs/curves.md': { given: fitting, written: ['runs/first/train', 'runs/first/validation', 'model.svg'] },
  'docs/data.md': { writeFiles: writeDataFiles },
  'docs/distributed.md': {
    given: {
      ...fitting,
      w: { type: `import('evenkeel').Variable`, value: () => line().weights[0] },
      ROWS: { type: 'number', value: () => 5 },
    },
  },
  'docs/engines.md': {
    given: fitting,
    notRun: {
      "import { setEngine } from 'evenkeel';": 'needs a GPU; test/webgpu/ trains where there is one',
      "setEngine('auto', { worker: true }); // or 'node', 'wasm', 'webgpu'":
        'needs the built worker of the package; test/engine/compiler/runtime/worker.test.ts bundles one',
    },
  },
  'docs/from-tensorflow-js.md': {},
  'docs/normalization.md': { written: ['bn.csv', 'runs/first'], printsText: true },
};

/** The files of a list that do not exist in the current folder. */
export const missing = (files: readonly string[]): readonly string[] => files.filter((path) => !existsSync(path));
