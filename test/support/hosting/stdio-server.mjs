// A small MCP server over stdio that behaves as its first argument says. It is started as a program, also under other accounts, so it
// imports nothing that is not Node's.
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const [mode = 'plain'] = process.argv.slice(2);
const hold = () => setInterval(() => {}, 1_000);

const TOOLS = {
  environment: () => JSON.stringify(process.env),
  arguments: () => JSON.stringify(process.argv),
  identity: () => JSON.stringify({ pid: process.pid, uid: process.getuid?.() }),
  status: () => readFileSync('/proc/self/status', 'utf8'),
  read: ({ file }) => {
    try {
      return readFileSync(file, 'utf8');
    } catch (error) {
      return error.code;
    }
  },
  shout: ({ text }) => {
    process.stderr.write(`${text}\n`);
    return 'done';
  },
  leave: () => {
    const child = spawn('sleep', ['1000'], { detached: true, stdio: 'ignore' });
    child.unref();
    return String(child.pid);
  },
  fork: ({ count }) => {
    for (let i = 0; i < count; i += 1)
      spawn('sleep', ['1000'], { stdio: 'ignore' }).on('error', () => {});
    return 'done';
  },
  eat: ({ megabytes }) => {
    globalThis.eaten = Buffer.alloc(megabytes * 1_048_576, 1);
    return 'done';
  },
  exit: () => process.exit(7),
  // What whoever cleans up behind it meets: a pipe that nobody writes to, a folder that is closed, and paths that are too long.
  trap: () => {
    const { HOME, TMPDIR } = process.env;
    const { status } = spawnSync('mkfifo', [`${TMPDIR}/.exit-code`]);
    mkdirSync(`${HOME}/closed`);
    writeFileSync(`${HOME}/closed/file`, '');
    chmodSync(`${HOME}/closed`, 0o555);
    process.chdir(HOME);
    for (let depth = 0; depth < 40; depth += 1) {
      mkdirSync('x'.repeat(200));
      process.chdir('x'.repeat(200));
    }
    return String(status);
  },
};

function answer({ method, params, id }) {
  if (method === 'initialize') {
    return {
      protocolVersion: params.protocolVersion,
      capabilities: { tools: {} },
      serverInfo: { name: 'small', version: '1.0.0' },
    };
  }
  if (method === 'tools/list') {
    const tools = Object.keys(TOOLS).map((name) => ({ name, inputSchema: { type: 'object' } }));
    return { tools };
  }
  if (method === 'tools/call') {
    return { content: [{ type: 'text', text: TOOLS[params.name](params.arguments ?? {}) }] };
  }
  return id === undefined ? undefined : {};
}

if (mode === 'exit') {
  process.stderr.write(`leaving at once, with ${process.env.SECRET}\n`);
  process.exit(3);
}
if (mode === 'silent') hold();
else {
  if (mode === 'ignore-term') {
    process.on('SIGTERM', () => {});
    hold();
  }
  if (mode === 'flood') {
    const line = `${'x'.repeat(5_000)}\n`.repeat(20);
    const write = () => process.stderr.write(line, () => setImmediate(write));
    write();
  }
  createInterface({ input: process.stdin }).on('line', (line) => {
    const request = JSON.parse(line);
    const known = ['initialize', 'tools/list', 'tools/call', 'ping'].includes(request.method);
    if (request.id === undefined || (mode === 'deaf' && !known)) return;
    const body = known
      ? { result: answer(request) }
      : { error: { code: -32601, message: 'unknown method' } };
    process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', id: request.id, ...body })}\n`);
  });
}
