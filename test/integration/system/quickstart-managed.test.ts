import { afterEach, expect, it, vi } from 'vitest';
import { makeDataFolder } from './support/data-folder.ts';
import { Program, processesWith, untilNoneIsLeft } from './support/program.ts';
import { makeSettings } from './support/real-service.ts';

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

const STEPS = [
  'Development secrets',
  'Service with its database',
  'Deployment agent',
  'Switch the server on',
  'It comes up on the agent',
  "List the member's tools",
  'Call p--demo__echo',
  'Kill the agent',
  'It is missed',
  'The agent comes back',
  'The server with it',
  'Call p--demo__echo',
  'Take the server away',
  'Nothing is left',
];

const folder = makeDataFolder();
let program: Program | undefined;

afterEach(async () => {
  await program?.destroy();
  await untilNoneIsLeft(folder.path);
  folder.remove();
});

it('npm run quickstart -- --managed shows the life of a server, and leaves nothing behind', async () => {
  const env = { ...makeSettings(), DATA_DIR: folder.path, PORT: '0', LOG_LEVEL: 'warn' };
  const tour = Program.script('scripts/quickstart.ts', ['--managed', '--once'], { env });
  program = tour;
  // Step by step: half of it goes by in waiting.
  for (const step of ['Kill the agent', 'It is missed'])
    await tour.written(new RegExp(`✓ ${step}`));
  expect(await tour.ended(), tour.output).toEqual({ code: 0, signal: null });
  const steps = tour.output.split('\n').filter((line) => line.startsWith('✓'));
  expect(steps.map((line) => line.slice(2, 30).trim())).toEqual(STEPS);
  expect(tour.output).toMatch(/running: running[\s\S]*unreachable: [\s\S]*running: running/);
  expect(tour.output.match(/"Echo: hello"/g)).toHaveLength(2);
  expect(processesWith(folder.path)).toEqual([]);
});
