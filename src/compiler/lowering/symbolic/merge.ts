import { InternalError } from '../../../core/errors.ts';
import type { KnownShape } from '../../../core/shape.ts';
import type { Executable } from '../executable/executable.ts';
import type { Lowered } from '../lower.ts';
import type { OnnxModel } from '../../onnx/index.ts';
import { freeDims, reconcile } from './reconcile.ts';
import { type SampledSize, sizeFunction } from './size-table.ts';

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
    // Only a GPU computes in half precision, where all sizes are known.
    halves: new Set(),
    packedVariables: [],
    packedResults: [],
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
