import { readdirSync, readFileSync, statSync } from 'node:fs';

/** A process of this machine, as Linux shows it. */
export interface ProcessRow {
  pid: number;
  parent: number;
  /** Its process group. */
  group: number;
  uid: number;
  /** Resident memory in bytes. */
  rssBytes: number;
  /** Clock ticks since the machine started; with `pid` it names a process for good. */
  startTime: string;
}

/** The unit of `rss` in /proc/…/stat. 4 KiB on all that Node runs on, but for some ARM kernels, where less is counted than is used. */
const PAGE_BYTES = 4_096;

/** All processes that can be seen; none where the platform has no /proc (see proc(5)). Those that end meanwhile are left out. */
export function listProcesses(): readonly ProcessRow[] {
  return pids().flatMap((pid) => {
    const row = processRow(pid);
    return row === undefined ? [] : [row];
  });
}

/** One process; undefined where there is none, or the platform does not show it. One that has ended and only waits to be collected is none. */
export function processRow(pid: number): ProcessRow | undefined {
  const text = tryRead(`/proc/${pid}/stat`);
  if (text === undefined) return undefined;
  // The name of the program, in parentheses, may hold anything.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state, parent, group] = fields;
  if (state === undefined || state === 'Z' || state === 'X') return undefined;
  const uid = ownerOf(pid);
  if (uid === undefined) return undefined;
  return {
    pid,
    parent: Number(parent),
    group: Number(group),
    uid,
    rssBytes: Number(fields[21]) * PAGE_BYTES,
    startTime: fields[19] ?? '',
  };
}

/** Processes with this line in the environment that they were started with. */
export function processesWith(line: string): readonly ProcessRow[] {
  return listProcesses().filter(({ pid }) =>
    tryRead(`/proc/${pid}/environ`)?.split('\0').includes(line),
  );
}

/** A socket that listens. */
export interface Listener {
  /** Account of whoever opened it. */
  uid: number;
  isLoopback: boolean;
}

/** Who listens at a TCP port of this machine. Undefined where the platform does not show it. */
export function listenersAt(port: number): readonly Listener[] | undefined {
  const tables = ['/proc/net/tcp', '/proc/net/tcp6'].map(tryRead);
  if (tables[0] === undefined) return undefined;
  const wanted = port.toString(16).toUpperCase().padStart(4, '0');
  return tables
    .flatMap((table) => (table ?? '').split('\n').slice(1))
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local, , state]) => state === '0A' && local?.endsWith(`:${wanted}`))
    .map(([, local = '', , , , , , uid]) => ({ uid: Number(uid), isLoopback: isLoopback(local) }));
}

/** Addresses stand there in words of 32 bits, each with its bytes turned round (on little-endian machines). */
function isLoopback(local: string): boolean {
  const address = local.slice(0, local.indexOf(':'));
  if (address.length === 8) return address.endsWith('7F');
  return (
    address === '00000000000000000000000001000000' ||
    /^0000000000000000FFFF0000[0-9A-F]{6}7F$/.test(address)
  );
}

function pids(): number[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch {
    return [];
  }
}

function ownerOf(pid: number): number | undefined {
  try {
    return statSync(`/proc/${pid}`).uid;
  } catch {
    return undefined;
  }
}

function tryRead(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
