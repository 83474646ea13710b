import leven from 'leven';
import { compareNames } from './toolset.ts';

const MAX_NAMES = 5;
/** Of the wanted name: a name that shares less with it is no help. */
const MAX_CHANGED = 0.5;
/** Names that are compared letter by letter; a distance costs time with the square of the length, and a user may have 5,000 tools. */
const MAX_COMPARED = 40;

/** Characters of names, in lower case; others are in none. */
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789_-';
const PLACES = new Map([...ALPHABET].map((character, place) => [character, place]));

/** A text with how often each character is in it. */
interface Spelling {
  text: string;
  counts: Uint8Array;
}

interface SpelledName {
  name: string;
  whole: Spelling;
  /** The part behind the connector's prefix, which is often forgotten. */
  own: Spelling;
}

/** Finds, for names that do not exist, those that do and are most like them. */
export class NearestNames {
  /** Sorted by name. */
  readonly #names: readonly SpelledName[];

  constructor(names: readonly string[]) {
    this.#names = [...names].sort(compareNames).map((name) => {
      const lower = name.toLowerCase();
      return { name, whole: spell(lower), own: spell(lower.slice(lower.indexOf('__') + 2)) };
    });
  }

  /** At most five, the nearest first. */
  of(wantedName: string): string[] {
    const wanted = spell(wantedName.toLowerCase());
    const farthest = Math.max(2, Math.floor(wanted.text.length * MAX_CHANGED));
    return this.#likely(wanted, farthest)
      .map((each) => ({ name: each.name, distance: distance(wanted, each, farthest) }))
      .filter((each) => each.distance <= farthest)
      .sort((a, b) => a.distance - b.distance || compareNames(a.name, b.name))
      .slice(0, MAX_NAMES)
      .map(({ name }) => name);
  }

  /** Those with most characters in common, by name where they are equal. */
  #likely(wanted: Spelling, farthest: number): SpelledName[] {
    const byLeast: SpelledName[][] = Array.from({ length: farthest + 1 }, () => []);
    for (const each of this.#names) {
      const least = Math.min(leastDistance(wanted, each.whole), leastDistance(wanted, each.own));
      byLeast[least]?.push(each);
    }
    return byLeast.flat().slice(0, MAX_COMPARED);
  }
}

/** The names most like the wanted one, nearest first, at most five. */
export function nearestNames(wanted: string, names: readonly string[]): string[] {
  return new NearestNames(names).of(wanted);
}

function spell(text: string): Spelling {
  const counts = new Uint8Array(ALPHABET.length);
  for (const character of text) {
    const place = PLACES.get(character);
    if (place !== undefined) counts[place] = (counts[place] ?? 0) + 1;
  }
  return { text, counts };
}

/** Characters that differ in whatever order: no more than the distance, and much cheaper to know. */
function leastDistance(wanted: Spelling, other: Spelling): number {
  let common = 0;
  for (let place = 0; place < ALPHABET.length; place += 1) {
    common += Math.min(Number(wanted.counts[place]), Number(other.counts[place]));
  }
  return Math.max(wanted.text.length, other.text.length) - common;
}

/** How many characters differ from the nearer of the spellings; more than `farthest` where it is farther. */
function distance(wanted: Spelling, { whole, own }: SpelledName, farthest: number): number {
  const maxDistance = farthest + 1;
  return Math.min(
    leven(wanted.text, whole.text, { maxDistance }),
    leven(wanted.text, own.text, { maxDistance }),
  );
}
