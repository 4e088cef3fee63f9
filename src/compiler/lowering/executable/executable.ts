import type { DType } from '../../../core/dtype.ts';
import type { KnownShape } from '../../../core/shape.ts';
import type { Feeds } from '../emit/context.ts';
import type { Lowered } from '../lower.ts';
import type { OnnxModel } from '../../onnx/index.ts';

/** The random numbers to feed to a program, with their shape for given free sizes. */
export type RandomFeed = Omit<Feeds['randoms'][number], 'shape'> & {
  readonly shapeFor: (sizes: readonly number[]) => KnownShape;
};

/** An input or output of the model that contains several small arrays, one after another. */
export interface Pack<Part> {
  readonly name: string;
  readonly dtype: DType;
  /** The number of elements of all parts. */
  readonly size: number;
  readonly parts: readonly (Part & {
    readonly shape: KnownShape;
    /** The position of the first element. */
    readonly offset: number;
  })[];
}

/** A model as the engine runs it, and the names of what it is fed and returns. */
export interface Executable extends Pick<
  Lowered,
  'inputs' | 'variables' | 'outputs' | 'updates' | 'scopes' | 'halves'
> {
  readonly randoms: readonly RandomFeed[];
  readonly model: OnnxModel;
  /** The inputs that contain several variables, which are not among `variables`. */
  readonly packedVariables: readonly Pack<Pick<Feeds['variables'][number], 'variable'>>[];
  /** The outputs of the model that contain several of `outputs` and `updates`, by their names there. */
  readonly packedResults: readonly Pack<{ readonly name: string }>[];
}

/** The executable form of a graph whose sizes are all known. */
export function executableOf({ randoms, shapes: _, ...lowered }: Lowered): Executable {
  const feeds = randoms.map(({ shape, ...random }): RandomFeed => ({ ...random, shapeFor: () => shape }));
  return { ...lowered, randoms: feeds, packedVariables: [], packedResults: [] };
}

/** Encodes the model of an executable. The writer is imported on the first call: describing a model does not load it. */
export async function encode({ model }: Executable): Promise<Uint8Array> {
  const { encodeModel } = await import('../../onnx/codec.ts');
  return encodeModel(model);
}
