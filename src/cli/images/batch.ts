import { ValueError } from '../../core/errors.ts';
import type { Shape } from '../../core/shape.ts';
import { showShape } from '../../core/shape.ts';
import { Tensor } from '../../core/tensor.ts';
import { withChannels } from './channels.ts';
import { type Image, decodeImage } from './decode.ts';
import { resizeImage } from './resize.ts';

/** Where the channels of images stand. */
export type DataFormat = 'channels_last' | 'channels_first';

/** What becomes of images on their way into a model. */
export interface ImageOptions {
  readonly dataFormat: DataFormat;
  /** Bring images to the size that the model takes. */
  readonly resize: boolean;
  /** The size where the model takes any. */
  readonly size: readonly [height: number, width: number] | null;
}

interface Wanted {
  readonly height: number | null;
  readonly width: number | null;
  readonly channels: number | null;
}

/** Puts decoded images into one array, one behind the other, as the input of a model wants them. */
export class ImageBatch {
  readonly #wanted: Wanted;
  readonly #options: ImageOptions;
  readonly #count: number;
  #first: { readonly image: Image; readonly name: string } | null = null;
  #data: Float32Array | null = null;
  #added = 0;

  /** @throws ValueError if the input is none for images. */
  constructor(inputShape: Shape, count: number, options: ImageOptions) {
    this.#wanted = wantedOf(inputShape, options);
    this.#options = options;
    this.#count = count;
  }

  /** Adds an image. @throws ValueError if the file is damaged, or has another size than it must have. */
  add(name: string, bytes: Uint8Array): void {
    const who = `image ${name}`;
    const { height, width, channels } = this.#wanted;
    const decoded = decodeImage(bytes, who);
    const image = withChannels(decoded, channels ?? this.#first?.image.channels ?? decoded.channels, who);
    const [tall, wide] = [height ?? image.height, width ?? image.width];
    const fits = tall === image.height && wide === image.width;
    if (!fits && !this.#options.resize) {
      throw new ValueError(
        `[${who}] the image must have the size that the model takes, ${tall} × ${wide}. Received: ${image.height} × ${image.width}. Use --resize.`,
      );
    }
    const ready = resizeImage(image, tall, wide);
    this.#first ??= { image: ready, name };
    const { image: first } = this.#first;
    if (first.height !== ready.height || first.width !== ready.width) {
      throw new ValueError(
        `[${who}] all images must have one size, that of ${this.#first.name}, ${first.height} × ${first.width}. Received: ${ready.height} × ${ready.width}. Use --size.`,
      );
    }
    const size = ready.data.length;
    this.#data ??= new Float32Array(this.#count * size);
    this.#data.set(this.#options.dataFormat === 'channels_last' ? ready.data : planes(ready), this.#added * size);
    this.#added++;
  }

  /** All images: `[count, height, width, channels]`, or with the channels before the height. */
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
      `[images] the model's input must be [batch, height, width, channels]. Received: ${showShape(shape)}. Give it a .npy file.`,
    );
  }
  const full = sizes.length === 2 ? [...sizes, 1] : sizes;
  const [height = null, width = null, channels = null] =
    dataFormat === 'channels_last' || sizes.length === 2 ? full : [full[1], full[2], full[0]];
  if (size === null) return { height, width, channels };
  if ((height ?? size[0]) !== size[0] || (width ?? size[1]) !== size[1]) {
    throw new ValueError(
      `[images] --size must be the size that the model takes, ${height ?? 'any'} × ${width ?? 'any'}. Received: ${size[0]} × ${size[1]}. Leave it out.`,
    );
  }
  return { height: size[0], width: size[1], channels };
}

/** The channels one behind the other. */
function planes({ height, width, channels, data }: Image): Float32Array {
  const turned = new Float32Array(data.length);
  const pixels = height * width;
  for (let pixel = 0; pixel < pixels; pixel++) {
    for (let channel = 0; channel < channels; channel++) {
      turned[channel * pixels + pixel] = data[pixel * channels + channel] ?? 0;
    }
  }
  return turned;
}
