/**
 * What leaves the phone of a calendar file: when, how often, and the title, by which the server tells work from time
 * off and which it then forgets. Places, people, notes and attachments stay here.
 */

const SENT = new Set(
  `BEGIN END VERSION PRODID CALSCALE X-WR-TIMEZONE TZID TZOFFSETFROM TZOFFSETTO TZNAME UID SEQUENCE DTSTART DTEND
  DURATION RRULE RDATE EXDATE RECURRENCE-ID SUMMARY STATUS TRANSP X-MICROSOFT-CDO-BUSYSTATUS`.split(/\s+/),
);

export function onlyHours(text: string): string {
  const lines = text
    .replace(/^\uFEFF/, '')
    .replace(/(?:\r\n|\r|\n)[ \t]/g, '')
    .split(/[\r\n]+/);
  return lines.filter((line) => SENT.has(/^([A-Za-z0-9-]+)[;:]/.exec(line)?.[1]?.toUpperCase() ?? '')).join('\n');
}
