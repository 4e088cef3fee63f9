import { existsSync, readFileSync } from 'node:fs';
import { examplesFolder } from './source.ts';

/** The recorded output of an example, text and charts, as it is stored in examples/outputs/. */
export interface Recorded {
  /** The hash of the program that ran. */
  readonly hash: string;
  readonly seconds: number;
  readonly date: string;
  readonly node: string;
  readonly output: string;
  /** The names of its plots, beside the record. */
  readonly plots: readonly string[];
}

export const outputsFolder: string = `${examplesFolder}outputs/`;

/** The record of an example, or null if it has never run. */
export function readRecord(name: string): Recorded | null {
  const file = `${outputsFolder}${name}.json`;
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Recorded) : null;
}
