// A process that does nothing but run an embedded database: `tsx embedded-process.ts <dataDir> [<packageFolder>]`.
// Writes one JSON line when it is up or has failed. SIGTERM stops it properly.
import { startEmbeddedPostgres } from '../../src/database/embedded-postgres.ts';

const [dataDir = '', packageFolder] = process.argv.slice(2);
const notices: string[] = [];

function report(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

try {
  const server = await startEmbeddedPostgres({
    dataDir,
    onNotice: (message) => notices.push(message),
    ...(packageFolder === undefined ? {} : { packageFolder }),
  });
  process.once('SIGTERM', () => {
    void server.stop().then(() => process.exit(0));
  });
  setInterval(() => {}, 60_000);
  report({ url: server.url, dataDir: server.dataDir, notices });
} catch (error) {
  report({ error: error instanceof Error ? error.message : String(error) });
  process.exitCode = 1;
}
