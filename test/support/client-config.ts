import { readFile } from 'node:fs/promises';
import path from 'node:path';

/** The text of a sample in `client-configs`. */
export function clientConfig(name: string): Promise<string> {
  return readFile(path.join(import.meta.dirname, 'client-configs', name), 'utf8');
}
