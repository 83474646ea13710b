import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/** Linux counts in ticks of 10 ms on every architecture Node runs on (`getconf CLK_TCK`). */
const TICK_MS = 10;
const KIBIBYTES_PER_MEBIBYTE = 1024;

const run = promisify(execFile);

/**
 * CPU milliseconds, user and system, that a process has used so far, its threads included and its children not. In
 * steps of 10 ms: let it work for a second or more in between.
 * @throws Error where there is no such process
 */
export async function cpuMillisecondsOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  return stat === undefined ? cpuFromPs(await ps(pid, 'time')) : cpuFromStat(stat);
}

/** Resident memory of a process, in MiB. @throws Error where there is no such process */
export async function residentMebibytesOf(pid: number): Promise<number> {
  return Number(await ps(pid, 'rss')) / KIBIBYTES_PER_MEBIBYTE;
}

/** Fields 14 and 15 of `/proc/<pid>/stat` (proc(5)); the name in field 2 may hold anything, so what follows its `)` is counted. */
export function cpuFromStat(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

/** A time as `ps` writes it: `[[days-]hours:]minutes:seconds[.hundredths]`. */
export function cpuFromPs(time: string): number {
  const [clock = '', days = '0'] = time.trim().split('-').reverse();
  const seconds = clock.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
  return (Number(days) * 86_400 + seconds) * 1000;
}

async function ps(pid: number, column: 'time' | 'rss'): Promise<string> {
  const { stdout } = await run('ps', ['-o', `${column}=`, '-p', String(pid)]);
  return stdout.trim();
}
