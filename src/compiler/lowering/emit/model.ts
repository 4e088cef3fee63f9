import type { OnnxGraph, OnnxModel } from '../../onnx/index.ts';
import { BLOCKED, MICROSOFT } from './builder.ts';

/** ONNX 1.17: the newest operators that all supported engines implement. */
const OPSET = 21;
const IR_VERSION = 10;

/** A graph as a model, with the operator sets that rules use. */
export function modelOf(graph: OnnxGraph): OnnxModel {
  return {
    irVersion: IR_VERSION,
    opsetImports: [
      { domain: '', version: OPSET },
      { domain: MICROSOFT, version: 1 },
      { domain: BLOCKED, version: 1 },
    ],
    producerName: 'evenkeel',
    producerVersion: '',
    metadata: {},
    graph,
  };
}
