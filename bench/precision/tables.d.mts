import type { Errors, PrecisionCase } from './problems.mjs';

export interface PrecisionTable {
  readonly layer: string;
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A table for each layer: root mean square errors, a row for each quantity of each case. */
export declare function precisionTables(measured: ReadonlyMap<PrecisionCase, Errors>): readonly PrecisionTable[];
