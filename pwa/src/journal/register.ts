/** Makes this phone known to the server, as one of the person's devices. */

import * as api from '../api';
import { Refusal } from '../api';
import { currentPerson } from '../store/database';
import { credential, device, forkDevice, markRegistered } from '../store/device';
import { keepSetting, setting } from '../store/values';
import { deviceName } from './device-name';

/** Enrols this phone unless it is known. Throws Offline or Refusal. */
export async function register(): Promise<void> {
  const { registered, secret } = await device();
  if (registered && secret) return;
  try {
    await enrolAgain();
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== 'device_taken') throw error;
    await forkDevice();
    await register();
  }
}

/** Enrols this phone under the id it has, whether or not the server knew it. */
export async function enrolAgain(): Promise<void> {
  const { device_id, secret, instead_of } = await credential();
  const told = { name: deviceName(), person_id: currentPerson(), secret, instead_of };
  const { reset } = await api.putDevice(device_id, told);
  // The server knew this browser as another phone: its storage was cleared. The count this phone may know says more.
  if (reset && !(await setting('lost'))) await keepSetting('lost', { why: 'cleared', waiting: null });
  await markRegistered(device_id);
}
