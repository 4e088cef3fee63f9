import { spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** @typedef {import('./workloads.mjs').Report} Report */

/**
 * Something that is measured: evenkeel, or a peer.
 *
 * @typedef {object} Implementation
 * @property {string} id
 * @property {string} title
 * @property {string} script in bench/
 * @property {string} [startup] the script in bench/ that measures the start; `script` without
 * @property {readonly string[]} [flags] what the script is always given
 * @property {readonly string[]} [modules] the Python modules that it needs; a script without is Node's
 * @property {Readonly<Record<string, string>>} [env]
 */

/**
 * The bundle is what `writeBundle` writes.
 *
 * @type {Implementation}
 */
export const evenkeel = {
  id: 'evenkeel',
  title: 'evenkeel',
  script: 'evenkeel.bundle.mjs',
  startup: 'startup.mjs',
};

/**
 * @param {string} id
 * @param {string} title
 * @param {string} backend
 * @returns {Implementation}
 */
const keras = (id, title, backend) => ({
  id,
  title,
  script: 'peers/keras_bench.py',
  modules: ['keras', backend],
  env: { KERAS_BACKEND: backend },
});

/** @type {readonly Implementation[]} */
export const peers = [
  keras('tensorflow', 'Keras/TensorFlow', 'tensorflow'),
  keras('jax', 'Keras/JAX', 'jax'),
  keras('keras-torch', 'Keras/PyTorch', 'torch'),
  { id: 'torch', title: 'PyTorch', script: 'peers/torch_bench.py', modules: ['torch'] },
  {
    id: 'torch-channels-last',
    title: 'PyTorch channels_last',
    script: 'peers/torch_bench.py',
    flags: ['--channels-last'],
    modules: ['torch'],
  },
];

/** The Python of the peers. */
export const python = process.env.EVENKEEL_BENCH_PYTHON ?? 'python3';

/** Of the Python modules that the peers need, those that are installed. */
export function installedModules() {
  const wanted = [...new Set(peers.flatMap(({ modules }) => modules ?? []))];
  const program = 'import importlib.util as u, sys; print(*(m for m in sys.argv[1:] if u.find_spec(m)))';
  const { status, stdout } = spawnSync(python, ['-c', program, ...wanted], { encoding: 'utf8' });
  return new Set(status === 0 ? stdout.trim().split(' ') : []);
}

/**
 * Runs workloads in a process of their own, which nothing runs beside.
 *
 * @param {Implementation} implementation
 * @param {readonly string[]} workloads
 * @param {{ quick: boolean, cores: string | undefined, limit: number, startup?: boolean, onReport: (report: Report) => void }} options
 *   `limit`: milliseconds after which the process is ended; `startup`: whether the start is what is measured. Each workload
 *   is reported once, in order.
 */
export async function runWorkloads(implementation, workloads, { quick, cores, limit, startup = false, onReport }) {
  const { script, flags = [], modules, env } = implementation;
  const command = [
    ...(cores === undefined ? [] : ['taskset', '--cpu-list', cores]),
    modules === undefined ? process.execPath : python,
    fileURLToPath(new URL(startup ? (implementation.startup ?? script) : script, import.meta.url)),
    ...flags,
    ...workloads,
    ...(quick ? ['--quick'] : []),
  ];
  const child = spawn(command[0], command.slice(1), {
    env: { ...process.env, ...env, EVENKEEL_BENCH_SPAWNED: String(Date.now()) },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: limit,
    killSignal: 'SIGKILL',
  });
  const reported = new Set();
  let [pending, errors] = ['', ''];
  child.stderr.on('data', (chunk) => (errors += chunk));
  child.stdout.on('data', (chunk) => {
    const lines = (pending + chunk).split('\n');
    pending = lines.pop() ?? '';
    for (const line of lines) {
      if (!line.startsWith('{')) continue;
      const report = JSON.parse(line);
      reported.add(report.workload);
      onReport(report);
    }
  });
  const ending = await new Promise((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('close', (code, signal) => resolve(signal === null ? `exit code ${code}` : `ended by ${signal}`));
  });
  const lines = errors.trim().split('\n');
  const reason = [ending, lines.findLast((line) => /error/i.test(line)) ?? lines.at(-1)].filter(Boolean).join(': ');
  for (const workload of workloads) {
    if (!reported.has(workload)) onReport({ workload, error: reason });
  }
}

/**
 * Writes the files of networks that benches open.
 *
 * @param {readonly string[]} files such as resnet50.keras
 */
export function writeNetworks(files) {
  const script = fileURLToPath(new URL('write-networks.ts', import.meta.url));
  const names = files.map((file) => file.replace(/\.keras$/, ''));
  const { status, stderr } = spawnSync(process.execPath, [...process.execArgv, script, ...names], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`The networks could not be written: ${stderr}`);
}
