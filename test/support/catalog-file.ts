import { randomUUID } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { stringify } from 'yaml';

/** An operator's file for the catalog. */
export interface TestCatalogFile {
  file: string;
  remove(): Promise<void>;
}

/** Writes it. @param content `entries` and `overrides`, as `catalog-document.ts` has them */
export async function writeCatalogFile(content: object): Promise<TestCatalogFile> {
  const file = path.join(os.tmpdir(), `catalog-${randomUUID()}.yaml`);
  await writeFile(file, stringify(content));
  return { file, remove: () => rm(file, { force: true }) };
}
