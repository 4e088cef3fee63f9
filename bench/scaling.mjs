/**
 * npm run bench -- --only scaling: weak scaling. A step of two processes, pinned to a core each, beside one process on one core with
 * as many rows, and beside two processes that have nothing to do with each other, which is what the machine permits; the messages
 * of a step; the cost of the cuts alone; and PyTorch's DistributedDataParallel. docs/scaling.md has the numbers and what follows.
 */
import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { installedModules, python } from './implementations.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

const networks = [
  { network: 'article', title: 'W1, 128 rows', rows: 128, hasPeer: true },
  { network: 'article-synchronized', title: 'W1, pooled statistics', rows: 128, hasPeer: false },
  { network: 'resnet20', title: 'ResNet-20, 64 rows', rows: 64, hasPeer: true },
  { network: 'resnet20-synchronized', title: 'ResNet-20, pooled statistics', rows: 64, hasPeer: false },
];

async function bundle() {
  const folder = `${root}node_modules/.cache/evenkeel-mpi`;
  mkdirSync(folder, { recursive: true });
  const outfile = `${folder}/scaling.mjs`;
  const sources = {
    '#files': 'formats/files/files-node',
    '#mpi': 'keras/distribution/mpi/mpi-node',
    '#ort': 'compiler/runtime/ort/ort-node',
    '#graphics': 'formats/graphics/renderer-node',
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

const execute = promisify(execFile);

/** Runs a command that prints a line of JSON. One that hangs, as a peer's processes do if one of them ends, fails. */
async function read([command, ...rest]) {
  const { stdout } = await execute(command, rest, { encoding: 'utf8', timeout: 300_000, killSignal: 'SIGKILL' });
  return JSON.parse(stdout);
}

const least = (results) => results.reduce((a, b) => (b.time < a.time ? b : a));
const mean = (numbers) => numbers.reduce((a, b) => a + b) / numbers.length;
const rule = (columns) => `|${' --- |'.repeat(columns)}`;

/** Measures weak scaling, prints tables in Markdown, and writes bench/results/scaling.json. */
export async function measureScaling({ quick, rounds, peers }) {
  const program = await bundle();
  const launcher = findLauncher();
  const counts = (quick ? [2, 6] : [5, 25]).map(String);
  // Each process has the core of its number.
  const pinned = 'exec taskset -c ${OMPI_COMM_WORLD_RANK:-${PMI_RANK:-0}} "$@"';
  const node = [process.execPath, '--no-warnings', program];
  const alone = (core, { network, rows }, ...mode) =>
    read(['taskset', '-c', String(core), ...node, network, String(rows), ...counts, ...mode]);
  const together = ({ network, rows }) =>
    read([...launcher, '-n', '2', 'sh', '-c', pinned, 'sh', ...node, network, String(rows), ...counts]);
  const script = fileURLToPath(new URL('peers/torch_scaling.py', import.meta.url));
  const torch = ({ network, rows }, processes) =>
    read([python, script, network, String(rows), ...counts, String(processes)]);
  const hasTorch = peers.some(({ id }) => id === 'torch') && installedModules().has('torch');

  const measured = [];
  for (const each of networks) {
    const rows = { one: [], apart: [], cut: [], two: [], torchOne: [], torchTwo: [] };
    for (let round = 0; round < rounds; round++) {
      rows.one.push(await alone(0, each));
      const apart = await Promise.all([alone(0, each), alone(1, each)]);
      rows.apart.push({ time: mean(apart.map(({ time }) => time)) });
      rows.cut.push(await alone(0, each, 'cuts'));
      rows.two.push(await together(each));
      if (!hasTorch || !each.hasPeer) continue;
      rows.torchOne.push(await torch(each, 1));
      rows.torchTwo.push(await torch(each, 2));
    }
    const best = Object.entries(rows).map(([name, results]) => [name, results.length === 0 ? null : least(results)]);
    measured.push({ title: each.title, ...Object.fromEntries(best) });
  }
  printTables(measured);
  if (!hasTorch) console.log('\nPyTorch was not measured: the Python of EVENKEEL_BENCH_PYTHON does not have it.');
  mkdirSync(new URL('results/', import.meta.url), { recursive: true });
  writeFileSync(new URL('results/scaling.json', import.meta.url), JSON.stringify({ quick, measured }, null, 2));
}

function printTables(measured) {
  const ms = (result) => result.time.toFixed(1);
  const ratio = (a, b) => (a.time / b.time).toFixed(2);
  console.log(
    '| network | 1 process, ms | cuts alone, ms | 2 apart, ms | 2 processes, ms | 1 / 2 | apart / 2 | messages | bytes |',
  );
  console.log(rule(9));
  for (const { title, one, cut, apart, two } of measured) {
    const times = [one, cut, apart, two].map(ms);
    const cells = [title, ...times, ratio(one, two), ratio(apart, two), two.messages, Math.round(two.bytes)];
    console.log(`| ${cells.join(' | ')} |`);
  }
  const beside = measured.filter(({ torchTwo }) => torchTwo !== null);
  if (beside.length === 0) return;
  console.log('\n| network | PyTorch, 1 process, ms | PyTorch, 2 processes, ms | 1 / 2 | evenkeel 1 / 2 |');
  console.log(rule(5));
  for (const { title, one, two, torchOne, torchTwo } of beside) {
    const cells = [title, ms(torchOne), ms(torchTwo), ratio(torchOne, torchTwo), ratio(one, two)];
    console.log(`| ${cells.join(' | ')} |`);
  }
}
