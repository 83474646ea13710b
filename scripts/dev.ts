// `npm run dev`: the service with development secrets and its embedded database, restarted on every change.
import { spawn } from 'node:child_process';
import { withDevelopmentSecrets } from './development-secrets.ts';
import { startDevelopmentSignIn } from './development-sign-in.ts';

const { env, page } = await startDevelopmentSignIn(await withDevelopmentSecrets(process.env));
process.stdout.write('For an access token run: npm run token -- --user alice\n');
const child = spawn(process.execPath, ['--import', 'tsx', '--watch', 'src/server.ts'], {
  cwd: new URL('..', import.meta.url),
  env,
  stdio: 'inherit',
});
// The terminal sends Ctrl-C to the child as well; it stops gracefully, and this process waits for it.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
child.on('exit', (code) => {
  process.exitCode = code ?? 0;
  // It would keep this process alive.
  void page?.stop();
});
