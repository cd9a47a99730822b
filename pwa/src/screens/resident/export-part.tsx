import { useEffect, useRef, useState } from 'preact/hooks';
import { dayIn } from '../../clock';
import type { Me } from '../../contract';
import type { OnProgress } from '../../journal/export/gather';
import { handOver } from '../../parts/files';
import { OnwardIcon, ShareIcon } from '../../parts/icons';
import { say } from '../../parts/live';
import { me } from '../../store';
import { words as page } from './words/your-data';

const words = page.export;

type Maker = (me: Me, onProgress: OnProgress, signal: AbortSignal) => Promise<Blob>;

const MAKERS: Record<'json' | 'csv', () => Promise<Maker>> = {
  json: () => import('../../journal/export/json').then((made) => made.exportJson),
  csv: () => import('../../journal/export/csv').then((made) => made.exportCsv),
};

/** The two files a person can take along; made here, so it works without a network. */
export function ExportPart() {
  const [part, setPart] = useState<number | null>(null);
  const [told, setTold] = useState<string | null>(null);
  const stop = useRef<AbortController | null>(null);
  useEffect(() => () => stop.current?.abort(), []);
  const tell = (line: string) => {
    setTold(line);
    say(line);
  };
  const make = async (kind: 'json' | 'csv') => {
    const who = me.value;
    if (!who || part !== null) return;
    const control = new AbortController();
    stop.current = control;
    setTold(null);
    setPart(0);
    const name = `handrail-${dayIn(who.zone)}.${kind}`;
    try {
      const maker = await MAKERS[kind]();
      const file = await maker(who, (done) => setPart(Math.floor(done * 100) / 100), control.signal);
      tell((await handOver(file, name)) ? words.done(name) : words.stopped);
    } catch {
      tell(control.signal.aborted ? words.stopped : words.failed);
    }
    setPart(null);
  };
  return (
    <>
      <h2 class="title section-title">{words.title}</h2>
      <p class="small">{words.open}</p>
      <div class="facts">
        <Make onPress={() => void make('json')} name={words.json} sub={words.jsonSub} />
        <Make onPress={() => void make('csv')} name={words.csv} sub={words.csvSub} />
      </div>
      {part !== null && <Making part={part} onStop={() => stop.current?.abort()} />}
      {told && <p class="small">{told}</p>}
    </>
  );
}

function Make({ onPress, name, sub }: { onPress: () => void; name: string; sub: string }) {
  return (
    <button type="button" class="fact press" onClick={onPress}>
      <ShareIcon size="s" />
      <b>{name}</b>
      <span class="small">{sub}</span>
      <span class="end">
        <OnwardIcon size="s" />
      </span>
    </button>
  );
}

function Making({ part, onStop }: { part: number; onStop: () => void }) {
  return (
    <div class="making">
      <label class="small" for="making">
        {words.making}
      </label>
      <progress id="making" max={1} value={part} />
      <button type="button" class="btn" onClick={onStop}>
        {words.cancel}
      </button>
    </div>
  );
}
