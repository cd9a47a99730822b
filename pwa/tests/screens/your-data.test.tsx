// @vitest-environment happy-dom
import { fireEvent, render, screen, waitFor } from '@testing-library/preact';
import { afterEach, expect, test, vi } from 'vitest';
import { YourData } from '../../src/screens/resident/your-data';
import { ensureIdentity } from '../../src/seal/identity';
import { discardUnsent, keepCheckin } from '../../src/store';
import { entries, refresh } from '../../src/store/view';
import { eachOnAPhone, press, violations } from './page';

eachOnAPhone();

afterEach(() => {
  vi.restoreAllMocks();
});

/** What a tap on a download link would have saved, by name. */
function downloads(): Map<string, Blob> {
  const blobs = new Map<string, Blob>();
  const saved = new Map<string, Blob>();
  vi.spyOn(URL, 'createObjectURL').mockImplementation((blob) => {
    const address = `blob:${blobs.size}`;
    blobs.set(address, blob as Blob);
    return address;
  });
  vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (this: HTMLAnchorElement) {
    const blob = blobs.get(this.href);
    if (blob) saved.set(this.download, blob);
  });
  return saved;
}

async function withEntry(d = 'It will keep till seven.') {
  const kept = await keepCheckin({ protocol: 'P01', version: 1, answers: { a: 3, d } });
  await refresh();
  return kept;
}

const choose = (file: File) =>
  fireEvent.change(screen.getByLabelText(/Put back a rescue file/), { target: { files: [file] } });

test('a tap makes each file without a network, and says its name', async () => {
  vi.spyOn(globalThis, 'fetch').mockRejectedValue(new TypeError('no network'));
  const saved = downloads();
  await withEntry();
  render(<YourData />);
  press(/Everything, in one file/);
  await screen.findByText(/\.json is made\./);
  press(/Answers, as a table/);
  await screen.findByText(/\.csv is made\./);
  const [json, csv] = await Promise.all([...saved.values()].map((blob) => blob.text()));
  expect(JSON.parse(json ?? '').entries[0].answers).toHaveLength(2);
  expect(csv).toContain('It will keep till seven.');
});

test('a rescue file of what waits brings it back after it was lost, and twice changes nothing', async () => {
  const saved = downloads();
  await ensureIdentity();
  await withEntry();
  render(<YourData />);
  press(/Keep a rescue file of 1 item/);
  await screen.findByText('1 item is in the file.');
  const file = new File([...saved.values()], 'handrail-rescue.txt');
  await discardUnsent();
  await waitFor(() => expect(entries.value).toEqual([]));
  choose(file);
  await screen.findByText('1 item is back.');
  await waitFor(() => expect(entries.value[0]?.answers.d).toBe('It will keep till seven.'));
  choose(file);
  await screen.findByText('Nothing had to be put back. 1 was here already.');
});

test('a file that is none of ours is refused plainly', async () => {
  await ensureIdentity();
  render(<YourData />);
  choose(new File(['Dear diary'], 'diary.txt'));
  await screen.findByText('This is not a Handrail rescue file. Nothing was changed.');
});

test('nothing waits: no rescue file is offered, and axe finds nothing wrong', async () => {
  render(<YourData />);
  expect(screen.queryByRole('button', { name: /Keep a rescue file/ })).toBeNull();
  expect(await violations()).toEqual([]);
});
