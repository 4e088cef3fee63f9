import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { labs } from './all.ts';
import type { Check, Lab, Measured, Verdict } from './lab.ts';

/** The file of a lab's results, docs/labs/NAME.json. */
export interface Results
  extends Pick<Lab, 'name' | 'title' | 'claim' | 'setup'>, Pick<Measured, 'observations' | 'numbers'> {
  readonly verdict: Verdict;
  readonly checks: readonly Check[];
  /** The files of the plots, and the titles of the plots. */
  readonly plots: readonly { readonly file: string; readonly title: string }[];
  readonly command: string;
  readonly seeds: readonly number[];
  readonly seconds: number;
  readonly date: string;
  readonly machine: Readonly<Record<string, string | number>>;
  readonly versions: Readonly<Record<string, string>>;
}

export const resultsFolder: string = fileURLToPath(new URL('../docs/labs/', import.meta.url));

/** The results that exist, in the order of the labs. */
export function readResults(): Results[] {
  const found = new Set(existsSync(resultsFolder) ? readdirSync(resultsFolder) : []);
  return labs
    .filter(({ name }) => found.has(`${name}.json`))
    .map(({ name }) => JSON.parse(readFileSync(`${resultsFolder}${name}.json`, 'utf8')) as Results);
}
