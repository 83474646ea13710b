#!/usr/bin/env node
// Stands in for Docker's command line program: notes what it was asked, and runs the small server in place of a container.
import { spawn } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const here = path.dirname(process.argv[1]);
const note = (entry) =>
  appendFileSync(path.join(here, 'asked.jsonl'), `${JSON.stringify(entry)}\n`);
const [verb, ...args] = process.argv.slice(2);
const pulled = path.join(here, 'pulled');
note({ verb, args, environment: Object.keys(process.env).sort() });

if (verb === 'image' && !existsSync(pulled)) process.exit(1);
// One that never ends by itself.
const isSlow = verb === 'pull' && args.at(-1).includes('slow');
if (isSlow) setInterval(() => {}, 1_000);
else if (verb === 'pull') {
  if (args.at(-1).includes('missing')) {
    process.stderr.write('manifest unknown\n');
    process.exit(1);
  }
  writeFileSync(pulled, '');
}
if (verb === 'network' && args[0] === 'inspect') process.exit(1);
if (verb === 'ps') process.stdout.write('0123456789ab\n');
if (verb === 'run') {
  // As the program reads it: options first, then the image, and what follows are arguments of the entry point.
  const isOption = (arg) => arg.startsWith('-');
  const image = args.findIndex((arg) => !isOption(arg));
  const entrypoint = args.slice(0, image).find((arg) => arg.startsWith('--entrypoint='));
  const started = [
    entrypoint === undefined ? 'of-the-image' : entrypoint.slice('--entrypoint='.length),
    ...args.slice(image + 1),
  ];
  note({ verb: 'started', image: args[image], started });
  const file = args.find((arg) => arg.startsWith('--env-file=')).slice('--env-file='.length);
  const text = readFileSync(file, 'utf8');
  note({ verb: 'env-file', mode: (statSync(file).mode & 0o777).toString(8), text });
  const environment = text
    .split('\n')
    .filter(Boolean)
    .map((line) => line.split(/=(.*)/s).slice(0, 2));
  const child = spawn(process.execPath, [path.join(here, 'stdio-server.mjs')], {
    env: { PATH: process.env.PATH, ...Object.fromEntries(environment) },
    stdio: 'inherit',
  });
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  child.on('exit', (code) => process.exit(code ?? 137));
}
