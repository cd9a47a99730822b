/** From a push message to exactly one notification, whatever the message holds. Pure. */

export interface Notice {
  title: string;
  body: string;
  tag: string;
  /** A path of ours. */
  path: string;
  /** Null when the message names no prompt. */
  promptId: string | null;
  /** Null but for the test a resident asked for. */
  testId: string | null;
}

const NEUTRAL: Notice = {
  title: 'A short check-in is ready',
  body: '',
  tag: 'handrail',
  path: '/',
  promptId: null,
  testId: null,
};

const PROMPT_PATH = /^\/c\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;
const TEST_PATH = /^\/prompts\?test=([0-9a-f-]{8,36})$/;
const LONGEST_PATH = 200;
const words = (value: unknown, other: string): string =>
  typeof value === 'string' && value.trim() !== '' ? value.slice(0, 120) : other;

/** Only addresses of our own origin are opened; anything else becomes the start page. */
export function ownPath(target: unknown, origin: string): string {
  try {
    if (typeof target !== 'string' || target.length > origin.length + LONGEST_PATH) return '/';
    const url = new URL(target, origin);
    return url.origin === origin ? url.pathname + url.search : '/';
  } catch {
    return '/';
  }
}

/** `text` is the payload as text, null when there was none. Never throws. */
export function noticeOf(text: string | null, origin: string): Notice {
  try {
    const message = JSON.parse(text ?? '') as { web_push?: unknown; notification?: Record<string, unknown> };
    const said = message.notification;
    if (message.web_push !== 8030 || typeof said !== 'object' || said === null) return NEUTRAL;
    const path = ownPath(said.navigate, origin);
    return {
      title: words(said.title, NEUTRAL.title),
      body: words(said.body, NEUTRAL.body),
      tag: words(said.tag, NEUTRAL.tag),
      path,
      promptId: PROMPT_PATH.exec(path)?.[1] ?? null,
      testId: TEST_PATH.exec(path)?.[1] ?? null,
    };
  } catch {
    return NEUTRAL;
  }
}
