import { type DType, type TypedArray, allocate } from '../../../../core/dtype.ts';
import { NotImplementedError } from '../../../../core/errors.ts';
import { sameShape, sizeOf } from '../../../../core/shape.ts';
import { Tensor } from '../../../../core/tensor.ts';
import type { Address, CApi } from './functions-node.ts';

/** The numbers of element types in onnxruntime_c_api.h. */
const ELEMENT_TYPES: Readonly<Record<DType, number>> = { float32: 1, uint8: 2, int32: 6, bool: 9, float64: 11 };

/** OrtDeviceAllocator and OrtMemTypeDefault: memory that the engine neither allocates nor frees. */
const [DEVICE_ALLOCATOR, DEFAULT_MEMORY] = [0, 0];

interface KnownValue {
  readonly value: Address;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly byteLength: number;
}

/** The dtype and shape of an output, where they are known before it is computed. */
export interface OutputType {
  readonly dtype: DType;
  readonly shape: readonly number[];
}

/** The engine's values in the memory of typed arrays: one for each shape of an array, until the array is garbage. */
export class CTensors {
  readonly #api: CApi;
  readonly #memory: Address;
  readonly #known = new WeakMap<TypedArray, KnownValue[]>();
  readonly #garbage: FinalizationRegistry<readonly KnownValue[]>;

  constructor(api: CApi) {
    this.#api = api;
    this.#memory = api.get('CreateCpuMemoryInfo', DEVICE_ALLOCATOR, DEFAULT_MEMORY);
    this.#garbage = new FinalizationRegistry((values) => {
      for (const { value } of values) api.release('ReleaseValue', value);
    });
  }

  /** The engine's value for a tensor; they share memory. The caller keeps the tensor while the engine uses it. */
  toEngine({ data, shape, dtype }: Tensor): Address {
    const known = this.#knownOf(data);
    const { byteLength } = data;
    for (const each of known) {
      // An array that was transferred has lost its memory.
      if (each.byteLength === byteLength && each.dtype === dtype && sameShape(each.shape, shape)) return each.value;
    }
    const value = this.#api.get(
      'CreateTensorWithDataAsOrtValue',
      this.#memory,
      data,
      byteLength,
      BigInt64Array.from(shape, BigInt),
      shape.length,
      ELEMENT_TYPES[dtype],
    );
    known.push({ value, dtype, shape: [...shape], byteLength });
    return value;
  }

  #knownOf(data: TypedArray): KnownValue[] {
    const found = this.#known.get(data);
    if (found !== undefined) return found;
    const values: KnownValue[] = [];
    this.#known.set(data, values);
    this.#garbage.register(data, values);
    return values;
  }

  /** A copy of a value that the engine allocated, which is released. */
  take(name: string, value: Address): Tensor {
    const info = this.#api.get('GetTensorTypeAndShape', value);
    try {
      const { dtype, shape } = this.typeOf(name, info);
      const data = allocate(dtype, sizeOf(shape));
      if (data.length > 0) {
        const bytes = this.#api.koffi.decode(
          this.#api.get('GetTensorMutableData', value),
          'uint8_t',
          data.byteLength,
        ) as Uint8Array;
        new Uint8Array(data.buffer).set(bytes);
      }
      return new Tensor(data, shape, dtype);
    } finally {
      this.#api.release('ReleaseTensorTypeAndShapeInfo', info);
      this.#api.release('ReleaseValue', value);
    }
  }

  /** The dtype and shape that are written at an address; a size that is not known is −1. */
  typeOf(name: string, info: Address): OutputType {
    const count = Number(this.#api.get('GetDimensionsCount', info));
    const dimensions = new BigInt64Array(count);
    this.#api.call('GetDimensions', info, dimensions, count);
    const type = new Int32Array(1);
    this.#api.call('GetTensorElementType', info, type);
    const found = Object.entries(ELEMENT_TYPES).find(([, number]) => number === type[0]);
    if (found === undefined) {
      throw new NotImplementedError(`[runtime] output ${JSON.stringify(name)} has an unsupported type: ${type[0]}.`);
    }
    return { dtype: found[0] as DType, shape: Array.from(dimensions, Number) };
  }
}
