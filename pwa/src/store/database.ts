/** Opens a person's database, opens it again when the browser closed it, and runs transactions that reach the disk. */

import { type IDBPDatabase, type IDBPObjectStore, openDB } from 'idb';
import type { Id } from '../contract';
import { type PersonDb, type StoreName, VERSION } from './schema';

/** A running transaction as its users see it; one over more stores fits where fewer are asked for. */
export interface Tx<N extends StoreName> {
  objectStore<M extends N>(name: M): IDBPObjectStore<PersonDb, StoreName[], M, 'readwrite'>;
}
export interface ReadTx<N extends StoreName> {
  objectStore<M extends N>(name: M): IDBPObjectStore<PersonDb, StoreName[], M, 'readonly'>;
}

let person: Id | null = null;
let opening: Promise<IDBPDatabase<PersonDb>> | null = null;

export const databaseName = (id: Id) => `handrail/${id}`;

function upgrade(db: IDBPDatabase<PersonDb>, from: number): void {
  if (from < 1) {
    for (const name of ['settings', 'keys', 'cache', 'drafts'] as const) db.createObjectStore(name);
    db.createObjectStore('outbox', { keyPath: 'op_id' }).createIndex('seq', 'seq');
    const kept = db.createObjectStore('kept', { keyPath: 'op_id' });
    kept.createIndex('at', 'at');
    kept.createIndex('entity', 'entity_id');
    db.createObjectStore('journal', { keyPath: 'entity_id' });
    db.createObjectStore('tokens', { keyPath: 'id' });
    db.createObjectStore('sheets', { keyPath: 'id' });
  }
}

/** Chooses whose database is used from here on; null closes it. Nothing is opened before the first use. */
export async function choosePerson(id: Id | null): Promise<void> {
  if (id === person) return;
  const before = opening;
  person = id;
  opening = null;
  (await before?.catch(() => null))?.close();
}

/** Whose database is in use; null when nobody has signed in on this phone. */
export const currentPerson = (): Id | null => person;

function database(): Promise<IDBPDatabase<PersonDb>> {
  if (!person) return Promise.reject(new Error('nobody is signed in on this phone'));
  const name = databaseName(person);
  const forget = () => {
    opening = null;
  };
  opening ??= openDB<PersonDb>(name, VERSION, {
    upgrade,
    // Another tab wants to upgrade or delete the database: step aside, the next use opens it again.
    blocking: (_now, _wanted, event) => {
      (event.target as IDBDatabase).close();
      forget();
    },
    terminated: forget,
  }).catch((error) => {
    forget();
    throw error;
  });
  return opening;
}

/**
 * What a connection says that the system closed: when a transaction is asked of it, when it took a running transaction
 * down with it, and Safari when its storage process went away. Nothing of such a transaction was kept.
 */
const CLOSED = ['InvalidStateError', 'AbortError', 'UnknownError'];

/** A closed connection shows only when it is used; one more try with a fresh one is enough. */
async function withDatabase<T>(work: (db: IDBPDatabase<PersonDb>) => Promise<T>): Promise<T> {
  const whose = person;
  const using = database();
  try {
    return await work(await using);
  } catch (error) {
    // What one person began is never finished in another one's database.
    if (!(error instanceof DOMException) || !CLOSED.includes(error.name) || person !== whose) throw error;
    if (opening === using) opening = null;
    await using.then((db) => db.close()).catch(() => {});
    return work(await database());
  }
}

/**
 * One transaction that is on the disk when the promise resolves, or leaves nothing behind.
 * `work` may await only requests of its own transaction: anything else lets the browser commit too early.
 */
export function strict<N extends StoreName, T>(names: N[], work: (tx: Tx<N>) => Promise<T>): Promise<T> {
  return withDatabase(async (db) => {
    const tx = db.transaction(names, 'readwrite', { durability: 'strict' });
    try {
      const result = await work(tx as unknown as Tx<N>);
      hurry(tx);
      await tx.done;
      return result;
    } catch (error) {
      tx.done.catch(() => {});
      // A request that was cut off by its transaction's end says less than the transaction, which knows of a full disk.
      const why = tx.error ?? error;
      try {
        tx.abort();
      } catch {
        // It was over already; the first error is the one to tell.
      }
      throw why;
    }
  });
}

/** Everything is asked for: the browser need not wait to see whether more comes. One that ended by itself tells in `done`. */
function hurry(tx: { commit(): void }): void {
  try {
    tx.commit();
  } catch {
    // It had committed, or failed, already.
  }
}

/** A write nobody waits for by itself: when it fails, its transaction fails, and that is where it is told. */
export function unwaited(request: Promise<unknown>): void {
  request.catch(() => {});
}

/** The rows of a store, a page at a time, so that no single step is long; inside the caller's transaction. */
export async function inPages<V, K extends IDBValidKey>(
  source: { getAll(range: IDBKeyRange | null, count: number): Promise<V[]> },
  keyOf: (row: V) => K,
  take: (page: V[]) => unknown,
): Promise<void> {
  let range: IDBKeyRange | null = null;
  for (;;) {
    const page: V[] = await source.getAll(range, PAGE);
    const last = page.at(-1);
    if (last !== undefined && take(page) === false) return;
    if (last === undefined || page.length < PAGE) return;
    range = IDBKeyRange.lowerBound(keyOf(last), true);
  }
}

const PAGE = 100;

/** A consistent look at several stores. */
export function look<N extends StoreName, T>(names: N[], work: (tx: ReadTx<N>) => Promise<T>): Promise<T> {
  return withDatabase((db) => work(db.transaction(names, 'readonly') as unknown as ReadTx<N>));
}
