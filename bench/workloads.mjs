import { readFileSync } from 'node:fs';

/**
 * What is measured. bench/workloads.json holds all of them, for the scripts of both languages.
 *
 * @typedef {object} Workload
 * @property {string} title
 * @property {'article' | 'dense' | 'resnet20' | 'unet' | 'mobilenetv2' | 'sequence' | 'lstm' | 'transformer' | 'resnet50' | 'batch-normalization'
 *   | 'layer-normalization' | 'rms-normalization' | 'group-normalization' | 'shapes'} network a network, or a layer alone
 * @property {readonly number[]} [row] the shape of one row of the network's inputs
 * @property {number} [classes] of a network that has as many as are wanted
 * @property {string} [file] the file in bench/networks/ that the network comes from
 * @property {'step' | 'fit' | 'predict' | 'predictOnBatch' | 'call' | 'gradient' | 'load' | 'open'} call what is timed;
 *   `load` opens the file, `open` opens it and predicts; `gradient` calls a layer and differentiates it
 * @property {number} batch rows of a step
 * @property {readonly number[]} [shape] of what is normalized
 * @property {number} [steps] steps of an epoch of fit
 * @property {number} warmup calls (epochs, of fit) that are not timed
 * @property {number} samples calls (epochs, of fit) that are; processes, of the start
 * @property {readonly number[]} [marks] instead of timing: after how many steps the memory is read
 * @property {boolean} [peak] whether the memory is the largest so far
 * @property {boolean} [sizes] whether the sizes change after the first mark; then the time of a call is reported for each mark
 * @property {readonly number[]} [batches] whether calls are timed with each of these batch sizes
 * @property {boolean} [startup] whether the first call is timed, from the start of the process
 * @property {readonly string[]} [without] implementations that have no such thing, or that it takes too long to measure
 */

/**
 * What a script prints about a workload, as a line of JSON: `times` in milliseconds a step, or `memory` in MiB at each
 * mark, or `curve`, the times with each batch size, or `parts` of the start in milliseconds, with `total`, or `error`.
 *
 * @typedef {object} Report
 * @property {string} workload
 * @property {readonly number[]} [times]
 * @property {readonly number[]} [memory]
 * @property {readonly (readonly number[])[]} [curve]
 * @property {Readonly<Record<string, number>>} [parts]
 * @property {readonly number[]} [heap] MiB of JavaScript's objects and of the buffers they hold, at each mark
 * @property {number | null} [loss] the last, which shows that something was trained
 * @property {string} [error]
 * @property {Readonly<Record<string, string>>} [versions]
 */

/** @type {Readonly<Record<string, Workload & { readonly quick?: Partial<Workload> }>>} */
const all = JSON.parse(readFileSync(new URL('workloads.json', import.meta.url), 'utf8'));

export const workloadNames = Object.keys(all);

/**
 * @param {string} name
 * @param {boolean} quick with the smaller counts
 * @returns {Workload}
 */
export function findWorkload(name, quick) {
  const found = all[name];
  if (found === undefined) throw new Error(`There is no workload ${name}; there are ${workloadNames.join(', ')}.`);
  const { quick: smaller, ...workload } = found;
  return quick ? { ...workload, ...smaller } : workload;
}
