// A host of servers as a process of its own, for tests that kill it. Arguments: folder, specification as JSON. Says `running` when the
// server is up, and never ends by itself.
import path from 'node:path';
import { ServerHost } from '../../../src/hosting/server-host.ts';
import { systemClock } from '../../../src/lib/clock.ts';

const [folder = '', spec = ''] = process.argv.slice(2);
const host = await ServerHost.open({
  ...{ folder, target: 'killed', isolation: { kind: 'same-account' }, docker: undefined },
  ...{ commands: undefined, maxServers: 1, clock: systemClock },
  searchPath: `${path.dirname(process.execPath)}:/usr/bin:/bin`,
  logger: { info: (_fields, message) => void process.stdout.write(`${message}\n`), warn: () => {} },
});
host.ensure(JSON.parse(spec));
