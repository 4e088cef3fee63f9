import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { optimizers, tensor } from 'evenkeel';
import { TensorBoard, type TensorBoardOptions } from 'evenkeel/callbacks';
import { afterAll, afterEach, expect, test } from 'vitest';
import { alone, setDataParallelism, setWorld } from '../../../../src/core/world.ts';
import { files as browserFiles } from '../../../../src/formats/files/files-plain.ts';
import { pathIn } from '../../../../src/formats/files/path-in.ts';
import { weightImages } from '../../../../src/keras/callbacks/weight-images.ts';
import { StubModel } from '../../../support/stub-model.ts';

const root = mkdtempSync(join(tmpdir(), 'evenkeel-tensorboard-'));
afterAll(() => rmSync(root, { recursive: true }));
afterEach(() => {
  setWorld(alone);
  setDataParallelism(null);
});

class CompiledModel extends StubModel {
  readonly #optimizer = new optimizers.SGD();
  override get optimizer(): optimizers.SGD {
    return this.#optimizer;
  }
}

async function trainWith(board: TensorBoard): Promise<void> {
  board.setModel(new CompiledModel());
  await board.onTrainBegin();
  board.onEpochBegin();
  board.onTrainBatchBegin();
  await board.onTrainBatchEnd(0, { loss: 1 });
  await board.onEpochEnd(0, { loss: 1 });
  await board.onTrainEnd();
}

test.for<[string, unknown, string]>([
  [
    'a profile',
    { profileBatch: 5 },
    "[TensorBoard] profileBatch must be 0: TensorBoard's profiler shows traces of TensorFlow, and this engine makes none. Received: profileBatch=5. Use writeStepsPerSecond, or Node's own profiler: node --cpu-prof.",
  ],
  [
    'an interval of zero batches',
    { updateFreq: 0 },
    '[TensorBoard] updateFreq must be "epoch", "batch" or an integer ≥ 1. Received: updateFreq=0.',
  ],
  ['a negative interval', { histogramFreq: -1 }, '[TensorBoard] histogramFreq must be an integer ≥ 0.'],
  [
    'no folder',
    { logDir: '' },
    '[TensorBoard] logDir must be the path of a folder, or a file URL. Received: logDir="".',
  ],
  [
    'numbers as files of labels',
    { embeddingsMetadata: { words: 1 } },
    '[TensorBoard] embeddingsMetadata must be the path of a file, or paths by the names of Embedding layers.',
  ],
  [
    'an unknown option',
    { histogramsFreq: 1 },
    '[TensorBoard] unknown option "histogramsFreq". Did you mean "histogramFreq"?',
  ],
])('TensorBoard refuses %s', ([, options, message]) => {
  expect(() => new TensorBoard(options as TensorBoardOptions)).toThrow(message);
});

test('TensorBoard accepts its arguments by position, in the order of Keras', () => {
  const board = new TensorBoard('runs', 2, false, true, true, 'batch', 0, 3, 'words.tsv');
  const { logDir, histogramFreq, writeGraph, writeImages, writeStepsPerSecond } = board;
  expect([logDir, histogramFreq, writeGraph, writeImages, writeStepsPerSecond]).toEqual(['runs', 2, false, true, true]);
  expect([board.updateFreq, board.embeddingsFreq, board.embeddingsMetadata]).toEqual([1, 3, 'words.tsv']);
});

test('TensorBoard writes into a folder that a URL names', async () => {
  await trainWith(new TensorBoard(new URL('by-url', pathToFileURL(`${root}/`))));
  expect(readdirSync(join(root, 'by-url', 'train')).length).toBe(1);
});

test('TensorBoard fails before the first step where it cannot write', async () => {
  writeFileSync(join(root, 'file'), '');
  const board = new TensorBoard(join(root, 'file'));
  board.setModel(new CompiledModel());
  await expect(board.onTrainBegin()).rejects.toThrow('[TensorBoard]');
});

test('of several processes that train one model, only the first writes event files', async () => {
  setDataParallelism({ averageStatistics: true });
  for (const rank of [1, 0]) {
    setWorld({ ...alone, size: 2, rank });
    const folder = join(root, `rank-${rank}`);
    await trainWith(new TensorBoard(folder, { histogramFreq: 1, embeddingsFreq: 1 }));
    expect(existsSync(folder)).toBe(rank === 0);
  }
});

test('in browsers, places that have no files to append to are refused', async () => {
  const append = (path: string): Promise<void> => browserFiles.append('TensorBoard', path, '');
  await expect(append('download://logs')).rejects.toThrow(
    '[TensorBoard] a download can only be written, as a whole. Received: path="download://logs".',
  );
  await expect(append('logs')).rejects.toThrow('[TensorBoard] a file at an address of the web can only be read.');
});

test('pathIn joins a name to every kind of folder', () => {
  expect(pathIn('opfs://logs/', 'train')).toBe('opfs://logs/train');
  expect(pathIn('logs', 'train/a b')).toBe('logs/train/a b');
  expect(pathIn('', 'train')).toBe('train');
  expect(pathIn('/', 'train')).toBe('/train');
  expect(pathIn(new URL('file:///logs'), 'a b/50%').href).toBe('file:///logs/a%20b/50%25');
});

test('weights become images as Keras arranges them', () => {
  const shapes = (shape: readonly number[]): readonly string[] =>
    weightImages(tensor(new Float32Array(shape.reduce((a, b) => a * b, 1)), shape)).map(
      ({ height, width, channels }) => `${height}x${width}x${channels}`,
    );
  expect(shapes([7])).toEqual(['7x1x1']);
  expect(shapes([6, 3])).toEqual(['3x6x1']);
  expect(shapes([3, 6])).toEqual(['3x6x1']);
  expect(shapes([5, 2, 8])).toEqual(['5x2x1', '5x2x1', '5x2x1']);
  expect(shapes([2, 4, 5, 3])).toEqual(['4x5x3', '4x5x3']);
  expect(shapes([2, 4, 5, 8])).toEqual([]);
  expect(shapes([1, 1])).toEqual([]);
  expect(shapes([2, 2, 2, 2, 3])).toEqual([]);
});

test('the values of images are limited to [0, 1], and NaN is black', () => {
  const [image] = weightImages(tensor([-1, 0, 0.5, 1, 7, NaN, Infinity]));
  expect([...image!.data]).toEqual([0, 0, 127, 255, 255, 0, 255]);
  const [transposed] = weightImages(
    tensor([
      [0, 0.1],
      [0.2, 0.3],
      [0.4, 0.5],
    ]),
  );
  expect([...transposed!.data]).toEqual([0, 51, 102, 25, 76, 127]);
  const bytes = weightImages(tensor(Uint8Array.of(0, 9, 255), [3]));
  expect([...bytes[0]!.data]).toEqual([0, 9, 255]);
});
