import { evenkeel } from './implementations.mjs';
import { markdownTable } from './markdown.ts';
import { median, show } from './numbers.ts';
import { findWorkload } from './workloads.mjs';

/** @typedef {import('./implementations.mjs').Implementation} Implementation */
/** @typedef {import('./workloads.mjs').Report} Report */

/** Everything that was measured, and the tables of it. */
export class Results {
  /** @type {Map<string, Report[]>} */
  #reports = new Map();
  #implementations;
  #installed;

  /**
   * @param {readonly Implementation[]} implementations all columns
   * @param {readonly Implementation[]} installed those that can be measured
   */
  constructor(implementations, installed) {
    this.#implementations = implementations;
    this.#installed = new Set(installed.map(({ id }) => id));
  }

  /**
   * @param {string} id
   * @param {Report} report
   */
  add(id, report) {
    const key = `${id} ${report.workload}`;
    this.#reports.set(key, [...(this.#reports.get(key) ?? []), report]);
  }

  #of(id, workload) {
    return this.#reports.get(`${id} ${workload}`) ?? [];
  }

  /** The median and the smallest of all rounds; `null` if something failed or nothing was measured. */
  #times(id, workload) {
    const reports = this.#of(id, workload);
    const times = reports.flatMap(({ times }) => times ?? []);
    if (times.length === 0 || reports.some(({ error }) => error !== undefined)) return null;
    return { median: median(times), minimum: Math.min(...times) };
  }

  get errors() {
    return [...this.#reports].flatMap(([key, reports]) =>
      reports.flatMap(({ error }) => (error === undefined ? [] : [{ key, error }])),
    );
  }

  get versions() {
    const all = [...this.#reports.values()].flat().map(({ versions }) => versions ?? {});
    return Object.assign({}, ...all);
  }

  /**
   * Milliseconds a step: the median, the minimum, and the peer's median divided by evenkeel's.
   *
   * @param {readonly string[]} workloads
   */
  timeTable(workloads) {
    const rows = workloads.map((name) => ({
      title: findWorkload(name, false).title,
      cells: this.#implementations.map(({ id }) => ({ id, name, found: this.#times(id, name) })),
    }));
    const calls = rows.filter((_, i) => workloads[i].startsWith('W2.'));
    if (calls.length > 1) rows.splice(rows.indexOf(calls.at(-1)) + 1, 0, fastest(calls));
    return markdownTable(
      ['ms a step', ...this.#implementations.map(({ title }) => title)],
      rows.map(({ title, cells }) => {
        const ours = cells.find(({ id }) => id === evenkeel.id)?.found;
        return [title, ...cells.map((cell) => this.#timeCell(cell, ours))];
      }),
    );
  }

  #timeCell({ id, name, found }, ours) {
    if (found === null) return this.#missing(id, name);
    const text = `${show(found.median)} (${show(found.minimum)})`;
    return id === evenkeel.id || !ours ? text : `${text} ×${(found.median / ours.median).toFixed(2)}`;
  }

  #missing(id, name) {
    if (!this.#installed.has(id)) return 'not installed';
    return this.#of(id, name).length === 0 ? '–' : 'failed';
  }

  /**
   * MiB before the first step and after some, what the last mark adds to the one before, and whether that is nothing.
   *
   * @param {readonly string[]} workloads all with the same marks
   * @param {boolean} quick whether the marks are those of a quick run
   */
  memoryTable(workloads, quick) {
    const { marks } = findWorkload(workloads[0], quick);
    const steps = marks.at(-1) - marks.at(-2);
    const row = (name, title, sizes) => {
      if (sizes === undefined) return [name, title, ...marks.map(() => 'failed'), '–', '–'];
      const growth = sizes.at(-1) - sizes.at(-2);
      return [name, title, ...sizes.map((size) => size.toFixed(1)), growth.toFixed(1), verdict(growth, steps)];
    };
    const rows = workloads.flatMap((workload) =>
      this.#implementations.flatMap(({ id, title }) => {
        const [report] = this.#of(id, workload);
        if (report === undefined) return [];
        const { memory, heap } = report;
        const name = findWorkload(workload, quick).title;
        return [row(name, title, memory), ...(heap === undefined ? [] : [row(name, `${title}, heap alone`, heap)])];
      }),
    );
    const columns = marks.map((mark) => (mark === 0 ? 'before' : `step ${mark}`));
    return markdownTable(['MiB', '', ...columns, `${marks.at(-2)} → ${marks.at(-1)}`, 'flat'], rows);
  }

  /**
   * MiB in memory at most: before the call, in the call, and what it adds.
   *
   * @param {readonly string[]} workloads
   */
  peakTable(workloads) {
    const rows = workloads.flatMap((workload) =>
      this.#implementations.flatMap(({ id, title }) => {
        const [report] = this.#of(id, workload);
        if (report === undefined) return [];
        const [before = NaN, after = NaN] = report.memory ?? [];
        const sizes = [before, after, after - before].map((size) => size.toFixed(0));
        return [[findWorkload(workload, false).title, title, ...sizes]];
      }),
    );
    return markdownTable(['MiB at most', '', 'before', 'after', 'added'], rows);
  }

  /**
   * MiB in memory after calls of one size and after calls of many, what these add, and the milliseconds of a call of each kind.
   *
   * @param {readonly string[]} workloads
   */
  sizesTable(workloads) {
    const rows = workloads.flatMap((workload) =>
      this.#implementations.flatMap(({ id, title }) => {
        const [report] = this.#of(id, workload);
        if (report === undefined) return [];
        const { memory: [one = NaN, all = NaN] = [], times: [same = NaN, other = NaN] = [] } = report;
        const sizes = [one, all, all - one].map((size) => size.toFixed(0));
        return [[findWorkload(workload, false).title, title, ...sizes, show(same), show(other)]];
      }),
    );
    const heads = [
      'MiB, one size',
      'all sizes',
      'added',
      'ms a call, one size, compilation included',
      'another size each',
    ];
    return markdownTable(['sizes', '', ...heads], rows);
  }

  /**
   * Microseconds a row with each batch size: medians, and the peer's divided by evenkeel's.
   *
   * @param {string} workload
   * @param {boolean} quick whether the batch sizes are those of a quick run
   */
  curveTable(workload, quick) {
    const { title, batches } = findWorkload(workload, quick);
    const rows = batches.map((batch, i) => {
      const medians = this.#implementations.map(({ id }) => this.#curve(id, workload)?.[i]?.median);
      const ours = medians[this.#implementations.findIndex(({ id }) => id === evenkeel.id)];
      const cells = this.#implementations.map(({ id }, j) => {
        if (medians[j] === undefined) return this.#missing(id, workload);
        const text = show((medians[j] * 1e3) / batch);
        return id === evenkeel.id || ours === undefined ? text : `${text} ×${(medians[j] / ours).toFixed(2)}`;
      });
      return [String(batch), ...cells];
    });
    return `${title}, µs a row\n\n${markdownTable(['batch', ...this.#implementations.map(({ title }) => title)], rows)}`;
  }

  /** The median and the smallest time with each batch size. */
  #curve(id, workload) {
    const [report] = this.#of(id, workload);
    return report?.curve?.map((times) => ({ median: median(times), minimum: Math.min(...times) }));
  }

  /**
   * Milliseconds from the start of the process to the end of the first step, and its parts: medians.
   *
   * @param {readonly string[]} workloads
   */
  startupTable(workloads) {
    const columns = {
      process: 'process',
      import: 'import',
      model: 'model built',
      graph: 'graph made',
      engine: 'engine loaded',
      session: 'session created',
      run: 'first run',
      total: 'total',
    };
    const rows = workloads.flatMap((workload) =>
      this.#implementations.map(({ id, title }) => {
        const all = this.#of(id, workload).flatMap(({ parts }) => parts ?? []);
        const cells = Object.keys(columns).map((part) => {
          const found = all.flatMap((parts) => parts[part] ?? []);
          return found.length > 0 ? median(found).toFixed(0) : '–';
        });
        return [title, ...(all.length > 0 ? cells : cells.map(() => this.#missing(id, workload)))];
      }),
    );
    return markdownTable(['ms to the first step', ...Object.values(columns)], rows);
  }

  /** For the file. */
  toJSON() {
    const measured = {};
    for (const [key, reports] of this.#reports) {
      const [id, workload] = key.split(' ');
      const times = this.#times(id, workload);
      (measured[workload] ??= {})[id] = {
        ...times,
        curve: this.#curve(id, workload),
        rounds: reports.map(({ times, memory, heap, parts, loss, error }) => {
          return { times: times?.map(brief), memory, heap, parts, loss, error };
        }),
      };
    }
    return measured;
  }
}

/** KiB a step: less than the smallest array that a step of the networks makes, ten numbers for each of 16 rows. */
const FLAT = 0.5;

/** Fewer steps say nothing: the allocators' own ups and downs are larger. */
const ENOUGH = 5000;

/** Whether memory stays as it is: `growth` is in MiB. */
function verdict(growth, steps) {
  if (steps < ENOUGH) return '–';
  return (growth * 1024) / steps < FLAT ? 'yes' : 'no';
}

/** A time to a tenth of a microsecond. */
function brief(time) {
  return Number(time.toFixed(4));
}

/** The row of each implementation's fastest call. */
function fastest(rows) {
  const cells = rows[0].cells.map(({ id, name }, i) => {
    const measured = rows.map(({ cells }) => cells[i]).filter(({ found }) => found !== null);
    if (measured.length === 0) return { id, name, found: null };
    return measured.reduce((best, cell) => (cell.found.median < best.found.median ? cell : best));
  });
  return { title: 'W2 the fastest of these calls', cells };
}
