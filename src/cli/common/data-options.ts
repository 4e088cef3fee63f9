import { type Command, Option } from 'commander';
import type { DataFormat } from '../../formats/images/channels.ts';
import type { Scaling } from './arrays.ts';
import { imageSize, integer, numberOrFraction } from './options.ts';

/** Options for converting arrays and images to the inputs of a model. */
export interface InputOptions extends Scaling {
  readonly resize?: boolean;
  readonly size?: readonly [height: number, width: number];
  readonly dataFormat: DataFormat;
}

/** Options of commands that read data in batches. */
export interface DataOptions extends InputOptions {
  readonly data: readonly string[];
  readonly batchSize: number;
}

/** Adds the options of {@link InputOptions}. */
export function addInputOptions(command: Command): Command {
  return command
    .option('--scale <number>', 'multiply the inputs by a number or a fraction: 1/255', numberOrFraction, 1)
    .option('--offset <number>', 'add a number to the inputs, after scaling', numberOrFraction, 0)
    .option('--resize', "resize images to the model's input size (bilinear, not antialiased)")
    .option('--size <height>x<width>', 'resize images to this size, for models that accept any size', imageSize)
    .addOption(
      new Option('--data-format <format>', 'the position of the channel axis in images')
        .choices(['channels_last', 'channels_first'])
        .default('channels_last'),
    );
}

/** Adds `--data`. */
export function addData(command: Command): Command {
  return command.requiredOption(
    '--data <files...>',
    'the inputs: one .npy for each input of the model, or PNG and JPEG images',
  );
}

/** Adds `--batch-size`. */
export function addBatchSize(command: Command): Command {
  return command.option('--batch-size <rows>', 'rows per batch', integer(1), 32);
}
