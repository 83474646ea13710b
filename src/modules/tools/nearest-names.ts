import leven from 'leven';
import { compareNames } from './toolset.ts';

const MAX_NAMES = 5;
/** Of the wanted name: a name that shares less with it is no help. */
const MAX_CHANGED = 0.5;

/** How many characters differ from the name, or from its part behind the connector's prefix, which is often forgotten. */
function distance(wanted: string, name: string): number {
  const maxDistance = Math.max(2, Math.floor(wanted.length * MAX_CHANGED)) + 1;
  const own = name.slice(name.indexOf('__') + 2);
  const candidates = [name, own].map((each) => leven(wanted, each.toLowerCase(), { maxDistance }));
  return Math.min(...candidates) >= maxDistance ? Infinity : Math.min(...candidates);
}

/** The names most like the wanted one, nearest first, at most five. */
export function nearestNames(wanted: string, names: readonly string[]): string[] {
  const lower = wanted.toLowerCase();
  return names
    .map((name) => ({ name, distance: distance(lower, name) }))
    .filter((each) => Number.isFinite(each.distance))
    .sort((a, b) => a.distance - b.distance || compareNames(a.name, b.name))
    .slice(0, MAX_NAMES)
    .map(({ name }) => name);
}
