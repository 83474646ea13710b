import { readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { tryParseJson } from '../lib/try-parse-json.ts';
import { HostingError } from './hosting-error.ts';
import { endAccount, markOf } from './keeper.ts';
import { keepFolder, writePrivateFile } from './private-file.ts';
import { processesWith, processRow } from './process-table.ts';

/** What finds a server again whose host was killed. Holds no secret. */
export interface ServerRecord {
  instanceId: string;
  /** Of the keeper, who leads the group. */
  pid: number;
  startTime: string;
  /** User id of the server; undefined: ours. */
  account: number | undefined;
}

/** Notes, on disk, of what runs: one file for each server, and one for the host itself. */
export class ServerRecords {
  readonly #folder: string;
  readonly #hostFile: string;

  /** @param root the folder of the host */
  constructor(root: string) {
    this.#folder = path.join(root, 'records');
    this.#hostFile = path.join(root, 'host.json');
    keepFolder(this.#folder, 0o700);
  }

  /** @throws HostingError where another program that runs uses the folder: it would end our servers, and we those of it */
  claim(): void {
    const former = tryParseJson(tryRead(this.#hostFile));
    if (isProcess(former) && former.pid !== process.pid && isAlive(former)) {
      throw new HostingError(
        `Another program (process ${former.pid}) runs its servers in the same folder. Give each a folder of its own.`,
      );
    }
    const own = { pid: process.pid, startTime: processRow(process.pid)?.startTime ?? '' };
    writePrivateFile(this.#hostFile, JSON.stringify(own), undefined);
  }

  /** The folder may be used by others from now on. */
  release(): void {
    rmSync(this.#hostFile, { force: true });
  }

  write(record: Omit<ServerRecord, 'startTime'>): void {
    const startTime = processRow(record.pid)?.startTime ?? '';
    writePrivateFile(
      this.#fileOf(record.instanceId),
      JSON.stringify({ ...record, startTime }),
      undefined,
    );
  }

  remove(instanceId: string): void {
    rmSync(this.#fileOf(instanceId), { force: true });
  }

  /** Ends what a former life of this host left running. @returns how many servers it had noted */
  async sweep(): Promise<number> {
    const names = readdirSync(this.#folder).filter((name) => name.endsWith('.json'));
    for (const name of names) {
      const file = path.join(this.#folder, name);
      const record = tryParseJson(tryRead(file));
      if (isRecord(record)) await endServer(record);
      rmSync(file, { force: true });
    }
    return names.length;
  }

  #fileOf(instanceId: string): string {
    return path.join(this.#folder, `${instanceId}.json`);
  }
}

/** Ends all of a server, also what left its group. */
export async function endServer({
  instanceId,
  pid,
  startTime,
  account,
}: ServerRecord): Promise<void> {
  if (isAlive({ pid, startTime })) kill(-pid);
  if (account !== undefined) await endAccount(account);
  // In our own account, whoever left the group still has the mark.
  else for (const row of processesWith(markOf(instanceId))) kill(row.pid);
}

/** Is it still the process that was noted, and no other one with its number? */
function isAlive({ pid, startTime }: { pid: number; startTime: string }): boolean {
  return startTime !== '' && processRow(pid)?.startTime === startTime;
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}

function isProcess(value: unknown): value is { pid: number; startTime: string } {
  if (typeof value !== 'object' || value === null) return false;
  if (!('pid' in value) || !Number.isInteger(value.pid) || Number(value.pid) <= 1) return false;
  return 'startTime' in value && typeof value.startTime === 'string';
}

function isRecord(value: unknown): value is ServerRecord {
  if (!isProcess(value) || !('instanceId' in value) || typeof value.instanceId !== 'string')
    return false;
  return !('account' in value) || typeof value.account === 'number';
}

function tryRead(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
