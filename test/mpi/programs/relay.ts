/**
 * A bad network: passes packets between the network namespaces of two hosts, each after a delay, and loses some. Prints a line
 * when it is ready. Arguments: the delay in milliseconds, the part of the packets that is lost, and for each host its namespace
 * and address.
 */
import { execFileSync } from 'node:child_process';
import { openSync, read, write } from 'node:fs';
import process from 'node:process';
import koffi from 'koffi';

const IFF_TUN = 1;
const IFF_NO_PI = 0x1000;
const TUNSETIFF = 0x400454ca;
const MAX_PACKET = 65_536;

const [delay = '0', loss = '0', ...hosts] = process.argv.slice(2);
const ioctl = koffi.load('libc.so.6').func('int ioctl(int file, unsigned long request, void *argument)');

/** Opens a network device and gives it to a namespace; what is sent there is read here. */
function openDevice(namespace: string, address: string): number {
  const name = `tun-${namespace}`;
  const file = openSync('/dev/net/tun', 'r+');
  const request = Buffer.alloc(40);
  request.write(name);
  request.writeUInt16LE(IFF_TUN | IFF_NO_PI, 16);
  if (ioctl(file, TUNSETIFF, request) !== 0) throw new Error(`${name} cannot be made.`);
  execFileSync('ip', ['link', 'set', name, 'netns', namespace]);
  execFileSync('ip', ['-n', namespace, 'addr', 'add', `${address}/24`, 'dev', name]);
  execFileSync('ip', ['-n', namespace, 'link', 'set', name, 'up']);
  return file;
}

let packets = 0;
const every = Math.round(1 / Number(loss));

function pass(from: number, to: number): void {
  const buffer = Buffer.alloc(MAX_PACKET);
  read(from, buffer, 0, buffer.length, null, (error, length) => {
    if (error !== null) throw error;
    packets++;
    const packet = Buffer.from(buffer.subarray(0, length));
    const send = (): void => {
      write(to, packet, () => undefined);
    };
    if (packets % every !== 0) setTimeout(send, Number(delay));
    pass(from, to);
  });
}

const [first, second] = [0, 2].map((i) => openDevice(hosts[i] ?? '', hosts[i + 1] ?? ''));
if (first === undefined || second === undefined) throw new Error('a relay has two hosts.');
pass(first, second);
pass(second, first);
process.stdout.write('ready\n');
