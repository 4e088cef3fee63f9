import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import koffi from 'koffi';
import type { Outcome } from './programs/scenarios.ts';

/** An interface of MPI, and the command that starts processes. */
export interface Launcher {
  readonly name: (typeof INTERFACES)[number];
  readonly command: string;
  /** The library that the processes are told to use; null for the one that they find. */
  readonly library: string | null;
}

/** The interfaces of MPI. Both implementations have the standard one of MPI 5 in a library of its own. */
export const INTERFACES = ['Open MPI', 'MPICH', 'MPI ABI'] as const;

/** The variable of the environment that names the library of MPI. */
const LIBRARY = 'EVENKEEL_MPI_LIBRARY';

const root = fileURLToPath(new URL('../../', import.meta.url));
/** Below node_modules, so that Node finds the packages that the program imports. */
const folder = `${root}node_modules/.cache/evenkeel-mpi`;

/** The launchers that are installed. */
export const launchers: readonly Launcher[] = [...nativeLaunchers(), ...standardLaunchers()];

function nativeLaunchers(): readonly Launcher[] {
  const candidates = [
    ['Open MPI', ['mpirun.openmpi', 'mpirun']],
    ['MPICH', ['mpirun.mpich', 'mpirun']],
  ] as const;
  return candidates.flatMap(([name, commands]) => {
    const command = commands.find((each) => versionOf(each).includes(name === 'Open MPI' ? 'Open MPI' : 'HYDRA'));
    return command === undefined ? [] : [{ name, command, library: null }];
  });
}

/** The library of the standard interface that the environment names or the system has, and the mpirun of its installation. */
function standardLaunchers(): readonly Launcher[] {
  const named = process.env[LIBRARY];
  const names =
    named?.includes('libmpi_abi') === true
      ? [named]
      : ['libmpi_abi.so.1', 'libmpi_abi.so.0', 'libmpi_abi.so', 'libmpi_abi.dylib'];
  const library = names.find(canLoad);
  if (library === undefined) return [];
  const commands = [join(dirname(library), '../bin/mpirun'), 'mpirun'];
  const command = commands.find((each) => versionOf(each) !== '');
  return command === undefined ? [] : [{ name: 'MPI ABI', command, library }];
}

function canLoad(library: string): boolean {
  try {
    koffi.load(library);
    return true;
  } catch {
    return false;
  }
}

function versionOf(command: string): string {
  try {
    const version = execFileSync(command, ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    return version.replace('OpenRTE', 'Open MPI');
  } catch {
    return '';
  }
}

/** Bundles a program with the sources, which starts in a fraction of the time of a transpiler. */
export async function bundleProgram(name: string): Promise<string> {
  mkdirSync(folder, { recursive: true });
  const outfile = `${folder}/${name}-${process.pid}.mjs`;
  const alias = { '#files': 'formats/files/files-node', '#mpi': 'keras/distribution/mpi/mpi-node' };
  const others = {
    '#ort': 'compiler/runtime/ort/ort-node',
    '#graphics': 'formats/graphics/renderer-node',
    '#terminal': 'core/terminal/terminal-node',
    evenkeel: 'index',
    ...Object.fromEntries(['layers', 'regularizers', 'ops'].map((each) => [`evenkeel/${each}`, `keras/${each}/index`])),
  };
  const entries = Object.entries({ ...alias, ...others }).map(([from, to]) => [from, `${root}src/${to}.ts`] as const);
  await build({
    entryPoints: [`${root}test/mpi/programs/${name}.ts`],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    alias: Object.fromEntries(entries),
    logLevel: 'error',
  });
  return outfile;
}

/** The end of a job. */
export interface Job {
  readonly code: number;
  readonly output: string;
  readonly outcomes: readonly Outcome[];
  readonly seconds: number;
}

/** The options of a job. */
interface RunOptions {
  /** The command that runs the launcher. */
  readonly before?: readonly string[];
  /** Options of the launcher. */
  readonly options?: readonly string[];
  /** The folder of the results. */
  readonly results?: string;
}

/** Runs a program in a number of processes; without a launcher, in one. */
export async function run(
  launcher: Launcher | null,
  processes: number,
  program: string,
  scenarios: readonly string[],
  { before = [], options = [], results = mkdtempSync(join(tmpdir(), 'evenkeel-mpi-')) }: RunOptions = {},
): Promise<Job> {
  const started = performance.now();
  const isOpen = launcher !== null && versionOf(launcher.command).includes('Open MPI');
  const own = isOpen ? ['--allow-run-as-root', '--oversubscribe', '--bind-to', 'none'] : [];
  const node = [process.execPath, '--no-warnings', program, results, ...scenarios];
  const [command = '', ...given] =
    launcher === null ? node : [...before, launcher.command, ...own, ...options, '-n', String(processes), ...node];
  return new Promise((resolve) => {
    const env = { ...process.env, [LIBRARY]: launcher?.library ?? undefined };
    const settings = { cwd: root, env, timeout: 60_000, killSignal: 'SIGKILL', maxBuffer: 2 ** 26 } as const;
    execFile(command, given, settings, (error, stdout, stderr) => {
      resolve({
        code: error === null ? 0 : typeof error.code === 'number' ? error.code : -1,
        output: stdout + stderr,
        outcomes: readdirSync(results)
          .filter((file) => file.endsWith('.json'))
          .flatMap((file) => JSON.parse(readFileSync(join(results, file), 'utf8')) as readonly Outcome[]),
        seconds: (performance.now() - started) / 1000,
      });
      rmSync(results, { recursive: true, force: true });
    });
  });
}

/** The processes that tests start at once: more than four make each wait for the others. */
export const PROCESSES: readonly number[] = cpus().length >= 2 ? [1, 2, 3, 4] : [1, 2];
