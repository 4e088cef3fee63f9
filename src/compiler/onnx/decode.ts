import { ValueError } from '../../core/errors.ts';
import { readTensor } from './decode-tensor.ts';
import {
  ATTRIBUTE,
  ATTRIBUTE_TYPE,
  DIMENSION,
  ENTRY,
  GRAPH,
  MODEL,
  NODE,
  OPSET,
  SHAPE,
  TENSOR_TYPE,
  TYPE,
  VALUE_INFO,
} from './fields.ts';
import {
  DataType,
  type OnnxAttribute,
  type OnnxGraph,
  type OnnxModel,
  type OnnxNode,
  type OnnxOpset,
  type OnnxTensor,
  type OnnxValueInfo,
} from './messages.ts';
import { bytes, float, integer, readMessage, string } from './read.ts';

/** Far deeper than any model, yet shallow enough that a file cannot exhaust the stack. */
const MAX_GRAPH_DEPTH = 50;

/**
 * Reads a `.onnx` file. Fields without a counterpart in {@link OnnxModel} are skipped; the elements of tensors share the
 * memory of the file's bytes.
 *
 * @throws ValueError if the bytes are not a model, or the model has external tensors, local functions, string tensors, or
 * attributes of a kind that {@link OnnxAttribute} does not support.
 */
export function decodeModel(file: Uint8Array): OnnxModel {
  try {
    return readModel(file);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ValueError(`[decodeModel] the bytes must be a supported ONNX model. Received: ${reason}.`, { cause });
  }
}

function readModel(file: Uint8Array): OnnxModel {
  let irVersion = 0;
  let producerName = '';
  let producerVersion = '';
  let graph: OnnxGraph | undefined;
  const opsetImports: OnnxOpset[] = [];
  const metadata: (readonly [string, string])[] = [];
  readMessage(file, {
    [MODEL.irVersion]: integer((value) => (irVersion = value)),
    [MODEL.producerName]: string((value) => (producerName = value)),
    [MODEL.producerVersion]: string((value) => (producerVersion = value)),
    [MODEL.graph]: bytes((value) => (graph = readGraph(value, 1))),
    [MODEL.opsetImport]: bytes((value) => opsetImports.push(readOpset(value))),
    [MODEL.metadata]: bytes((value) => metadata.push(readEntry(value))),
    [MODEL.functions]: bytes(() => {
      throw new Error('a model with local functions');
    }),
  });
  if (graph === undefined) throw new Error('a model without a graph');
  return { irVersion, opsetImports, producerName, producerVersion, metadata: Object.fromEntries(metadata), graph };
}

function readOpset(message: Uint8Array): OnnxOpset {
  let domain = '';
  let version = 0;
  readMessage(message, {
    [OPSET.domain]: string((value) => (domain = value)),
    [OPSET.version]: integer((value) => (version = value)),
  });
  return { domain, version };
}

function readEntry(message: Uint8Array): readonly [string, string] {
  let key = '';
  let value = '';
  readMessage(message, {
    [ENTRY.key]: string((read) => (key = read)),
    [ENTRY.value]: string((read) => (value = read)),
  });
  return [key, value];
}

function readGraph(message: Uint8Array, depth: number): OnnxGraph {
  if (depth > MAX_GRAPH_DEPTH) throw new Error(`graphs nested more than ${MAX_GRAPH_DEPTH} deep`);
  let name = '';
  const nodes: OnnxNode[] = [];
  const initializers: OnnxTensor[] = [];
  const inputs: OnnxValueInfo[] = [];
  const outputs: OnnxValueInfo[] = [];
  const valueInfos: OnnxValueInfo[] = [];
  readMessage(message, {
    [GRAPH.node]: bytes((value) => nodes.push(readNode(value, depth))),
    [GRAPH.name]: string((value) => (name = value)),
    [GRAPH.initializer]: bytes((value) => initializers.push(readTensor(value))),
    [GRAPH.input]: bytes((value) => inputs.push(readValueInfo(value))),
    [GRAPH.output]: bytes((value) => outputs.push(readValueInfo(value))),
    [GRAPH.valueInfo]: bytes((value) => valueInfos.push(readValueInfo(value))),
  });
  return { name, nodes, initializers, inputs, outputs, ...(valueInfos.length > 0 && { valueInfos }) };
}

