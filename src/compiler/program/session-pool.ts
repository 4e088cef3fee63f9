import { LRUCache } from 'lru-cache';
import type { Runtime, Session } from '../runtime/index.ts';

/** The largest number of sessions that are kept. */
const MAX_SESSIONS = 64;
/** The largest estimate of the memory of all sessions that are kept, in bytes. */
export const MAX_BYTES: number = 512 * 2 ** 20;

/** A session with the number of its current runs: one that is removed from the pool is released after the last of them. */
class PooledSession {
  readonly session: Promise<Session>;
  readonly bytes: number;
  #runs = 0;
  #isRemoved = false;

  constructor(session: Promise<Session>, bytes: number) {
    this.session = session;
    this.bytes = bytes;
  }

  async use<T>(work: (session: Session) => Promise<T>): Promise<T> {
    this.#runs++;
    try {
      return await work(await this.session);
    } finally {
      this.#runs--;
      this.#releaseIfUnused();
    }
  }

  remove(): void {
    this.#isRemoved = true;
    this.#releaseIfUnused();
  }

  #releaseIfUnused(): void {
    if (!this.#isRemoved || this.#runs > 0) return;
    // A session that could not be created has nothing to release.
    void this.session.then((session) => session.release()).catch(() => undefined);
  }
}

/** The limits of a pool. */
export interface PoolLimits {
  readonly maxSessions?: number;
  readonly maxBytes?: number;
}

/**
 * The sessions of the process, by keys. Programs of the same form share one. The least recently used are released when there
 * are too many, or too large ones; their programs create them again when they run. A session is also released when the last
 * program that has used it is garbage.
 */
export class SessionPool {
  readonly #sessions: LRUCache<string, PooledSession>;
  readonly #users = new Map<string, number>();
  readonly #garbage = new FinalizationRegistry<string>((key) => {
    const left = (this.#users.get(key) ?? 1) - 1;
    if (left > 0) {
      this.#users.set(key, left);
      return;
    }
    this.#users.delete(key);
    this.#sessions.delete(key);
  });

  constructor({ maxSessions = MAX_SESSIONS, maxBytes = MAX_BYTES }: PoolLimits = {}) {
    this.#sessions = new LRUCache({
      max: maxSessions,
      maxSize: maxBytes,
      // The cache does not keep items above the maximum: such a session is kept alone.
      sizeCalculation: ({ bytes }) => Math.max(1, Math.min(bytes, maxBytes)),
      dispose: (pooled) => {
        pooled.remove();
      },
    });
  }

  /** The number of sessions. */
  get size(): number {
    return this.#sessions.size;
  }

  /** Records that an object uses the session of a key, until it is garbage. */
  register(user: object, key: string): void {
    this.#users.set(key, (this.#users.get(key) ?? 0) + 1);
    this.#garbage.register(user, key);
  }

  /** Runs with the session of a key, which is created if the pool has none. */
  async run<T>(
    key: string,
    create: () => { readonly session: Promise<Session>; readonly bytes: number },
    work: (session: Session) => Promise<T>,
  ): Promise<T> {
    const found = this.#sessions.get(key);
    if (found !== undefined) return found.use(work);
    const { session, bytes } = create();
    const made = new PooledSession(session, bytes);
    session.catch(() => {
      if (this.#sessions.peek(key) === made) this.#sessions.delete(key);
    });
    this.#sessions.set(key, made);
    return made.use(work);
  }

  /** Releases the session of a key, if there is one. */
  delete(key: string): void {
    this.#sessions.delete(key);
  }

  /** Releases all sessions. */
  clear(): void {
    this.#sessions.clear();
  }
}

/** The largest number of sessions of segments that are kept: a deep network with pooled statistics has a hundred. */
const MAX_SEGMENTS = 1024;

/** The pools of an engine: that of whole programs, and that of segments, which run in turn and must not release each other. */
interface Pools {
  readonly whole: SessionPool;
  readonly segments: SessionPool;
}

const pools = new Map<Runtime, Pools>();

/** The pool of an engine, for whole programs or for segments. */
export function poolOf(runtime: Runtime, kind: keyof Pools = 'whole'): SessionPool {
  const found = pools.get(runtime) ?? {
    whole: new SessionPool(),
    segments: new SessionPool({ maxSessions: MAX_SEGMENTS }),
  };
  pools.set(runtime, found);
  return found[kind];
}

/** Releases the sessions of all engines; programs create them again when they run. */
export function releaseSessions(): void {
  for (const { whole, segments } of pools.values()) {
    whole.clear();
    segments.clear();
  }
}
