// A server that speaks HTTP itself, where the variables tell it to, or for the whole network.
import { createServer } from 'node:http';

const [host = process.env.HOST] = process.argv.slice(2);
const server = createServer((request, response) => {
  if (request.url !== '/own/mcp') return response.writeHead(404).end();
  request.resume();
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ pid: process.pid, port: server.address().port }));
});
server.listen(Number(process.env.PORT), host);
