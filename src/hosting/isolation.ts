import { accessSync, constants, statSync } from 'node:fs';
import path from 'node:path';
import { bridgeFiles } from './bridge.ts';
import { HostingError } from './hosting-error.ts';
import { listProcesses } from './process-table.ts';

/**
 * What keeps servers apart from us and from each other. `accounts`: each has a user id of its own, so that none reads our environment or
 * another's files. `same-account`: all run as we do, which is for development, or for a machine that has one owner only.
 */
export type Isolation =
  | { kind: 'accounts'; first: number; last: number }
  | { kind: 'same-account' };

/** User ids that no distribution gives away: between those of systemd's accounts for people and its dynamic ones. */
const DEFAULT_ACCOUNTS = { first: 60_800, last: 61_099 } as const;

/** What an operator said of accounts. */
export interface IsolationWish {
  /** User ids for servers, both ends included; undefined: {@link DEFAULT_ACCOUNTS}. */
  accounts: { first: number; last: number } | undefined;
  /** Servers may run in our own account. */
  allowSameAccount: boolean;
}

/**
 * Accounts where we may give them, else our own one where that is allowed.
 * @throws HostingError where servers would run in our own account and nobody allowed it
 */
export function chooseIsolation({ accounts, allowSameAccount }: IsolationWish): Isolation {
  const missing = whyNoAccounts();
  if (missing === undefined) return { kind: 'accounts', ...(accounts ?? DEFAULT_ACCOUNTS) };
  if (allowSameAccount) return { kind: 'same-account' };
  throw new HostingError(
    `Managed servers cannot get accounts of their own, because ${missing}; in that of this program they could read its secrets and each other's files. ` +
      'Start it as root, run servers by agents or in Kubernetes instead, or allow it where this machine has nothing to protect.',
  );
}

/** The program of util-linux that gives up rights; undefined where it is not installed. */
export function findSetpriv(): string | undefined {
  return ['/usr/bin/setpriv', '/bin/setpriv'].find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

function whyNoAccounts(): string | undefined {
  if (process.platform !== 'linux') return 'only Linux has what that needs';
  if (process.getuid?.() !== 0) return 'this program is not root';
  if (findSetpriv() === undefined) return 'setpriv (util-linux) is not installed';
  const closed = closedToOthers(Object.values(bridgeFiles()));
  return closed === undefined ? undefined : `other accounts cannot read ${closed}`;
}

/** Gives each server a user id of its own. */
export class Accounts {
  readonly #first: number;
  readonly #last: number;
  readonly #taken = new Set<number>();

  /** @param range user ids, both ends included; never 0 */
  constructor({ first, last }: { first: number; last: number }) {
    if (!(first > 0) || !(last >= first)) {
      throw new HostingError(
        'The accounts for servers are a range of user ids, without that of root.',
      );
    }
    this.#first = first;
    this.#last = last;
  }

  /** A user id that nobody runs under. @throws HostingError where all are taken */
  take(): number {
    const running = new Set(listProcesses().map(({ uid }) => uid));
    for (let uid = this.#first; uid <= this.#last; uid += 1) {
      if (this.#taken.has(uid) || running.has(uid)) continue;
      this.#taken.add(uid);
      return uid;
    }
    throw new HostingError(
      `All accounts for servers are taken (${this.#first} to ${this.#last}). Allow more of them.`,
    );
  }

  free(uid: number): void {
    this.#taken.delete(uid);
  }
}

/**
 * The first file or folder on the way to these files that other accounts cannot read or go through; undefined where they reach all.
 * @param files absolute
 */
export function closedToOthers(files: readonly string[]): string | undefined {
  return files.flatMap((file) => [
    ...closedAbove(file),
    ...((statSync(file).mode & 0o004) === 0 ? [file] : []),
  ])[0];
}

/** The folders above this place that other accounts cannot go through. */
export function closedAbove(place: string): readonly string[] {
  const folder = path.dirname(place);
  const closed = (statSync(folder).mode & 0o001) === 0 ? [folder] : [];
  return folder === path.dirname(folder) ? closed : [...closedAbove(folder), ...closed];
}
