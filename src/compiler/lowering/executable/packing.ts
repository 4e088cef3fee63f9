import type { DType } from '../../../core/dtype.ts';
import { type KnownShape, sizeOf } from '../../../core/shape.ts';
import { type OnnxGraph, type OnnxNode, type OnnxTensor, dataTypeOf, int64Tensor } from '../../onnx/index.ts';
import type { Variable } from '../../ir/variable.ts';
import type { Executable, Pack } from './executable.ts';

/** Copying more elements takes longer than the engine needs for a separate input or output. */
export const MAX_PACKED: number = 4096;
/** Fewer arrays are not worth the additional nodes. */
const MIN_PARTS = 3;

const DTYPES: readonly DType[] = ['float32', 'float64', 'int32'];

/**
 * Joins small variables into one input of the model, and small results into one output, for each dtype. An input of a model
 * costs the engine as much time as several small nodes, and an output more, whatever its size: the biases, normalization
 * parameters, metrics and counters of a small network would take more time to pass than to update. The model then has one
 * `Split` after an input and one `Concat` before an output: one pass over the elements each.
 *
 * @param isSeparate whether a variable has an input and an output of its own, because it stays on a device
 */
export function packSmallState(
  executable: Executable,
  isSeparate: (variable: Variable) => boolean = () => false,
): Executable {
  const { graph } = executable.model;
  const nodes: OnnxNode[] = [...graph.nodes];
  const initializers: OnnxTensor[] = [...graph.initializers];
  const integers = (name: string, values: readonly number[]): string => {
    initializers.push(int64Tensor(name, values));
    return name;
  };
  const reshape = (x: string, output: string, shape: readonly number[]): OnnxNode => ({
    ...plainNode('Reshape', [x, integers(`${output}.shape`, shape)], [output]),
    attributes: { allowzero: { type: 'int', value: 1 } },
  });

  const variables = executable.variables
    .filter(({ variable }) => !isSeparate(variable))
    .map((feed) => ({
      ...feed,
      shape: feed.variable.shape,
      dtype: feed.variable.dtype,
    }));
  const packedVariables = packsOf('packed_variables', variables);
  for (const { name, parts } of packedVariables) {
    const names = parts.map((part) => (part.shape.length === 1 ? part.name : `${part.name}.flat`));
    const reshapes = parts.flatMap((part, i) =>
      names[i] === part.name ? [] : [reshape(names[i] ?? '', part.name, part.shape)],
    );
    const sizes = integers(
      `${name}.sizes`,
      parts.map(({ shape }) => sizeOf(shape)),
    );
    nodes.unshift(plainNode('Split', [name, sizes], names), ...reshapes);
  }

  const separate = new Set(executable.updates.flatMap(({ name, variable }) => (isSeparate(variable) ? [name] : [])));
  const packable = resultsOf(executable).filter(({ name }) => !separate.has(name));
  const packedResults = packsOf('packed_results', packable);
  for (const { name, parts } of packedResults) {
    const flat = parts.map((part) => {
      if (part.shape.length === 1) return part.name;
      nodes.push(reshape(part.name, `${part.name}.flat`, [sizeOf(part.shape)]));
      return `${part.name}.flat`;
    });
    nodes.push(plainNode('Concat', flat, [name]));
  }

  const inputs = exchange(graph.inputs, packedVariables);
  const outputs = exchange(graph.outputs, packedResults);
  const packed = new Set(packedVariables.flatMap(({ parts }) => parts.map(({ name }) => name)));
  return {
    ...executable,
    model: { ...executable.model, graph: { ...graph, nodes, initializers, inputs, outputs } },
    variables: executable.variables.filter(({ name }) => !packed.has(name)),
    packedVariables,
    packedResults,
  };
}

/** A value of the model that may be packed. */
interface Candidate {
  readonly name: string;
  readonly shape: KnownShape;
  readonly dtype: DType;
}

/** The outputs of the model whose sizes are known. */
function resultsOf({ model }: Executable): readonly Candidate[] {
  return model.graph.outputs.flatMap(({ name, dataType, dims }) => {
    const shape = dims ?? [null];
    const dtype = DTYPES.find((each) => dataTypeOf(each) === dataType);
    return dtype !== undefined && isKnown(shape) ? [{ name, shape, dtype }] : [];
  });
}

const isKnown = (dims: readonly (number | string | null)[]): dims is KnownShape =>
  dims.every((size) => typeof size === 'number');

function packsOf<C extends Candidate>(name: string, candidates: readonly C[]): readonly Pack<C>[] {
  return DTYPES.flatMap((dtype) => {
    const members = candidates.filter((each) => {
      const size = sizeOf(each.shape);
      return each.dtype === dtype && size > 0 && size <= MAX_PACKED;
    });
    if (members.length < MIN_PARTS) return [];
    let size = 0;
    const parts = members.map((member) => {
      const offset = size;
      size += sizeOf(member.shape);
      return { ...member, offset };
    });
    return [{ name: `${name}_${dtype}`, dtype, size, parts }];
  });
}

/** The inputs or outputs of a model, with those that are packed replaced by the packs. */
function exchange(infos: OnnxGraph['inputs'], packs: readonly Pack<{ readonly name: string }>[]): OnnxGraph['inputs'] {
  const packed = new Set(packs.flatMap(({ parts }) => parts.map(({ name }) => name)));
  return [
    ...infos.filter(({ name }) => !packed.has(name)),
    ...packs.map(({ name, dtype, size }) => ({ name, dataType: dataTypeOf(dtype), dims: [size] })),
  ];
}

function plainNode(
  opType: 'Split' | 'Concat' | 'Reshape',
  inputs: readonly string[],
  outputs: readonly string[],
): OnnxNode {
  const attributes: OnnxNode['attributes'] = opType === 'Reshape' ? {} : { axis: { type: 'int', value: 0 } };
  return { name: `${opType}_${outputs[0] ?? ''}`, opType, domain: '', inputs, outputs, attributes };
}
