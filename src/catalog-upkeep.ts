// Entry: brings projects and rows of older installations in line with the catalog. `npm run catalog -- …`, or
// `node dist/catalog-upkeep.js …` where only the production dependencies are installed. May be run any number of times.
import { runCatalogCommand } from './catalog-command.ts';

// biome-ignore-start lint/style/noProcessEnv: an entry of its own, like server.ts
process.exitCode = await runCatalogCommand({
  args: process.argv.slice(2),
  env: process.env,
  write: (line) => process.stdout.write(`${line}\n`),
});
// biome-ignore-end lint/style/noProcessEnv: as above
