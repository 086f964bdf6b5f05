/** Times as people write them, each the span that it names; in the visitor's own zone where none is given. */

import { tools } from "./tools.ts";

const FORM = /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,6}))?)?(Z|[+-]\d\d:\d\d)?)?)?)?$/;

/** The first and the last microsecond since 1970, in UTC. */
export type Interval = [first: number, last: number];

export function interval(text: string): Interval {
  const wanted = text.trim(), found = FORM.exec(wanted.toUpperCase());
  if (!found) {
    const days = wanted.toLowerCase() === "today" ? 0 : wanted.toLowerCase() === "yesterday" ? 1 : -1;
    if (days < 0) throw new tools.Refused("not a time; write a year, a month, a date or a time: 2026, 2026-04, 2026-04-02, 2026-04-02T08:00, yesterday");
    const day = new Date();
    day.setHours(0, 0, 0, 0);
    day.setDate(day.getDate() - days);
    return [day.getTime() * 1000, new Date(day.getFullYear(), day.getMonth(), day.getDate() + 1).getTime() * 1000 - 1];
  }
  const [, year, month, day, hour, minute, second, fraction, zone] = found, n = (part?: string, none = 0): number => (part ? Number(part) : none);
  const at = (more: number[]): number => {
    const parts = [n(year), n(month, 1) - 1, n(day, 1), n(hour), n(minute), n(second)].map((each, i) => each + (more[i] ?? 0)) as [number, number, number, number, number, number];
    const shift = zone && zone !== "Z" ? (zone[0] === "-" ? 1 : -1) * (60 * n(zone.slice(1, 3)) + n(zone.slice(4))) : 0;
    if (zone) return (Date.UTC(...parts) + shift * 60000) * 1000;
    return new Date(...parts).getTime() * 1000;
  };
  const real = new Date(Date.UTC(n(year), n(month, 1) - 1, n(day, 1)));
  if (real.getUTCMonth() + 1 !== n(month, 1) || real.getUTCDate() !== n(day, 1) || n(hour) > 23 || n(minute) > 59 || n(second) > 59)
    throw new tools.Refused("no such time");
  if (fraction) {
    const instant = at([]) + Number(fraction.padEnd(6, "0"));
    return [instant, instant];
  }
  const unit = second ? 5 : hour ? 4 : day ? 2 : month ? 1 : 0;
  return [at([]), at([0, 0, 0, 0, 0, 0].map((_, i) => (i === unit ? 1 : 0))) - 1];
}

/** A document's time in microseconds. */
export const instant = (time: string): number => {
  const [, whole = "", fraction = ""] = /^(.*?)(?:\.(\d+))?Z$/.exec(time) ?? [];
  return Date.parse(`${whole}Z`) * 1000 + Number(fraction.padEnd(6, "0").slice(0, 6));
};
