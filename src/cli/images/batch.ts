import { ValueError } from '../../core/errors.ts';
import type { Shape } from '../../core/shape.ts';
import { showShape } from '../../core/shape.ts';
import { Tensor } from '../../core/tensor.ts';
import { type DataFormat, withChannels } from '../../formats/images/channels.ts';
import { type Image, decodeImage } from '../../formats/images/decode.ts';
import { resizeImage } from './resize.ts';

/** Options for converting images to a model's input. */
export interface ImageOptions {
  readonly dataFormat: DataFormat;
  /** Whether images are resized to the model's input size. */
  readonly resize: boolean;
  /** The size to use if the model accepts any. */
  readonly size: readonly [height: number, width: number] | null;
}

interface Wanted {
  readonly height: number | null;
  readonly width: number | null;
  readonly channels: number | null;
}

/** Concatenates decoded images into one array in the layout of a model's input. */
export class ImageBatch {
  readonly #wanted: Wanted;
  readonly #options: ImageOptions;
  readonly #count: number;
  #first: { readonly image: Image; readonly name: string } | null = null;
  #data: Float32Array | null = null;
  #added = 0;

  /** @throws ValueError if the model's input does not have the shape of images */
  constructor(inputShape: Shape, count: number, options: ImageOptions) {
    this.#wanted = wantedOf(inputShape, options);
    this.#options = options;
    this.#count = count;
  }

  /** Adds an image. @throws ValueError if the file is damaged, or the image has the wrong size */
  add(name: string, bytes: Uint8Array): void {
    const who = `image ${name}`;
    const { height, width, channels } = this.#wanted;
    const decoded = decodeImage(bytes, who);
    const image = withChannels(decoded, channels ?? this.#first?.image.channels ?? decoded.channels, who);
    const [tall, wide] = [height ?? image.height, width ?? image.width];
    const fits = tall === image.height && wide === image.width;
    if (!fits && !this.#options.resize) {
      throw new ValueError(
        `[${who}] the image must have the model's input size, ${tall} × ${wide}. Received: ${image.height} × ${image.width}. Use --resize.`,
      );
    }
    const ready = resizeImage(image, tall, wide);
    this.#first ??= { image: ready, name };
    const { image: first } = this.#first;
    if (first.height !== ready.height || first.width !== ready.width) {
      throw new ValueError(
        `[${who}] all images must have the size of ${this.#first.name}, ${first.height} × ${first.width}. Received: ${ready.height} × ${ready.width}. Use --size.`,
      );
    }
    const size = ready.data.length;
    this.#data ??= new Float32Array(this.#count * size);
    this.#data.set(this.#options.dataFormat === 'channels_last' ? ready.data : planes(ready), this.#added * size);
    this.#added++;
  }

  /** Returns all images: `[count, height, width, channels]`, or `[count, channels, height, width]`. */
  join(): Tensor {
    const { height = 0, width = 0, channels = 0 } = this.#first?.image ?? {};
    const sizes = this.#options.dataFormat === 'channels_last' ? [height, width, channels] : [channels, height, width];
    return new Tensor(this.#data ?? new Float32Array(0), [this.#added, ...sizes], 'float32');
  }
}

function wantedOf(shape: Shape, { dataFormat, size }: ImageOptions): Wanted {
  const [, ...sizes] = shape;
  if (sizes.length !== 2 && sizes.length !== 3) {
    throw new ValueError(
      `[images] the model's input must be [batch, height, width, channels]. Received: ${showShape(shape)}. Use a .npy file instead.`,
    );
  }
  const full = sizes.length === 2 ? [...sizes, 1] : sizes;
  const [height = null, width = null, channels = null] =
    dataFormat === 'channels_last' || sizes.length === 2 ? full : [full[1], full[2], full[0]];
  if (size === null) return { height, width, channels };
  if ((height ?? size[0]) !== size[0] || (width ?? size[1]) !== size[1]) {
    throw new ValueError(
      `[images] --size must be the model's input size, ${height ?? 'any'} × ${width ?? 'any'}. Received: ${size[0]} × ${size[1]}. Omit --size.`,
    );
  }
  return { height: size[0], width: size[1], channels };
}

/** Returns the data of an image with the channel axis first. */
function planes({ height, width, channels, data }: Image): Float32Array {
  const transposed = new Float32Array(data.length);
  const pixels = height * width;
  for (let pixel = 0; pixel < pixels; pixel++) {
    for (let channel = 0; channel < channels; channel++) {
      transposed[channel * pixels + pixel] = data[pixel * channels + channel] ?? 0;
    }
  }
  return transposed;
}
