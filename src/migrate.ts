// Entry: applies the migrations that the database of DATABASE_URL lacks. `npm run db:migrate`, or
// `node dist/migrate.js` where only the production dependencies are installed.
import { runMigrateCommand } from './database/migrate-command.ts';

process.exitCode = await runMigrateCommand({
  // biome-ignore lint/style/noProcessEnv: an entry of its own, like server.ts
  databaseUrl: process.env['DATABASE_URL'],
  write: (line) => process.stdout.write(`${line}\n`),
});
