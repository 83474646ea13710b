// Keeps each contract, of the version in its OpenAPI file, as a release for later ones to be compared with.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { bundleContract } from './contract/bundle-contract.ts';
import { CONTRACTS } from './contract/contracts.ts';

for (const { entry, releases } of CONTRACTS) {
  const { document, json } = await bundleContract(entry);
  const file = path.join(releases, `${document.info.version}.json`);
  const existing = await readFile(file, 'utf8').catch(() => undefined);
  if (existing !== undefined && existing !== json) {
    console.error(`${file}: this version is released already. Raise info.version first.`);
    process.exitCode = 1;
  } else {
    await mkdir(releases, { recursive: true });
    await writeFile(file, json);
    console.log(`wrote ${path.relative(process.cwd(), file)}`);
  }
}
