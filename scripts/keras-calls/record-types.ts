/** A value as the recorder writes it: JSON, with forms of their own for arrays, tuples, records, slices and symbolic tensors. */
export type Recorded = null | boolean | number | string | readonly Recorded[] | { readonly [key: string]: Recorded };

/** An array: its bytes in base64, its dtype and its shape. */
export interface RecordedArray {
  readonly $a: string;
  readonly d: string;
  readonly s: readonly number[];
}

/** A weight of a layer. */
export interface RecordedWeight {
  readonly name: string;
  readonly value: RecordedArray;
}

/** An error of Keras. */
export interface RecordedError {
  readonly type: string;
  readonly message: string;
}

/** One step in the life of a metric or an optimizer. */
export interface RecordedEvent {
  readonly event: 'set' | 'reset' | 'update' | 'result' | 'apply' | 'finalize';
  readonly args?: { readonly [name: string]: Recorded };
  readonly value?: Recorded;
  readonly variables?: readonly RecordedArray[];
  readonly values?: readonly RecordedArray[];
  readonly grads?: readonly Recorded[];
  readonly places?: readonly number[];
  readonly rate?: number;
  readonly state?: readonly { readonly path: string; readonly value: RecordedArray }[];
  readonly error?: RecordedError;
}

/** One recorded call of Keras. */
export interface CallRecord {
  readonly kind: string;
  readonly name: string;
  readonly area: string;
  readonly test: string;
  /** Keras's JSON for the object that was called. */
  readonly object?: { readonly [key: string]: Recorded };
  readonly args?: { readonly [name: string]: Recorded };
  readonly output?: Recorded;
  readonly error?: RecordedError;
  readonly unencodable?: string;
  readonly weights?: readonly RecordedWeight[];
  readonly weights_after?: readonly RecordedWeight[];
  readonly input_masks?: readonly Recorded[];
  readonly output_masks?: readonly Recorded[];
  readonly losses?: readonly number[];
  readonly penalties?: readonly number[];
  readonly mask?: Recorded;
  readonly dtype?: string;
  readonly loss?: number;
  readonly export?: string;
  readonly iterations?: number;
  readonly variables?: readonly {
    readonly name: string;
    readonly path: string;
    readonly value: RecordedArray;
    readonly constraint: { readonly [key: string]: Recorded } | null;
    readonly overwrite: boolean;
  }[];
  readonly decays?: readonly boolean[];
  readonly events?: readonly RecordedEvent[];
}

/** Thrown where evenkeel has no class or function of the name. */
export class Absent extends Error {}

/** Thrown where a call cannot be made outside of Python, or not through public interfaces. */
export class NotReplayable extends Error {}

/** Thrown where evenkeel has no such argument. */
export class NoSuchArgument extends Error {}
