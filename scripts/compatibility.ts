/**
 * npm run compatibility: writes the tables of docs/compatibility.md, between the markers, from the matrices of the CI workflow and the
 * runs in scripts/compatibility/runs.json. A test compares them.
 *
 * npm run compatibility -- --record TESTS: records first that these tests passed on this machine, as `EVENKEEL_RECORD=1 bash .ci/run` does.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { parse } from 'yaml';
import { type Run, readRuns, recordRun, runtimeHere } from './compatibility/runs.mjs';

const BEGIN = '<!-- compatibility -->';
const END = '<!-- /compatibility -->';

const root = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));

/** The systems of GitHub's runners. */
const SYSTEMS: Readonly<Record<string, readonly [system: string, name: string]>> = {
  'ubuntu-latest': ['linux-x64', 'Linux, x64'],
  'ubuntu-24.04-arm': ['linux-arm64', 'Linux, arm64'],
  'macos-latest': ['darwin-arm64', 'macOS, arm64'],
  'macos-15-intel': ['darwin-x64', 'macOS, x64'],
  'windows-latest': ['win32-x64', 'Windows, x64'],
  'windows-11-arm': ['win32-arm64', 'Windows, arm64'],
};

/** The tests that are recorded. */
export const TESTS = { whole: 'bash .ci/run', package: 'npm run test:pack', keras: 'npm run check:keras' } as const;

interface Workflow {
  readonly jobs: Readonly<
    Record<string, { readonly strategy?: { readonly matrix?: Readonly<Record<string, readonly (string | number)[]>> } }>
  >;
}

/** A line of a table: an environment, the tests that CI runs there, and those that ran. */
interface Row {
  readonly environment: string;
  readonly tests: string;
  readonly system: string;
  readonly runtime: string;
}

function matrixOf({ jobs }: Workflow, job: string, key: string): readonly string[] {
  const values = jobs[job]?.strategy?.matrix?.[key];
  if (values === undefined) throw new Error(`The job ${job} of the workflow has no matrix of ${key}.`);
  return values.map(String);
}

const systemOf = (runner: string): readonly [string, string] => {
  const system = SYSTEMS[runner];
  if (system === undefined) throw new Error(`scripts/compatibility.ts does not know the runner ${runner}.`);
  return system;
};

/** The state of the tests of a row. */
function stateOf({ tests, system, runtime }: Row, runs: readonly Run[]): string {
  const run = runs.find((each) => each.tests === tests && each.system === system && each.runtime === runtime);
  if (run === undefined) return 'not run';
  return `${run.passed ? 'passed' : 'failed'} with ${run.version} on ${run.date}`;
}

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

/** The tables in Markdown. */
export function tablesOf(
  workflow: Workflow,
  runtimes: readonly { readonly name: string }[],
  runs: readonly Run[],
): string {
  const rows: Row[] = [];
  for (const [job, tests] of [
    ['ci', TESTS.whole],
    ['package', TESTS.package],
  ] as const) {
    for (const runner of matrixOf(workflow, job, 'os')) {
      const [system, name] = systemOf(runner);
      for (const node of matrixOf(workflow, job, 'node')) {
        rows.push({ environment: `Node ${node} on ${name}`, tests, system, runtime: `node ${node}` });
      }
    }
  }
  const [linux] = systemOf('ubuntu-latest');
  const others = runtimes.map(({ name }): Row => {
    const runtime = name.replace('@', ' ');
    const title = runtime.replace(/^./, (letter) => letter.toUpperCase());
    return { environment: `${title} on Linux, x64`, tests: `${TESTS.package} -- --all`, system: linux, runtime };
  });
  const browsers = ['Chromium', 'Firefox', 'Safari'].map((name): Row => {
    const tests = name === 'Chromium' ? `${TESTS.package} -- --all` : 'none';
    const environment = name === 'Chromium' ? `${name} on Linux, x64` : name;
    return { environment, tests, system: linux, runtime: name.toLowerCase() };
  });
  const keras = matrixOf(workflow, 'keras', 'keras').map((version): Row => {
    return { environment: `Keras ${version}`, tests: TESTS.keras, system: linux, runtime: `keras ${version}` };
  });
  const head = ['environment', 'tests', 'on a machine of the authors'];
  const linesOf = (part: readonly Row[]): readonly (readonly string[])[] =>
    part.map((row) => [row.environment, row.tests === 'none' ? 'none' : `\`${row.tests}\``, stateOf(row, runs)]);
  return [
    ['### Node and operating systems', table(head, linesOf(rows))],
    ['### Runtimes, with the packed package', table(head, linesOf(others))],
    ['### Browsers', table(head, linesOf(browsers))],
    ['### Keras', table(head, linesOf(keras))],
  ]
    .flat()
    .join('\n\n');
}

/** docs/compatibility.md as it is, and as it is with the tables of the present workflow and runs. */
export async function compatibility(): Promise<{ readonly present: string; readonly expected: string }> {
  const path = root('docs/compatibility.md');
  const present = readFileSync(path, 'utf8');
  const workflow = parse(readFileSync(root('.github/workflows/ci.yml'), 'utf8')) as Workflow;
  const runtimes = JSON.parse(readFileSync(root('scripts/check-package/runtimes.json'), 'utf8')) as { name: string }[];
  const [before] = present.split(BEGIN);
  const [, after = ''] = present.split(END);
  const text = `${before ?? ''}${BEGIN}\n\n${tablesOf(workflow, runtimes, readRuns())}\n\n${END}${after}`;
  return { present, expected: await format(text, { ...(await resolveConfig(path)), parser: 'markdown' }) };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [flag, tests] = process.argv.slice(2);
  if (flag === '--record' && tests !== undefined) {
    recordRun({ tests, runtime: runtimeHere, version: `Node ${process.versions.node}`, passed: true });
  }
  writeFileSync(root('docs/compatibility.md'), (await compatibility()).expected);
}
