import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { ValueError, show } from '../../core/errors.ts';
import {
  ATTRIBUTE,
  ATTRIBUTE_TYPE,
  DATA_LOCATION,
  DIMENSION,
  ENTRY,
  GRAPH,
  MODEL,
  NODE,
  OPSET,
  SHAPE,
  TENSOR,
  TENSOR_TYPE,
  TYPE,
  VALUE_INFO,
} from './fields.ts';
import type { OnnxAttribute, OnnxGraph, OnnxModel, OnnxNode, OnnxTensor, OnnxValueInfo } from './messages.ts';

/**
 * Returns the bytes of the `.onnx` file of a model.
 *
 * @throws ValueError if an integer is not a safe integer.
 */
export function encodeModel(model: OnnxModel): Uint8Array {
  const writer = new BinaryWriter();
  writeInteger(writer, MODEL.irVersion, model.irVersion);
  writeString(writer, MODEL.producerName, model.producerName);
  writeString(writer, MODEL.producerVersion, model.producerVersion);
  writeMessage(writer, MODEL.graph, () => writeGraph(writer, model.graph));
  for (const { domain, version } of model.opsetImports) {
    writeMessage(writer, MODEL.opsetImport, () => {
      writeString(writer, OPSET.domain, domain);
      writeInteger(writer, OPSET.version, version);
    });
  }
  for (const [key, value] of Object.entries(model.metadata)) {
    writeMessage(writer, MODEL.metadata, () => {
      writeString(writer, ENTRY.key, key);
      writeString(writer, ENTRY.value, value);
    });
  }
  return writer.finish();
}

function writeGraph(writer: BinaryWriter, graph: OnnxGraph): void {
  for (const node of graph.nodes) writeMessage(writer, GRAPH.node, () => writeNode(writer, node));
  writeString(writer, GRAPH.name, graph.name);
  for (const initializer of graph.initializers) {
    writeMessage(writer, GRAPH.initializer, () => writeTensor(writer, initializer));
  }
  for (const info of graph.inputs) writeMessage(writer, GRAPH.input, () => writeValueInfo(writer, info));
  for (const info of graph.outputs) writeMessage(writer, GRAPH.output, () => writeValueInfo(writer, info));
  for (const info of graph.valueInfos ?? []) {
    writeMessage(writer, GRAPH.valueInfo, () => writeValueInfo(writer, info));
  }
}

function writeNode(writer: BinaryWriter, node: OnnxNode): void {
  for (const input of node.inputs) writeString(writer, NODE.input, input);
  for (const output of node.outputs) writeString(writer, NODE.output, output);
  writeString(writer, NODE.name, node.name);
  writeString(writer, NODE.opType, node.opType);
  for (const [name, attribute] of Object.entries(node.attributes)) {
    writeMessage(writer, NODE.attribute, () => writeAttribute(writer, name, attribute));
  }
  if (node.domain !== '') writeString(writer, NODE.domain, node.domain);
}

function writeAttribute(writer: BinaryWriter, name: string, attribute: OnnxAttribute): void {
  writeString(writer, ATTRIBUTE.name, name);
  switch (attribute.type) {
    case 'float':
      writeFloat(writer, ATTRIBUTE.float, attribute.value);
      break;
    case 'int':
      writeInteger(writer, ATTRIBUTE.int, attribute.value);
      break;
    case 'string':
      writeString(writer, ATTRIBUTE.string, attribute.value);
      break;
    case 'tensor':
      writeMessage(writer, ATTRIBUTE.tensor, () => writeTensor(writer, attribute.value));
      break;
    case 'graph':
      writeMessage(writer, ATTRIBUTE.graph, () => writeGraph(writer, attribute.value));
      break;
    // Not packed: onnx.proto is proto2, where repeated numbers are unpacked unless declared otherwise.
    case 'floats':
      for (const value of attribute.value) writeFloat(writer, ATTRIBUTE.floats, value);
      break;
    case 'ints':
      for (const value of attribute.value) writeInteger(writer, ATTRIBUTE.ints, value);
      break;
    case 'strings':
      for (const value of attribute.value) writeString(writer, ATTRIBUTE.strings, value);
      break;
  }
  writeInteger(writer, ATTRIBUTE.type, ATTRIBUTE_TYPE[attribute.type]);
}

function writeTensor(writer: BinaryWriter, tensor: OnnxTensor): void {
  for (const size of tensor.dims) writeInteger(writer, TENSOR.dims, size);
  writeInteger(writer, TENSOR.dataType, tensor.dataType);
  writeString(writer, TENSOR.name, tensor.name);
  if (tensor.external === undefined) {
    writer.tag(TENSOR.rawData, WireType.LengthDelimited).bytes(tensor.rawData);
    return;
  }
  for (const [key, value] of Object.entries(tensor.external)) {
    writeMessage(writer, TENSOR.externalData, () => {
      writeString(writer, ENTRY.key, key);
      writeString(writer, ENTRY.value, String(value));
    });
  }
  writeInteger(writer, TENSOR.dataLocation, DATA_LOCATION.external);
}

function writeValueInfo(writer: BinaryWriter, { name, dataType, dims }: OnnxValueInfo): void {
  writeString(writer, VALUE_INFO.name, name);
  writeMessage(writer, VALUE_INFO.type, () =>
    writeMessage(writer, TYPE.tensor, () => {
      writeInteger(writer, TENSOR_TYPE.elementType, dataType);
      if (dims === null) return;
      writeMessage(writer, TENSOR_TYPE.shape, () => {
        for (const size of dims) {
          writeMessage(writer, SHAPE.dimension, () => {
            if (typeof size === 'number') writeInteger(writer, DIMENSION.value, size);
            else if (size !== null) writeString(writer, DIMENSION.parameter, size);
          });
        }
      });
    }),
  );
}

function writeMessage(writer: BinaryWriter, field: number, write: () => void): void {
  writer.tag(field, WireType.LengthDelimited).fork();
  write();
  writer.join();
}

function writeString(writer: BinaryWriter, field: number, value: string): void {
  writer.tag(field, WireType.LengthDelimited).string(value);
}

function writeFloat(writer: BinaryWriter, field: number, value: number): void {
  writer.tag(field, WireType.Bit32).float(Math.fround(value));
}

function writeInteger(writer: BinaryWriter, field: number, value: number): void {
  if (!Number.isSafeInteger(value)) {
    throw new ValueError(`[encodeModel] integers must be safe integers. Received: ${show(value)}.`);
  }
  writer.tag(field, WireType.Varint).int64(value);
}
