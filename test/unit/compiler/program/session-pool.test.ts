import { describe, expect, test } from 'vitest';
import { SessionPool } from '../../../../src/compiler/program/session-pool.ts';
import type { Session } from '../../../../src/compiler/runtime/index.ts';

class FakeSession implements Session {
  readonly inputNames = [];
  readonly outputNames = [];
  released = 0;
  run(): Promise<Record<string, never>> {
    return Promise.resolve({});
  }
  runOnDevice(): Promise<Record<string, never>> {
    return Promise.resolve({});
  }
  release(): Promise<void> {
    this.released++;
    return Promise.resolve();
  }
}

/** A pool of fake sessions, which it lists in the order in which they were created. */
function poolOf(
  limits: ConstructorParameters<typeof SessionPool>[0],
  bytes = 1,
): {
  pool: SessionPool;
  made: FakeSession[];
  use: <T>(key: string, work?: () => Promise<T>) => Promise<unknown>;
} {
  const pool = new SessionPool(limits);
  const made: FakeSession[] = [];
  const create = (): { session: Promise<Session>; bytes: number } => {
    const session = new FakeSession();
    made.push(session);
    return { session: Promise.resolve(session), bytes };
  };
  return { pool, made, use: (key, work = () => Promise.resolve(undefined as never)) => pool.run(key, create, work) };
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const released = (made: readonly FakeSession[]): number[] => made.map((session) => session.released);

describe('SessionPool', () => {
  test('the least recently used sessions are released when there are too many', async () => {
    const { pool, made, use } = poolOf({ maxSessions: 2 });
    for (const key of ['a', 'b', 'a', 'c']) await use(key);
    await settled();
    expect([pool.size, released(made)]).toEqual([2, [0, 1, 0]]);
    await use('b');
    expect(made.length).toBe(4);
  });

  test('sessions are released when they are too large together, and one that is too large alone is kept alone', async () => {
    const { pool, made, use } = poolOf({ maxBytes: 100 }, 60);
    await use('a');
    await use('b');
    await settled();
    expect([pool.size, released(made)]).toEqual([1, [1, 0]]);
    const large = poolOf({ maxBytes: 100 }, 1000);
    await large.use('a');
    await large.use('a');
    expect([large.pool.size, large.made.length]).toEqual([1, 1]);
  });

  test('a session that is removed during a run is released after the run', async () => {
    const { pool, made, use } = poolOf({});
    let finish = (): void => undefined;
    const running = use('a', () => new Promise<void>((resolve) => (finish = resolve)));
    await settled();
    pool.clear();
    await settled();
    expect(released(made)).toEqual([0]);
    finish();
    await running;
    await settled();
    expect(released(made)).toEqual([1]);
  });

  test('a session that cannot be created leaves the pool as it was', async () => {
    const { pool, use } = poolOf({});
    await use('a');
    const fails = (): { session: Promise<Session>; bytes: number } => ({
      session: Promise.reject(new Error('out of memory')),
      bytes: 1,
    });
    await expect(pool.run('b', fails, () => Promise.resolve(1))).rejects.toThrow('out of memory');
    await settled();
    expect(pool.size).toBe(1);
  });
});
