import type { Tensor } from '../core/tensor.ts';
import { showShape } from '../core/shape.ts';
import type { Model } from '../keras/models/index.ts';
import { files } from '../formats/files/files-node.ts';
import { type Scaling, arrange, inputsOf, parseArray, prepared, withRows } from './arrays.ts';
import { reading, wrongCall } from './failure.ts';
import { ImageBatch, type ImageOptions } from './images/batch.ts';
import { sniffImage } from './images/decode.ts';
import type { Io } from './io.ts';
import { withProgress } from './progress.ts';

/** What a model is fed, and what each row is called. */
export interface ReadInputs {
  readonly x: Tensor | readonly Tensor[] | Readonly<Record<string, Tensor>>;
  readonly rows: number;
  readonly rowNames: readonly string[];
}

export interface InputOptions extends Scaling, ImageOptions {}

/** Reads the files that a model is fed: a .npy for each of its inputs, or images. What they are goes by what is in them. */
export async function readInputs(
  io: Io,
  model: Model,
  paths: readonly string[],
  options: InputOptions,
): Promise<ReadInputs> {
  return reading(async () => {
    const [first = ''] = paths;
    const bytes = await files.readFile('evenkeel', first);
    return sniffImage(bytes) === null
      ? await readArrays(model, paths, options)
      : await readImages(io, model, paths, options);
  });
}

async function readArrays(model: Model, paths: readonly string[], options: InputOptions): Promise<ReadInputs> {
  const signature = model.inputSignature;
  const inputs = inputsOf(signature);
  const arrays: Tensor[] = [];
  for (const [i, path] of paths.entries()) {
    const read = withRows(path, parseArray(path, await files.readFile('evenkeel', path)));
    arrays.push(prepared(read, options, inputs?.[i] ?? null));
  }
  const x = arrange(arrays, signature, 'what follows the model');
  const rows = arrays[0]?.shape[0] ?? 0;
  return { x, rows, rowNames: Array.from({ length: rows }, (_, row) => `row ${row}`) };
}

async function readImages(io: Io, model: Model, paths: readonly string[], options: InputOptions): Promise<ReadInputs> {
  const [input, ...others] = inputsOf(model.inputSignature) ?? [];
  if (input === undefined || others.length > 0) {
    throw wrongCall(
      `images go into a model with one input. Received: ${
        input === undefined
          ? 'a model that does not say what it is fed'
          : [input, ...others].map(({ shape }) => showShape(shape)).join(', ')
      }. Give it .npy files.`,
    );
  }
  const batch = new ImageBatch(input.shape, paths.length, options);
  await withProgress(io, 'Reading images', paths.length, async ({ update }) => {
    for (const [i, path] of paths.entries()) {
      io.signal.throwIfAborted();
      batch.add(path, await files.readFile('evenkeel', path));
      update(i + 1);
    }
  });
  const images = batch.join();
  const flat = input.shape.length === 3 ? images.reshape(images.shape.slice(0, 3)) : images;
  return { x: prepared(flat, options, input), rows: paths.length, rowNames: paths };
}
