// Fails when a contract breaks what its last release promised its clients.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { bundleContract } from './contract/bundle-contract.ts';
import { chosenByKnownValues } from './contract/chosen-alternatives.ts';
import { compareContracts, findLastRelease } from './contract/contract-releases.ts';
import { CONTRACTS, type OwnContract } from './contract/contracts.ts';

for (const contract of CONTRACTS) await check(contract);

async function check({ name, entry, releases }: OwnContract): Promise<void> {
  const release = await findLastRelease(releases);
  if (release === undefined) {
    console.log(`${name} has no release to compare with. \`npm run contract:release\` makes one.`);
    return;
  }
  const folder = await mkdtemp(path.join(tmpdir(), 'contract-'));
  try {
    const current = path.join(folder, 'current.json');
    const known: unknown = JSON.parse(await readFile(release, 'utf8'));
    const whole: unknown = JSON.parse((await bundleContract(entry)).json);
    await writeFile(current, JSON.stringify(chosenByKnownValues(whole, known), null, 2));
    const { breaking, report } = await compareContracts(release, current);
    console.log(report);
    if (breaking) {
      console.error(
        `${name} breaks clients of ${path.basename(release, '.json')}. Grow it by addition.`,
      );
      process.exitCode = 1;
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}
