/** Lines a person can reach, with the day somebody last checked each. Part of the app, so it opens with no network. */
export interface HelpLine {
  name: string;
  about: string;
  tel: string;
  /** YYYY-MM-DD; a site checks its lines again every half year. */
  checked: string;
}

export const CHECKED_ON = '2026-11-16';

export const lines: HelpLine[] = [
  {
    name: 'Physician Support Line',
    about: 'Free, peer psychiatrists. Check hours. 1‑888‑409‑0141',
    tel: '+18884090141',
    checked: CHECKED_ON,
  },
];

export const now = { call: '988', text: '988', emergency: '911' };
