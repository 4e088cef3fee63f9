import type { Tensor } from '../../core/tensor.ts';
import { showShape } from '../../core/shape.ts';
import type { AnyModel } from '../../keras/models/index.ts';
import { files } from '../../formats/files/files-node.ts';
import { arrange, inputsOf, parseArray, prepared, withRows } from './arrays.ts';
import type { InputOptions } from './data-options.ts';
import { reading, wrongCall } from './failure.ts';
import { ImageBatch } from '../images/batch.ts';
import { sniffImage } from '../../formats/images/decode.ts';
import type { Io } from './io.ts';
import { withProgress } from './progress.ts';

/** The inputs of a model, with a name for each row. */
export interface ReadInputs {
  readonly x: Tensor | readonly Tensor[] | Readonly<Record<string, Tensor>>;
  readonly rows: number;
  readonly rowNames: readonly string[];
}

/**
 * Reads the input files of a model: one .npy per input, or images. The kind is detected from the content. `what` is the
 * argument or option with the files.
 */
export async function readInputs(
  io: Io,
  model: AnyModel,
  paths: readonly string[],
  what: string,
  options: InputOptions,
): Promise<ReadInputs> {
  return reading(async () => {
    const [first = ''] = paths;
    const bytes = await files.readFile('evenkeel', first);
    return sniffImage(bytes) === null
      ? await readArrays(model, paths, what, options)
      : await readImages(io, model, paths, options);
  });
}

async function readArrays(
  model: AnyModel,
  paths: readonly string[],
  what: string,
  options: InputOptions,
): Promise<ReadInputs> {
  const signature = model.inputSignature;
  const inputs = inputsOf(signature);
  const arrays: Tensor[] = [];
  for (const [i, path] of paths.entries()) {
    const read = withRows(path, parseArray(path, await files.readFile('evenkeel', path)));
    arrays.push(prepared(read, options, inputs?.[i] ?? null));
  }
  const x = arrange(arrays, signature, what);
  const rows = arrays[0]?.shape[0] ?? 0;
  return { x, rows, rowNames: Array.from({ length: rows }, (_, row) => `row ${row}`) };
}

async function readImages(
  io: Io,
  model: AnyModel,
  paths: readonly string[],
  options: InputOptions,
): Promise<ReadInputs> {
  const [input, ...others] = inputsOf(model.inputSignature) ?? [];
  if (input === undefined || others.length > 0) {
    throw wrongCall(
      `images require a model with one input. Received: ${
        input === undefined
          ? 'a model without a known input'
          : [input, ...others].map(({ shape }) => showShape(shape)).join(', ')
      }. Use .npy files instead.`,
    );
  }
  const { dataFormat, size = null } = options;
  const resize = options.resize === true || size !== null;
  const batch = new ImageBatch(input.shape, paths.length, { dataFormat, resize, size });
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
