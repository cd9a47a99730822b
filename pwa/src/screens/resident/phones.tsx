import { useEffect, useState } from 'preact/hooks';
import * as api from '../../api';
import { Offline } from '../../api';
import type { Device } from '../../contract';
import { dayAndMonth } from '../../parts/dates';
import { Foot } from '../../parts/foot';
import { Grip } from '../../parts/grip';
import { OnwardIcon, PhoneIcon } from '../../parts/icons';
import { say } from '../../parts/live';
import { back } from '../../parts/route';
import { Sheet } from '../../parts/sheet';
import { Stairwell } from '../../parts/stairwell';
import { useTitle } from '../../parts/title';
import { keys } from '../../session';
import { device } from '../../store/device';
import { words } from './words/phones';

const told = (error: unknown) => (error instanceof Offline ? words.offline : words.failed);

/** The resident's own phones: what each is called, the day it was added, and the way to remove one that is lost. */
export function Phones() {
  useTitle(words.title);
  const [list, setList] = useState<Device[] | null>(null);
  const [mine, setMine] = useState('');
  const [wrong, setWrong] = useState<string | null>(null);
  const [open, setOpen] = useState<Device | null>(null);
  const read = () => {
    setWrong(null);
    return api.devices().then(
      ({ devices }) => setList(devices),
      (error) => setWrong(told(error)),
    );
  };
  useEffect(() => {
    void device().then(({ device_id }) => setMine(device_id));
    void read();
  }, []);
  const done = (line: string) => {
    setOpen(null);
    say(line);
    void read();
  };
  return (
    <Stairwell
      name="your-phones"
      fixed={words.title}
      onRail={false}
      top={<span>{words.title}</span>}
      dado={
        <>
          <div class="grips">
            {wrong && (
              <Grip main onPress={() => void read()}>
                {words.again}
              </Grip>
            )}
            {keys.value === 'ready' && (
              <Grip center sub={words.addSub} href="/phones/add">
                {words.add}
              </Grip>
            )}
          </div>
          <Foot back={() => back('/phone')} />
        </>
      }
    >
      <h1 class="stem smaller" tabIndex={-1}>
        {words.title}
      </h1>
      <p class="lede">{words.say}</p>
      {wrong && (
        <p class="warn" role="alert">
          {wrong}
        </p>
      )}
      {!list && !wrong && <p role="status">{words.loading}</p>}
      <div class="facts">
        {list?.map((one) => (
          <button type="button" class="fact" key={one.device_id} onClick={() => setOpen(one)}>
            <PhoneIcon size="s" />
            <b>{one.name}</b>
            <span class="small">
              {one.device_id === mine ? `${words.thisOne}. ` : ''}
              {words.added(dayAndMonth(`${one.added_on}T12:00:00Z`, 'UTC'))}
            </span>
            <span class="end">
              <OnwardIcon size="s" />
            </span>
          </button>
        ))}
      </div>
      {open && <OnePhone phone={open} own={open.device_id === mine} onDone={done} onClose={() => setOpen(null)} />}
    </Stairwell>
  );
}

interface OnePhoneProps {
  phone: Device;
  own: boolean;
  onDone: (line: string) => void;
  onClose: () => void;
}

/** Naming it, and removing it after a second question. */
function OnePhone({ phone, own, onDone, onClose }: OnePhoneProps) {
  const [name, setName] = useState(phone.name);
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState<string | null>(null);
  const run = (work: () => Promise<unknown>, line: string) => {
    if (busy) return;
    setBusy(true);
    setWrong(null);
    work()
      .then(() => onDone(line))
      .catch((error) => [setWrong(told(error)), setBusy(false)]);
  };
  const rename = () => name.trim() && run(() => api.renameDevice(phone.device_id, name.trim()), words.named);
  const remove = () => run(() => api.removeDevice(phone.device_id), words.removed(phone.name));
  return (
    <Sheet
      key={asking ? 'sure' : 'one'}
      title={asking ? words.sure.title(phone.name) : phone.name}
      onClose={onClose}
      dado={
        <>
          <div class="grips">
            {asking ? (
              <>
                <Grip main onPress={() => setAsking(false)}>
                  {words.sure.no}
                </Grip>
                <Grip center onPress={remove}>
                  {busy ? words.removing : words.sure.yes}
                </Grip>
              </>
            ) : (
              <>
                <Grip main onPress={rename}>
                  {words.keepName}
                </Grip>
                {!own && (
                  <Grip center onPress={() => setAsking(true)}>
                    {words.remove}
                  </Grip>
                )}
                <Grip center onPress={onClose}>
                  {words.close}
                </Grip>
              </>
            )}
          </div>
          <Foot />
        </>
      }
    >
      {asking ? (
        <p class="sheet-line">{words.sure.say}</p>
      ) : (
        <div class="form">
          <label>
            {words.name}
            <input
              class="box"
              type="text"
              maxLength={80}
              autocomplete="off"
              value={name}
              onInput={(event) => setName(event.currentTarget.value)}
            />
          </label>
          {own && <p class="small">{words.removeOwn}</p>}
        </div>
      )}
      <p class="wrong" role="alert">
        {wrong}
      </p>
    </Sheet>
  );
}
