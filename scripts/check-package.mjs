/**
 * Packs the package, checks the tarball's metadata and types, installs it into empty folders as users do, and uses it
 * there. Run as `npm run test:pack`; leaves nothing behind but dist/. With `--built`, dist/ is taken as it is.
 */
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { recordRun, runtimeHere } from './compatibility/runs.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const work = mkdtempSync(join(tmpdir(), 'evenkeel-pack-'));
let failures = 0;

/** Runs npm, quietly unless it fails. Resolves to whether it succeeded. */
function npm(args, { cwd = root, env = {} } = {}) {
  // npm hands what .npmrc of this repository says to the scripts that it runs; users do not have that.
  const inherited = Object.entries(process.env).filter(([name]) => name.toLowerCase() !== 'npm_config_ignore_scripts');
  const own = process.env.npm_execpath;
  const command = own === undefined ? 'npm' : process.execPath;
  return succeeds(command, own === undefined ? args : [own, ...args], {
    cwd,
    env: { ...Object.fromEntries(inherited), ...env },
    shell: own === undefined && process.platform === 'win32',
  });
}

function succeeds(command, args, options) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    const output = [];
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => output.push(text));
    const end = (status, message = '') => {
      if (status !== 0) console.log([...output, message].join('').trimEnd());
      resolve(status === 0);
    };
    child.on('error', ({ message }) => end(null, message));
    child.on('close', (status) => end(status));
  });
}

/** Keeps what passed for docs/compatibility.md, if EVENKEEL_RECORD is set. */
function record(tests, runtime, version, passed) {
  if (process.env.EVENKEEL_RECORD) recordRun({ tests, runtime, version, passed });
}

async function check(name, passes) {
  const started = performance.now();
  const passed = await passes();
  if (!passed) failures++;
  console.log(`${passed ? 'ok    ' : 'FAILED'} ${name} (${((performance.now() - started) / 1000).toFixed(1)} s)`);
  return passed;
}

/** Installs the tarball into an empty folder, with the scripts of scripts/check-package. Resolves to the folder; null if it fails. */
async function install(name, args = [], env = {}) {
  const folder = join(work, name.replace(/\W+/g, '-'));
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), '{"name": "user", "private": true, "type": "module"}\n');
  for (const script of ['use.mjs', 'command-line.mjs']) {
    cpSync(join(root, 'scripts/check-package', script), join(folder, script));
  }
  const command = ['install', '--ignore-scripts=false', '--no-audit', '--no-fund', ...args, tarball];
  return (await check(`install ${name}`, () => npm(command, { cwd: folder, env }))) ? folder : null;
}

/** Installs the tarball, and runs the scripts of scripts/check-package there. */
async function checkInstall(name, env) {
  const folder = await install(name, [], env);
  if (folder !== null) await checkUse(name, folder);
}

/** Runs the scripts of scripts/check-package in a folder into which the package is installed. */
async function checkUse(name, folder) {
  await check(`use, installed ${name}`, () => succeeds(process.execPath, ['use.mjs'], { cwd: folder }));
  await check(`the command line, installed ${name}`, () =>
    succeeds(process.execPath, ['command-line.mjs'], { cwd: folder }),
  );
}

/**
 * Makes a project of each template with the command line of a package that is installed in a folder, as `npx evenkeel new` does,
 * installs the tarball into it, compiles it, and trains: the program in Node; the page is built.
 */
async function checkTemplates(folder) {
  const cli = join(folder, 'node_modules/evenkeel/dist/node/cli.js');
  for (const [template, scripts] of [
    ['node', ['typecheck', 'train', 'predict']],
    ['vite', ['build']],
  ]) {
    const project = join(work, `project-${template}`);
    await check(`evenkeel new --template ${template}`, () =>
      succeeds(process.execPath, [cli, 'new', project, '--template', template], { cwd: folder }),
    );
    const args = ['install', '--ignore-scripts=false', '--no-audit', '--no-fund', tarball];
    if (
      !(await check(`install the project ${template}`, () =>
        npm(args, { cwd: project, env: { ONNXRUNTIME_NODE_INSTALL: 'skip' } }),
      ))
    )
      continue;
    for (const script of scripts)
      await check(`npm run ${script} in the project ${template}`, () => npm(['run', script], { cwd: project }));
  }
  await check('the model of the project node', () => existsSync(join(work, 'project-node/model.keras')));
}