function readNode(message: Uint8Array, depth: number): OnnxNode {
  let name = '';
  let opType = '';
  let domain = '';
  const inputs: string[] = [];
  const outputs: string[] = [];
  const attributes: (readonly [string, OnnxAttribute])[] = [];
  readMessage(message, {
    [NODE.input]: string((value) => inputs.push(value)),
    [NODE.output]: string((value) => outputs.push(value)),
    [NODE.name]: string((value) => (name = value)),
    [NODE.opType]: string((value) => (opType = value)),
    [NODE.attribute]: bytes((value) => attributes.push(readAttribute(value, depth))),
    [NODE.domain]: string((value) => (domain = value)),
  });
  return { name, opType, domain, inputs, outputs, attributes: Object.fromEntries(attributes) };
}

function readAttribute(message: Uint8Array, depth: number): readonly [string, OnnxAttribute] {
  let name = '';
  let type = 0;
  let single: OnnxAttribute | undefined;
  const floats: number[] = [];
  const ints: number[] = [];
  const strings: string[] = [];
  readMessage(message, {
    [ATTRIBUTE.name]: string((value) => (name = value)),
    [ATTRIBUTE.float]: float((value) => (single = { type: 'float', value })),
    [ATTRIBUTE.int]: integer((value) => (single = { type: 'int', value })),
    [ATTRIBUTE.string]: string((value) => (single = { type: 'string', value })),
    [ATTRIBUTE.tensor]: bytes((value) => (single = { type: 'tensor', value: readTensor(value) })),
    [ATTRIBUTE.graph]: bytes((value) => (single = { type: 'graph', value: readGraph(value, depth + 1) })),
    [ATTRIBUTE.floats]: float((value) => floats.push(value)),
    [ATTRIBUTE.ints]: integer((value) => ints.push(value)),
    [ATTRIBUTE.strings]: string((value) => strings.push(value)),
    [ATTRIBUTE.type]: integer((value) => (type = value)),
  });
  return [name, selectValue(name, type, single, { floats, ints, strings })];
}

/** Selects the field named by the type of the attribute: an empty list leaves no field. */
function selectValue(
  name: string,
  type: number,
  single: OnnxAttribute | undefined,
  { floats, ints, strings }: { readonly floats: number[]; readonly ints: number[]; readonly strings: string[] },
): OnnxAttribute {
  if (type === ATTRIBUTE_TYPE.floats) return { type: 'floats', value: floats };
  if (type === ATTRIBUTE_TYPE.ints) return { type: 'ints', value: ints };
  if (type === ATTRIBUTE_TYPE.strings) return { type: 'strings', value: strings };
  if (single !== undefined && type === ATTRIBUTE_TYPE[single.type]) return single;
  // A writer may omit a value that equals the default.
  if (single === undefined && type === ATTRIBUTE_TYPE.float) return { type: 'float', value: 0 };
  if (single === undefined && type === ATTRIBUTE_TYPE.int) return { type: 'int', value: 0 };
  if (single === undefined && type === ATTRIBUTE_TYPE.string) return { type: 'string', value: '' };
  throw new Error(`an attribute ${JSON.stringify(name)} without a value of its type, ${type}`);
}

function readValueInfo(message: Uint8Array): OnnxValueInfo {
  let name = '';
  let dataType: number = DataType.UNDEFINED;
  let dims: (number | string | null)[] | null = null;
  readMessage(message, {
    [VALUE_INFO.name]: string((value) => (name = value)),
    [VALUE_INFO.type]: bytes((type) => {
      readMessage(type, {
        [TYPE.tensor]: bytes((tensorType) => {
          readMessage(tensorType, {
            [TENSOR_TYPE.elementType]: integer((value) => (dataType = value)),
            [TENSOR_TYPE.shape]: bytes((value) => (dims = readShape(value))),
          });
        }),
      });
    }),
  });
  return { name, dataType, dims };
}

function readShape(message: Uint8Array): (number | string | null)[] {
  const dims: (number | string | null)[] = [];
  readMessage(message, {
    [SHAPE.dimension]: bytes((dimension) => {
      let size: number | string | null = null;
      readMessage(dimension, {
        [DIMENSION.value]: integer((value) => (size = value)),
        [DIMENSION.parameter]: string((value) => (size = value)),
      });
      dims.push(size);
    }),
  });
  return dims;
}
