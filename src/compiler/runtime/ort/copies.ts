import type { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-common';
import type { DType } from '../../../core/dtype.ts';
import { InternalError } from '../../../core/errors.ts';
import { encodeModel } from '../../onnx/codec.ts';
import { type OnnxValueInfo, dataTypeOf } from '../../onnx/index.ts';

type Copy = (tensor: OrtTensor) => Promise<OrtTensor>;

/** Copies of tensors between the host and the device. */
export interface Copies {
  readonly toHost: Copy;
  readonly toDevice: Copy;
}

/** The functions of the engine with which copies are made. */
export interface CopyHost {
  readonly create: (model: Uint8Array, options: InferenceSession.SessionOptions) => Promise<InferenceSession>;
  readonly run: (session: InferenceSession, feeds: InferenceSession.FeedsType) => Promise<InferenceSession.ReturnType>;
}

/**
 * Makes the copies of a dtype: sessions that return their input, with the result on one side or the other. In Node the engine's own
 * way to read a tensor of the device ends the process.
 */
export async function makeCopies({ create, run }: CopyHost, dtype: DType): Promise<Copies> {
  const model = encodeIdentity(dtype);
  const copyTo = async (location: 'cpu' | 'gpu-buffer'): Promise<Copy> => {
    const session = await create(model, { preferredOutputLocation: { y: location } });
    return async (x) => {
      const { y } = await run(session, { x });
      if (y === undefined) throw new InternalError('a copy has no result.');
      return y;
    };
  };
  return { toHost: await copyTo('cpu'), toDevice: await copyTo('gpu-buffer') };
}

/** A model that returns its input, of any shape. */
function encodeIdentity(dtype: DType): Uint8Array {
  const info = (name: string): OnnxValueInfo => ({ name, dataType: dataTypeOf(dtype), dims: null });
  return encodeModel({
    irVersion: 10,
    opsetImports: [{ domain: '', version: 21 }],
    producerName: 'evenkeel',
    producerVersion: '',
    metadata: {},
    graph: {
      name: 'identity',
      nodes: [{ name: 'identity', opType: 'Identity', domain: '', inputs: ['x'], outputs: ['y'], attributes: {} }],
      initializers: [],
      inputs: [info('x')],
      outputs: [info('y')],
    },
  });
}
