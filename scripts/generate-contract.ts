// Generates src/contract/generated.ts and generated-document.ts from openapi/openapi.yaml.
// With --check it writes nothing, and fails when the committed files differ.
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { bundleContract } from './contract/bundle-contract.ts';
import { formatSource } from './contract/format-source.ts';
import { renderContract, renderContractDocument } from './contract/render-contract.ts';

const root = path.resolve(import.meta.dirname, '..');
const { document, json } = await bundleContract(path.join(root, 'openapi/openapi.yaml'));
const outputs = [
  { file: 'src/contract/generated.ts', text: await formatSource(renderContract(document)) },
  {
    file: 'src/contract/generated-document.ts',
    text: await formatSource(renderContractDocument(json)),
  },
];

for (const { file, text } of outputs) {
  const target = path.join(root, file);
  if (!process.argv.includes('--check')) {
    await writeFile(target, text);
    console.log(`wrote ${file}`);
  } else if ((await readFile(target, 'utf8').catch(() => '')) !== text) {
    console.error(`${file} is stale: run \`npm run contract:generate\` and commit the result`);
    process.exitCode = 1;
  }
}
