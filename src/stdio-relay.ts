// Entry: stands for a server that speaks over stdio and runs in the container next to this one, of another image. What comes by standard
// input goes to it, and its answers come by standard output. `node dist/stdio-relay.js <port>`: one listens there, on the loopback that the
// containers of a pod share, for the server's container to connect its program.
import { createServer } from 'node:net';

const port = Number(process.argv[2]);
const listener = createServer((connection) => {
  // One program, once: whoever began this process begins another one for the next.
  listener.close();
  process.stdin.pipe(connection);
  connection.pipe(process.stdout);
  connection.on('error', () => {}); // the program was ended
  connection.on('close', () => process.exit());
});
listener.on('error', (error) => {
  process.stderr.write(`The relay cannot listen. ${error.message}\n`);
  process.exitCode = 1;
});
// The program is not there yet, and nobody waits for it any more.
process.stdin.on('end', () => listener.close());
listener.listen({ host: '127.0.0.1', port });
