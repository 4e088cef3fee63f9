import { parseArgs } from 'node:util';
import { peers } from './implementations.mjs';
import { workloadNames } from './workloads.mjs';

const families = [...new Set(workloadNames.map((name) => name.split('.')[0]))];

const help = `npm run bench -- [options]        Compares evenkeel with its peers, on the same cores, in one run.

  --only LIST     the workloads: ${families.join(', ')}, or one of a family, such as ${workloadNames[0]} (all);
                  scaling, which is measured alone, is one process beside two (bench/scaling.mjs)
  --peers LIST    none, or of ${peers.map(({ id }) => id).join(', ')} (all)
  --rounds N      how often everything is measured (3)
  --quick         one round with few steps, for a first look
  --cores LIST    pins each process to these cores, with taskset, such as 0,2
  --help

EVENKEEL_BENCH_PYTHON names the Python that has the peers (python3). bench/README.md says how to read the table.`;

/** A wrong call. */
class UsageError extends Error {}

/** @param {readonly string[]} list */
const listed = (list, name, known) => {
  const unknown = list.find((entry) => !known.includes(entry));
  if (unknown === undefined) return list;
  throw new UsageError(`--${name}: there is no ${unknown || 'empty name'}. Expected some of: ${known.join(', ')}.`);
};

function read() {
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
      peers: { type: 'string' },
      rounds: { type: 'string' },
      cores: { type: 'string' },
      quick: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const only = listed(values.only?.split(',') ?? families, 'only', [...families, ...workloadNames, 'scaling']);
  const ids = peers.map(({ id }) => id);
  const chosen = values.peers === 'none' ? [] : listed(values.peers?.split(',') ?? ids, 'peers', ids);
  const rounds = Number(values.rounds ?? (values.quick ? 1 : 3));
  if (!Number.isInteger(rounds) || rounds < 1) {
    throw new UsageError(`--rounds: expected a whole number from 1. Received: ${values.rounds}.`);
  }
  return {
    help: values.help,
    isScaling: only.includes('scaling'),
    workloads: workloadNames.filter((name) => only.includes(name) || only.includes(name.split('.')[0])),
    peers: peers.filter(({ id }) => chosen.includes(id)),
    rounds,
    quick: values.quick,
    cores: values.cores,
  };
}

/** What the command line asks for; help and mistakes end the process here. */
export function readOptions() {
  try {
    const options = read();
    if (!options.help) return options;
    console.log(help);
    process.exit(0);
  } catch (error) {
    if (!(error instanceof UsageError) && !String(error.code).startsWith('ERR_PARSE_ARGS')) throw error;
    console.error(`bench: ${error.message}`);
    process.exit(2);
  }
}
