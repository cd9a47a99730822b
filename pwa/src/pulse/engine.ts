/** Group answers: a token for every block, wanted or not, and the sheet of the open one. */

import * as api from '../api';
import { Offline, Refusal } from '../api';
import type { Block, BlockKey } from '../contract';
import type { TokenRow } from '../store/schema';
import { blockId } from '../store/sheets';
import { keepPending, keepToken, type Pending, tokenRows } from '../store/tokens';
import { keepCached, keepSetting, setting } from '../store/values';
import { Alarm, type AlarmCode } from './alarm';
import { announced, checkKey } from './consistency';
import { publicReleases, settleReleases } from './releases';
import { sendSheets } from './sending';

/** True when something was written that the journal must carry before the next step. */
export async function tend(): Promise<boolean> {
  const [{ blocks }, box] = await Promise.all([api.blocks(), api.boxKeys()]);
  await keepCached('blocks', blocks);
  let wrote = false;
  for (const block of blocks.filter((b) => b.eligible)) wrote = (await obtain(block, box.keys)) || wrote;
  wrote = (await settleReleases()) || wrote;
  // Not awaited: the sheet waits its random while, and the journal must not wait with it.
  void sendSheets(box.epoch);
  return wrote;
}

/** One step towards the block's token; what is wrong with the block is kept for the resident to read. */
async function obtain(block: Block, everybodys: BlockKey[]): Promise<boolean> {
  const id = blockId(block);
  try {
    const wrote = await step(id, block, everybodys);
    await setAlarm(id, null);
    return wrote;
  } catch (error) {
    if (error instanceof Offline) throw error;
    await setAlarm(id, codeOf(error));
    return false;
  }
}

function codeOf(error: unknown): AlarmCode | null {
  if (error instanceof Alarm) return error.code;
  if (!(error instanceof Refusal)) return 'REFUSED';
  if (error.code === 'already_issued') return 'TOKEN_LOST';
  const passing =
    error.code === 'too_early' || error.code === 'block_closed' || error.status === 429 || error.status >= 500;
  return passing ? null : 'REFUSED';
}

async function step(id: string, block: Block, everybodys: BlockKey[]): Promise<boolean> {
  const pinned = (await setting('pinned')) ?? {};
  const remembered = pinned[id] ?? null;
  // What was announced is read once a block; from then on the remembered key stands for it.
  const pin = remembered === null ? announced(block, await publicReleases()) : null;
  checkKey(block, { listed: everybodys, remembered, announced: pin });
  const row = (await tokenRows()).find((r) => r.id === id);
  if (row && row.key_id !== block.key_id) throw new Alarm('KEY_CHANGED');
  if (row?.sig) return false;
  const { finalize, importBlockKey, prepareAndBlind } = await import('./token');
  const key = await importBlockKey(block);
  if (remembered === null) await keepSetting('pinned', { ...pinned, [id]: block.key_id });
  if (!row) {
    await keepPending(id, await prepareAndBlind(key, block.key_id));
    return true;
  }
  // Only once the record stands in the journal is it sure that no other device of this person blinded another one.
  if (!isPending(row) || row.server_seq === null) return false;
  const { blind_sig } = await api.issue(block.key_id, row.blinded_msg);
  await keepToken(row, await finalize(key, row, blind_sig));
  return true;
}

const isPending = (row: TokenRow): row is TokenRow & Pending =>
  row.input_msg !== null && row.blinded_msg !== null && row.inv !== null;

export async function setAlarm(id: string, code: AlarmCode | null): Promise<void> {
  const alarms = (await setting('alarms')) ?? {};
  if ((alarms[id] ?? null) === code) return;
  const { [id]: _old, ...others } = alarms;
  await keepSetting('alarms', code === null ? others : { ...others, [id]: code });
}
