/** Calls the command line as a user does: scripts/check-package.mjs runs this in a folder with the package installed. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = new URL('node_modules/evenkeel/', import.meta.url);
const manifest = JSON.parse(readFileSync(new URL('package.json', folder), 'utf8'));
const isWindows = process.platform === 'win32';

/** What npm has made of the package's `bin`; on Windows it is a script of the shell's. */
const program = fileURLToPath(new URL(`node_modules/.bin/evenkeel${isWindows ? '.cmd' : ''}`, import.meta.url));

/** Runs the command; `meanwhile` may do something to the process. Gives the exit code and what was printed. */
function evenkeel(args, meanwhile = () => undefined) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { shell: isWindows });
    const printed = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr']) child[name].on('data', (chunk) => (printed[name] += String(chunk)));
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, ...printed }));
    meanwhile(child);
  });
}

const version = await evenkeel(['--version']);
assert.deepEqual([version.code, version.stdout, version.stderr], [0, `${manifest.version}\n`, '']);

const wrong = await evenkeel(['sumary']);
assert.deepEqual(
  [wrong.code, wrong.stdout, wrong.stderr],
  [2, '', "evenkeel: unknown command 'sumary' (Did you mean summary?)\n"],
);

const demo = await evenkeel(['demo', '--json', '--epochs', '4', '--examples', '4000']);
assert.equal(demo.code, 0, demo.stderr);
const { withNormalization, withoutNormalization } = JSON.parse(demo.stdout);
const [better, worse] = [withNormalization, withoutNormalization].map(({ epochs }) => epochs.at(-1).testAccuracy);
assert(better > 0.5 && better > worse, `accuracy ${better} with normalization, ${worse} without`);

if (!isWindows) {
  const long = ['demo', '--epochs', '100000'];
  // The first line says what is trained: from then on the work can be interrupted.
  const interrupted = await evenkeel(long, (child) => child.stdout.once('data', () => child.kill('SIGINT')));
  assert.deepEqual([interrupted.code, interrupted.signal], [130, null], interrupted.stderr);
  const unread = await evenkeel(['demo', '--epochs', '1'], (child) => child.stdout.destroy());
  assert.deepEqual([unread.code, unread.signal], [0, null], unread.stderr);
  assert(!unread.stderr.includes('EPIPE'), unread.stderr);
}
console.log(`demo: ${better} with normalization, ${worse} without`);
