import type * as Koffi from 'koffi';
import { InternalError } from '../../../../core/errors.ts';
import { hasLargeStacks } from '../../../../core/koffi-node.ts';

/** An address in the memory of the process. */
export type Address = bigint;

/** The functions that are used here. */
export type CFunction =
  | 'GetErrorMessage'
  | 'CreateEnv'
  | 'CreateSessionFromArray'
  | 'Run'
  | 'CreateSessionOptions'
  | 'SetSessionLogSeverityLevel'
  | 'SetSessionGraphOptimizationLevel'
  | 'SetIntraOpNumThreads'
  | 'SetInterOpNumThreads'
  | 'SessionGetInputCount'
  | 'SessionGetOutputCount'
  | 'SessionGetOutputTypeInfo'
  | 'SessionGetInputName'
  | 'SessionGetOutputName'
  | 'CreateRunOptions'
  | 'RunOptionsSetRunLogSeverityLevel'
  | 'CreateTensorWithDataAsOrtValue'
  | 'GetTensorMutableData'
  | 'CastTypeInfoToTensorInfo'
  | 'GetTensorElementType'
  | 'GetDimensionsCount'
  | 'GetDimensions'
  | 'GetTensorTypeAndShape'
  | 'CreateCpuMemoryInfo'
  | 'AllocatorFree'
  | 'GetAllocatorWithDefaultOptions'
  | 'ReleaseStatus'
  | 'ReleaseSession'
  | 'ReleaseValue'
  | 'ReleaseTypeInfo'
  | 'ReleaseTensorTypeAndShapeInfo'
  | 'ReleaseSessionOptions'
  | 'AddSessionConfigEntry';

type Argument = Address | number | string | ArrayBufferView | null;
interface Callable {
  (...args: readonly Argument[]): unknown;
  /** Calls it on another thread; the last argument receives the result. */
  async(...args: readonly [...Argument[], (error: unknown, result: unknown) => void]): void;
}
type Functions = Readonly<Record<CFunction, Callable>>;
type Signature = readonly [place: number, result: string, parameters: readonly string[]];

const address = 'void *';
const text = 'const char *';
const size = 'size_t';
const status = address;

/**
 * The place of each function in the table `OrtApi` of onnxruntime_c_api.h, to which every version only appends, its result and
 * its parameters.
 */
const SIGNATURES: Readonly<Record<CFunction, Signature>> = {
  GetErrorMessage: [2, text, [address]],
  CreateEnv: [3, status, ['int', text, address]],
  CreateSessionFromArray: [8, status, [address, address, size, address, address]],
  Run: [9, status, [address, address, address, address, size, address, size, address]],
  CreateSessionOptions: [10, status, [address]],
  SetSessionLogSeverityLevel: [22, status, [address, 'int']],
  SetSessionGraphOptimizationLevel: [23, status, [address, 'int']],
  SetIntraOpNumThreads: [24, status, [address, 'int']],
  SetInterOpNumThreads: [25, status, [address, 'int']],
  SessionGetInputCount: [30, status, [address, address]],
  SessionGetOutputCount: [31, status, [address, address]],
  SessionGetOutputTypeInfo: [34, status, [address, size, address]],
  SessionGetInputName: [36, status, [address, size, address, address]],
  SessionGetOutputName: [37, status, [address, size, address, address]],
  CreateRunOptions: [39, status, [address]],
  RunOptionsSetRunLogSeverityLevel: [41, status, [address, 'int']],
  CreateTensorWithDataAsOrtValue: [49, status, [address, address, size, address, size, 'int', address]],
  GetTensorMutableData: [51, status, [address, address]],
  CastTypeInfoToTensorInfo: [55, status, [address, address]],
  GetTensorElementType: [60, status, [address, address]],
  GetDimensionsCount: [61, status, [address, address]],
  GetDimensions: [62, status, [address, address, size]],
  GetTensorTypeAndShape: [65, status, [address, address]],
  CreateCpuMemoryInfo: [69, status, ['int', 'int', address]],
  AllocatorFree: [76, status, [address, address]],
  GetAllocatorWithDefaultOptions: [78, status, [address]],
  ReleaseStatus: [93, 'void', [address]],
  ReleaseSession: [95, 'void', [address]],
  ReleaseValue: [96, 'void', [address]],
  ReleaseTypeInfo: [98, 'void', [address]],
  ReleaseTensorTypeAndShapeInfo: [99, 'void', [address]],
  ReleaseSessionOptions: [100, 'void', [address]],
  AddSessionConfigEntry: [130, status, [address, text, text]],
};

/** The version of the table: one with all of the functions, and not above that of any supported library. */
const API_VERSION = 16;

/** The C interface of ONNX Runtime's library. */
export class CApi {
  readonly koffi: typeof Koffi;
  /** Whether functions can be called on other threads. */
  readonly hasThreads: boolean;
  readonly #functions: Functions;

  /**
   * @param file the library, which is in the process already
   * @param version the version that it must have
   * @throws Error if it cannot be called, or is of another version.
   */
  constructor(koffi: typeof Koffi, file: string, version: string) {
    this.koffi = koffi;
    this.hasThreads = hasLargeStacks(koffi);
    const library = koffi.load(file);
    const getBase = library.func('OrtGetApiBase', address, []) as () => Address;
    // The structure OrtApiBase: GetApi and GetVersionString.
    const [getApi, getVersion] = koffi.decode(getBase(), 'uint64_t', 2) as BigUint64Array;
    const versionOf = koffi.decode(getVersion, koffi.proto(text, [])) as () => string;
    const found = versionOf();
    if (found !== version) throw new InternalError(`the library of ONNX Runtime ${version} has the version ${found}.`);
    const tableOf = koffi.decode(getApi, koffi.proto(address, ['uint32_t'])) as (version: number) => Address;
    const count = 1 + Math.max(...Object.values(SIGNATURES).map(([place]) => place));
    const places = koffi.decode(tableOf(API_VERSION), 'uint64_t', count) as BigUint64Array;
    const entries = Object.entries(SIGNATURES).map(([name, [place, result, parameters]]) => {
      return [name, koffi.decode(places[place], koffi.proto(result, [...parameters]))] as const;
    });
    this.#functions = Object.fromEntries(entries) as Functions;
  }

  /** Calls a function that returns a status. @throws Error with the engine's message if it failed. */
  call(name: CFunction, ...args: readonly Argument[]): void {
    this.#check(this.#functions[name](...args));
  }

  #check(failure: unknown): void {
    if (typeof failure !== 'bigint' || failure === 0n) return;
    const message = this.#functions.GetErrorMessage(failure) as string;
    this.#functions.ReleaseStatus(failure);
    throw new Error(message);
  }

  /** As `call`, on another thread. The caller keeps the arguments until it ends. */
  async callOnThread(name: CFunction, ...args: readonly Argument[]): Promise<void> {
    const failure = await new Promise<unknown>((resolve, reject) => {
      this.#functions[name].async(...args, (error, result) => {
        if (error instanceof Error) reject(error);
        else resolve(result);
      });
    });
    this.#check(failure);
  }

  /** Calls a function whose last parameter receives an address or a count of 64 bits. */
  get(name: CFunction, ...args: readonly Argument[]): bigint {
    const target = new BigUint64Array(1);
    this.call(name, ...args, target);
    return target[0] ?? 0n;
  }

  /** Gives an object back to the engine. */
  release(name: Extract<CFunction, `Release${string}`>, object: Address): void {
    this.#functions[name](object);
  }

  /** The text at an address. */
  text(at: Address): string {
    return this.koffi.decode.string(at);
  }
}
