/**
 * npm run bench -- --only scaling: weak scaling. A step of two processes, pinned to a core each, beside one process on one core with
 * as many rows; the messages of a step; and the cost of the cuts alone. docs/scaling.md has the numbers and what follows from them.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));

const networks = [
  ['article', 'W1, 128 rows', 128],
  ['article-synchronized', 'W1, pooled statistics', 128],
  ['resnet20', 'ResNet-20, 64 rows', 64],
  ['resnet20-synchronized', 'ResNet-20, pooled statistics', 64],
];

async function bundle() {
  const folder = `${root}node_modules/.cache/evenkeel-mpi`;
  mkdirSync(folder, { recursive: true });
  const outfile = `${folder}/scaling.mjs`;
  const sources = {
    '#files': 'formats/files/files-node',
    '#mpi': 'keras/distribution/mpi/mpi-node',
    '#ort': 'compiler/runtime/ort/ort-node',
    '#plots': 'tools/plots/drawing/renderer-node',
    '#terminal': 'core/terminal/terminal-node',
    evenkeel: 'index',
    'evenkeel/layers': 'keras/layers/index',
    'evenkeel/regularizers': 'keras/regularizers/index',
  };
  await build({
    entryPoints: [`${root}bench/scaling-process.ts`],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    alias: Object.fromEntries(Object.entries(sources).map(([from, to]) => [from, `${root}src/${to}.ts`])),
    logLevel: 'error',
  });
  return outfile;
}

/** The command of the first launcher that is installed. */
function findLauncher() {
  for (const command of ['mpirun.openmpi', 'mpirun']) {
    try {
      const isOpen = execFileSync(command, ['--version'], { encoding: 'utf8' }).includes('Open');
      return [command, ...(isOpen ? ['--allow-run-as-root', '--oversubscribe', '--bind-to', 'none'] : [])];
    } catch {
      // The next one.
    }
  }
  throw new Error('bench: --only scaling needs mpirun. Install openmpi-bin or mpich.');
}

/** Measures weak scaling, and prints a table in Markdown. */
export async function measureScaling({ quick, rounds }) {
  const program = await bundle();
  const launcher = findLauncher();
  const counts = quick ? [2, 6] : [5, 25];
  // Each process has the core of its number.
  const pinned = 'exec taskset -c ${OMPI_COMM_WORLD_RANK:-${PMI_RANK:-0}} "$@"';
  const run = (processes, network, rows, ...mode) => {
    const node = ['sh', '-c', pinned, 'sh', process.execPath, '--no-warnings', program];
    const given = [...node, network, ...[rows, ...counts].map(String), ...mode];
    const [command, ...rest] = processes === 1 ? given : [...launcher, '-n', String(processes), ...given];
    return JSON.parse(execFileSync(command, rest, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }));
  };
  const least = (results) => results.reduce((a, b) => (b.time < a.time ? b : a));
  console.log('| network | 1 process, ms | cuts alone, ms | 2 processes, ms | efficiency | messages | bytes |');
  console.log('| --- | --- | --- | --- | --- | --- | --- |');
  for (const [network, title, rows] of networks) {
    const [alone, cut, two] = [[], [], []];
    for (let round = 0; round < rounds; round++) {
      alone.push(run(1, network, rows));
      cut.push(run(1, network, rows, 'cuts'));
      two.push(run(2, network, rows));
    }
    const [a, b, c] = [least(alone), least(cut), least(two)];
    const cells = [a.time.toFixed(1), b.time.toFixed(1), c.time.toFixed(1), (a.time / c.time).toFixed(2)];
    console.log(`| ${[title, ...cells, c.messages, Math.round(c.bytes)].join(' | ')} |`);
  }
}
