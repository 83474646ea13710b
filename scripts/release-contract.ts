// Keeps the contract of the version in openapi/openapi.yaml as a release, for later ones to be compared with.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { bundleContract } from './contract/bundle-contract.ts';
import { RELEASES_FOLDER } from './contract/contract-releases.ts';

const entry = path.resolve(import.meta.dirname, '../openapi/openapi.yaml');
const { document, json } = await bundleContract(entry);
const file = path.join(RELEASES_FOLDER, `${document.info.version}.json`);
const existing = await readFile(file, 'utf8').catch(() => undefined);
if (existing !== undefined && existing !== json) {
  console.error(`${document.info.version} is released already. Raise info.version first.`);
  process.exitCode = 1;
} else {
  await mkdir(RELEASES_FOLDER, { recursive: true });
  await writeFile(file, json);
  console.log(`wrote openapi/releases/${path.basename(file)}`);
}
