// Generates the modules of each contract in src/contract from openapi/*.yaml.
// With --check it writes nothing, and fails when the committed files differ.
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { bundleContract } from './contract/bundle-contract.ts';
import { CONTRACTS } from './contract/contracts.ts';
import { formatSource } from './contract/format-source.ts';
import { renderContract, renderContractDocument } from './contract/render-contract.ts';

const root = path.resolve(import.meta.dirname, '..');

for (const { entry, generated } of CONTRACTS) {
  const { document, json } = await bundleContract(entry);
  await put(generated.operations, await formatSource(renderContract(document)));
  await put(generated.document, await formatSource(renderContractDocument(json)));
}

async function put(target: string, text: string): Promise<void> {
  const file = path.relative(root, target);
  if (!process.argv.includes('--check')) {
    await writeFile(target, text);
    console.log(`wrote ${file}`);
  } else if ((await readFile(target, 'utf8').catch(() => '')) !== text) {
    console.error(`${file} is stale: run \`npm run contract:generate\` and commit the result`);
    process.exitCode = 1;
  }
}
