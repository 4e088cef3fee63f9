import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleProgram } from './mpirun.ts';

/** Two hosts, which are network namespaces of this machine, and the network between them. */
export interface Network {
  /** The command that runs another one on the first host. */
  readonly before: readonly string[];
  /** The options of Open MPI's launcher for a process on each host. */
  readonly options: readonly string[];
  /** Disconnects the hosts. */
  cut(): void;
  remove(): void;
}

const own = process.pid;
const namespaces = [`ek${own}a`, `ek${own}b`] as const;
const addresses = ['10.77.0.1', '10.77.0.2'] as const;

function ip(...command: readonly string[]): void {
  execFileSync('ip', command, { stdio: ['ignore', 'ignore', 'ignore'] });
}

/** Whether this process may make networks: the administrator of a Linux machine may. */
export function canMakeNetworks(): boolean {
  try {
    ip('netns', 'add', `${namespaces[0]}t`);
    ip('netns', 'del', `${namespaces[0]}t`);
    return true;
  } catch {
    return false;
  }
}

function makeHosts(): void {
  for (const namespace of namespaces) {
    ip('netns', 'add', namespace);
    ip('-n', namespace, 'link', 'set', 'lo', 'up');
  }
}

/** Two hosts and a cable, which is a pair of virtual devices. */
export function cableNetwork(): Network {
  makeHosts();
  const devices = namespaces.map((namespace) => `v${namespace}`);
  ip('link', 'add', devices[0] ?? '', 'type', 'veth', 'peer', 'name', devices[1] ?? '');
  for (const [i, namespace] of namespaces.entries()) {
    const device = devices[i] ?? '';
    ip('link', 'set', device, 'netns', namespace);
    ip('-n', namespace, 'addr', 'add', `${addresses[i] ?? ''}/24`, 'dev', device);
    ip('-n', namespace, 'link', 'set', device, 'up');
  }
  const cut = (): void => {
    ip('-n', namespaces[0], 'link', 'set', devices[0] ?? '', 'down');
  };
  return network(cut, () => undefined);
}

/** Two hosts between which packets take `delay` milliseconds, and a part of them is lost. */
export async function badNetwork(delay: number, loss: number): Promise<Network> {
  makeHosts();
  const program = await bundleProgram('relay');
  const hosts = namespaces.flatMap((namespace, i) => [namespace, addresses[i] ?? '']);
  const relay = spawn(process.execPath, ['--no-warnings', program, String(delay), String(loss), ...hosts]);
  await isReady(relay);
  const end = (): void => {
    relay.kill();
    rmSync(program, { force: true });
  };
  return network(end, end);
}

function isReady(relay: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    relay.stdout?.once('data', () => {
      resolve();
    });
    relay.stderr?.once('data', (text) => {
      reject(new Error(String(text)));
    });
  });
}

function network(cut: () => void, end: () => void): Network {
  const folder = mkdtempSync(join(tmpdir(), 'evenkeel-network-'));
  // Open MPI starts its part on another host with ssh, or with what it is given instead.
  const agent = join(folder, 'agent');
  writeFileSync(agent, `#!/bin/sh\nshift\nexec ip netns exec ${namespaces[1]} sh -c "$*"\n`);
  chmodSync(agent, 0o755);
  const parameters = {
    plm_rsh_agent: agent,
    pml: 'ob1',
    btl: 'tcp,self',
    btl_tcp_if_include: '10.77.0.0/24',
    oob_tcp_if_include: '10.77.0.0/24',
    oob_tcp_keepalive_time: '1',
    oob_tcp_keepalive_intvl: '1',
    oob_tcp_keepalive_probes: '3',
  };
  const options = Object.entries(parameters).flatMap(([name, value]) => ['--mca', name, value]);
  return {
    before: ['ip', 'netns', 'exec', namespaces[0]],
    options: [...options, '--host', addresses.map((address) => `${address}:1`).join()],
    cut,
    remove() {
      end();
      for (const namespace of namespaces) ip('netns', 'del', namespace);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