/** Bundles a page that uses the package with each bundler, and trains in it. */
async function checkBundlers() {
  const folder = await install('bundlers', ['--omit=optional']);
  if (folder === null) return;
  const script = join(root, 'scripts/check-package/bundlers.ts');
  await check('pages of bundlers', () => {
    const { status } = spawnSync(process.execPath, ['--import', 'tsx', script, folder], {
      cwd: root,
      stdio: 'inherit',
    });
    return status === 0;
  });
}

/** Other runtimes, by the packages that contain them, with the arguments before a script. */
const RUNTIMES = JSON.parse(readFileSync(join(root, 'scripts/check-package/runtimes.json'), 'utf8'));

/** Uses the package in other runtimes, on both engines, where their packages can be installed. */
async function checkRuntimes() {
  const folder = await install('runtimes', [], { ONNXRUNTIME_NODE_INSTALL: 'skip' });
  if (folder === null) return;
  for (const { name, bin, args } of RUNTIMES) {
    const home = join(work, bin + name.replace(/\W+/g, '-'));
    mkdirSync(home);
    writeFileSync(join(home, 'package.json'), '{"name": "runtime", "private": true}\n');
    if (!(await npm(['install', '--ignore-scripts=false', '--no-audit', '--no-fund', name], { cwd: home }))) {
      console.log(`skipped ${name}: it cannot be installed`);
      continue;
    }
    const command = join(home, 'node_modules/.bin', bin);
    const failed = failures;
    for (const engine of ['node', 'wasm']) {
      const options = {
        cwd: folder,
        env: { ...process.env, EVENKEEL_ENGINE: engine },
        shell: process.platform === 'win32',
      };
      await check(`use on ${engine}, in ${name}`, () => succeeds(command, [...args, 'use.mjs'], options));
    }
    const { version } = JSON.parse(
      readFileSync(join(home, 'node_modules', name.split('@')[0], 'package.json'), 'utf8'),
    );
    record('npm run test:pack -- --all', name.replace('@', ' '), version, failures === failed);
  }
}

const tarball = join(work, `${manifest.name}-${manifest.version}.tgz`);

try {
  const isBuilt = process.argv.includes('--built') || (await check('build', () => npm(['run', 'build'])));
  const isPacked = isBuilt && (await check('pack', () => npm(['pack', '--pack-destination', work])));
  if (isPacked) {
    // An installation waits for the registry most of the time: a few of them take little longer than one.
    await Promise.all([
      checkInstall('with the native engine', { ONNXRUNTIME_NODE_INSTALL: 'skip' }),
      // Its postinstall obeys this proxy, which is none, and npm does not: so the download of CUDA libraries fails, as it
      // does behind many firewalls, and npm must carry on without the native engine.
      checkInstall('where the download of the native engine fails', {
        GLOBAL_AGENT_HTTPS_PROXY: 'http://127.0.0.1:9',
        GLOBAL_AGENT_HTTP_PROXY: 'http://127.0.0.1:9',
      }),
      check('publint', () => npm(['exec', '--no', '--', 'publint', 'run', tarball, '--strict'])),
    ]);
    const name = 'without the native engine';
    const installed = install(name, ['--omit=optional']);
    await Promise.all([
      installed.then((folder) => folder !== null && Promise.all([checkUse(name, folder), checkTemplates(folder)])),
      check('types (attw)', () => npm(['exec', '--no', '--', 'attw', tarball, '--profile', 'esm-only'])),
    ]);
    // Pages of four bundlers and downloads of four runtimes take minutes.
    record('npm run test:pack', runtimeHere, process.versions.node, failures === 0);
    if (process.argv.includes('--all')) {
      const failed = failures;
      await checkBundlers();
      record('npm run test:pack -- --all', 'chromium', 'the one that is installed', failures === failed);
      await checkRuntimes();
    } else {
      console.log('skipped bundlers and other runtimes: npm run test:pack -- --all');
    }
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}

console.log(failures === 0 ? 'The package is fine.' : `${failures} checks of the package failed.`);
process.exitCode = failures === 0 ? 0 : 1;
