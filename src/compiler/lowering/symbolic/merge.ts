import { InternalError } from '../../../core/errors.ts';
import type { KnownShape } from '../../../core/shape.ts';
import type { Feeds } from '../emit/context.ts';
import type { Lowered } from '../lower.ts';
import type { OnnxModel } from '../../onnx/index.ts';
import { freeDims, reconcile } from './reconcile.ts';
import { type SampledSize, sizeFunction } from './size-table.ts';

/** The random numbers to feed to a program, with their shape for given free sizes. */
export type RandomFeed = Omit<Feeds['randoms'][number], 'shape'> & {
  readonly shapeFor: (sizes: readonly number[]) => KnownShape;
};

/** A model as the engine runs it, and the names of what it is fed and returns. */
export interface Executable extends Pick<Lowered, 'inputs' | 'variables' | 'outputs' | 'updates' | 'scopes'> {
  readonly randoms: readonly RandomFeed[];
  readonly model: OnnxModel;
}

/** The executable form of a graph whose sizes are all known. */
export function executableOf({ model, inputs, variables, randoms, outputs, updates, scopes }: Lowered): Executable {
  const feeds = randoms.map(({ shape, ...random }): RandomFeed => ({ ...random, shapeFor: () => shape }));
  return { model, inputs, variables, randoms: feeds, outputs, updates, scopes };
}

/**
 * The executable form of one graph for all sizes, from its lowered forms at samples of the free sizes.
 *
 * @param sizes the free sizes at each sample
 * @throws DifferentGraphs if the graphs have different nodes; NotImplementedError if a difference is not a size.
 */
export function mergeSamples(samples: readonly Lowered[], sizes: readonly (readonly number[])[]): Executable {
  const [first] = samples;
  if (first === undefined) throw new InternalError('a program without samples.');
  const free = (sizes[0] ?? []).map((_, i): SampledSize => sizes.map((each) => each[i] ?? 0));
  const symbols = free.map((each, i) => ({ name: `size_${i}`, sizes: each }));
  const { graph, scopes, nameOf } = reconcile('program', samples);
  const dims = (part: 'inputs' | 'outputs', i: number): readonly (number | string | null)[] =>
    freeDims(
      samples.map(({ model }) => (model.graph[part][i]?.dims ?? []) as KnownShape),
      symbols,
    );
  const model: OnnxModel = {
    ...first.model,
    graph: {
      ...graph,
      inputs: graph.inputs.map((info, i) => ({ ...info, dims: dims('inputs', i) })),
      outputs: graph.outputs.map((info, i) => ({ ...info, dims: dims('outputs', i) })),
    },
  };
  return {
    model,
    scopes,
    inputs: first.inputs.map((name) => (name === null ? null : nameOf(name))),
    variables: first.variables.map((each) => ({ ...each, name: nameOf(each.name) })),
    outputs: first.outputs.map(nameOf),
    updates: first.updates.map((each) => ({ ...each, name: nameOf(each.name) })),
    randoms: first.randoms.map(({ shape, ...random }, i) => ({
      ...random,
      name: nameOf(random.name),
      shapeFor: shapeFunction(
        samples.map(({ randoms }) => randoms[i]?.shape ?? []),
        free,
      ),
    })),
  };
}

/** Encodes the model of an executable. The writer is imported on the first call: describing a model does not load it. */
export async function encode({ model }: Executable): Promise<Uint8Array> {
  const { encodeModel } = await import('../../onnx/codec.ts');
  return encodeModel(model);
}

function shapeFunction(
  shapes: readonly KnownShape[],
  free: readonly SampledSize[],
): (sizes: readonly number[]) => KnownShape {
  const axes = (shapes[0] ?? []).map((_, axis) => {
    const size = sizeFunction(
      shapes.map((shape) => shape[axis] ?? 0),
      free,
    );
    if (size === null) throw new InternalError('random numbers whose shape is no function of the free sizes.');
    return size;
  });
  return (sizes) => axes.map((size) => size(sizes));
}
