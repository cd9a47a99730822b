/** A store that vanished or went back in time is recognised, counted as far as that can be, and told once. */

import type { Id } from '../contract';
import { currentPerson } from '../store/database';
import { device as ownDevice } from '../store/device';
import { allMarks, leaveMark, markOf } from '../store/mark';
import { outboxRows } from '../store/outbox';
import { shellValue } from '../store/shell';
import { keepSetting, setting } from '../store/values';
import { lost, refresh } from '../store/view';

/** Nobody is signed in: the browser may have cleared everything, who was here included. */
export async function lookAtTheDoor(): Promise<void> {
  // Signing out leaves a null; only a store that was cleared, or never was, knows nothing.
  const cleared = (await shellValue('person')) === undefined;
  const waiting = allMarks().reduce((sum, mark) => sum + mark.waiting, 0);
  if (cleared && allMarks().length > 0) lost.value = { why: 'cleared', waiting };
}

/** Somebody is signed in: their store must be the one the mark was left for. */
export async function lookAtTheStore(person: Id): Promise<void> {
  const mark = markOf(person);
  const device = await setting('device');
  const known = [device?.device_id, device?.instead_of];
  if (mark && !known.includes(mark.device_id)) {
    await keepSetting('lost', { why: 'cleared', waiting: mark.waiting });
    // From here on the mark is this new store's, so that the loss is told once.
    await ownDevice();
  }
  await keepMark();
}

/** Leaves the mark as things are now. Without a device of its own yet the store has nothing to miss. */
export async function keepMark(): Promise<void> {
  const person = currentPerson();
  const device = person && (await setting('device'));
  if (!person || !device || person !== currentPerson()) return;
  const waiting = (await outboxRows()).filter((row) => row.cargo === 'checkin').length;
  if (person === currentPerson()) leaveMark(person, { device_id: device.device_id, waiting });
}

/** The person has read it. */
export async function lossRead(): Promise<void> {
  lost.value = null;
  if (!currentPerson()) return;
  await keepSetting('lost', null);
  await refresh();
}
