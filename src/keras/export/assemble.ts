import { isRecord } from '../../core/config.ts';
import { InternalError } from '../../core/errors.ts';
import { type KnownShape, known } from '../../core/shape.ts';
import { type Tree, flatten } from '../../core/tree.ts';
import { VERSION } from '../../core/version.ts';
import { type Value, isValue } from '../../compiler/ir/value.ts';
import type { Layer } from '../layers/index.ts';
import { type OnnxModel, type OnnxValueInfo, dataTypeOf } from '../../compiler/onnx/index.ts';
import { foldReshapes } from './fold-reshapes.ts';
import { type Sampling, sizesOf } from './free-sizes.ts';
import type { LoweredModel } from './lower-model.ts';
import { renameGraph, uniqueAmong } from './names.ts';
import { type Sample, freeDims, reconcile } from '../../compiler/lowering/symbolic/reconcile.ts';
import type { ExportInput } from './signature.ts';
import type { WeightNames } from './weight-names.ts';

/** A model lowered at several sizes. */
export interface SampledModel {
  readonly who: string;
  readonly model: Layer & { readonly outputNames: readonly string[] | null };
  readonly inputs: readonly ExportInput[];
  readonly sampling: Sampling;
  /** The shapes of the inputs at each sample. */
  readonly shapes: readonly (readonly KnownShape[])[];
  readonly samples: readonly LoweredModel[];
  readonly names: WeightNames;
}

/** Merges the graphs of a model at several sizes into one file, with names and descriptions. */
export function assemble({ who, model, inputs, sampling, shapes, samples, names }: SampledModel): OnnxModel {
  const [first] = samples;
  if (first === undefined) throw new InternalError('an export without samples.');
  const { free, multiple } = sampling;
  const sizes = shapes.map((_, sample) => sizesOf(sampling, sample, shapes.length));
  const symbols = free.map(({ name }, i) => ({ name, sizes: sizes.map((each) => each[i] ?? 0) }));
  const { graph, scopes } = reconcile(
    who,
    samples.map((sample, i) => withAllInputs(sample, inputs, shapes[i] ?? [])),
  );
  const renamed = renameGraph(foldReshapes(graph), {
    graph: model.name,
    inputs: inputs.map(({ name }) => name),
    outputs: namesOfOutputs(model.outputNames, first.form, inputs),
    scopes,
    weight: (initializer) => names.of(initializer),
  });
  const outputShapes = samples.map(({ form }) => flatten(form, isValue).map(({ shape }) => known(shape)));
  const withDims = (info: OnnxValueInfo, i: number, all: readonly (readonly KnownShape[])[]): OnnxValueInfo => ({
    ...info,
    dims: freeDims(
      all.map((each) => each[i] ?? []),
      symbols,
    ),
  });
  const described = {
    ...renamed,
    inputs: renamed.inputs.map((info, i) => withDims(info, i, shapes)),
    outputs: renamed.outputs.map((info, i) => withDims(info, i, outputShapes)),
  };
  const types = flatten(first.form, isValue).map(({ dtype }) => dtype);
  return {
    ...first.lowered.model,
    opsetImports: first.lowered.model.opsetImports.filter(({ domain }) => domain === ''),
    producerVersion: VERSION,
    metadata: {
      framework: `evenkeel ${VERSION}`,
      model: model.name,
      class: model.className,
      inputs: describe(
        described.inputs,
        inputs.map(({ dtype }) => dtype),
      ),
      outputs: describe(described.outputs, types),
      ...(multiple === 1 ? {} : { free_sizes: `multiples of ${multiple}, but for ${free[0]?.name ?? 'batch'}` }),
    },
    graph: described,
  };
}

/** The graph with all inputs of the model in order, including those that no output depends on, which are still fed. */
function withAllInputs(
  { lowered }: LoweredModel,
  inputs: readonly ExportInput[],
  shapes: readonly KnownShape[],
): Sample {
  const { model, scopes } = lowered;
  const infos = inputs.map(({ dtype }, i) => ({
    name: lowered.inputs[i] ?? `unused ${i}`,
    dataType: dataTypeOf(dtype),
    dims: shapes[i] ?? [],
  }));
  const all = new Map([...lowered.shapes, ...infos.map(({ name, dims }) => [name, dims] as const)]);
  return { model: { ...model, graph: { ...model.graph, inputs: infos } }, shapes: all, scopes };
}

/** Unique names of the outputs: the model's own, else the keys of a record, else `output`, or `output_0` and so on. */
function namesOfOutputs(
  own: readonly string[] | null,
  form: Tree<Value>,
  inputs: readonly ExportInput[],
): readonly string[] {
  const count = flatten(form, isValue).length;
  const keys = isRecord(form) && !isValue(form) ? Object.keys(form) : [];
  const taken = new Set(inputs.map(({ name }) => name));
  return Array.from({ length: count }, (_, i) => {
    const named = own?.length === count ? own[i] : keys.length === count ? keys[i] : undefined;
    return uniqueAmong(taken, named ?? (count === 1 ? 'output' : `output_${i}`));
  });
}

/** Names, types and dimensions as JSON, for the metadata. */
function describe(infos: readonly OnnxValueInfo[], types: readonly string[]): string {
  return JSON.stringify(infos.map(({ name, dims }, i) => ({ name, dtype: types[i], shape: dims })));
}
