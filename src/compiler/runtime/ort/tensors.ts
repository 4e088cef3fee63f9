import type { Tensor as OrtTensor } from 'onnxruntime-common';
import { type TypedArray, isDType, isTypedArray } from '../../../core/dtype.ts';
import { NotImplementedError } from '../../../core/errors.ts';
import { sameShape } from '../../../core/shape.ts';
import { Tensor } from '../../../core/tensor.ts';
import type { Ort } from './common/api.ts';

/** The engine's tensor objects, one per buffer, so that runs with the same buffers create none. */
export class TensorCache {
  readonly #Tensor: Ort['Tensor'];
  readonly #known = new WeakMap<TypedArray, OrtTensor>();

  constructor(ort: Ort) {
    this.#Tensor = ort.Tensor;
  }

  /** Returns the engine's object for a tensor; they share memory. */
  toEngine({ data, shape, dtype }: Tensor): OrtTensor {
    const known = this.#known.get(data);
    if (known?.type === dtype && sameShape(known.dims, shape)) return known;
    const made = new this.#Tensor(dtype, data, shape);
    this.#known.set(data, made);
    return made;
  }

  /** Returns a tensor for an output of the engine. */
  fromEngine(name: string, value: OrtTensor): Tensor {
    const { type, data, dims } = value;
    if (!isDType(type) || !isTypedArray(data)) {
      throw new NotImplementedError(`[runtime] output ${JSON.stringify(name)} has an unsupported type: ${type}.`);
    }
    this.#known.set(data, value);
    return new Tensor(data, dims, type);
  }
}
