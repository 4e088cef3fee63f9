import { type Communicator, alone } from '../../../core/world.ts';

/** A world of one: there is no MPI where programs run in browsers. */
export function joinWorld(_who: string, _timeout: number): Promise<Communicator> {
  return Promise.resolve(alone);
}
