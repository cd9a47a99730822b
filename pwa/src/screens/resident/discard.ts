import { tell } from '../../store/changes';
import { strict } from '../../store/database';

/** Throws away what was never delivered, for good: the person asked for exactly that. Delivered entries stay. */
export async function discardUnsent(): Promise<void> {
  await strict(['outbox', 'journal', 'drafts'], async (tx) => {
    const unsent = await tx.objectStore('outbox').getAll();
    for (const op of unsent) {
      const row = op.cargo === 'checkin' ? await tx.objectStore('journal').get(op.entity_id) : undefined;
      // A revision of something delivered would leave a hole: only what the server never had goes.
      if (row && row.server_seq === null && op.kind === 'create') await tx.objectStore('journal').delete(op.entity_id);
      await tx.objectStore('outbox').delete(op.op_id);
    }
    await tx.objectStore('drafts').clear();
  });
  tell('journal', 'outbox', 'drafts');
}
