// Preloaded into the published demo server, which would listen on every interface and on a fixed port: keeps it on
// the loopback interface, on a free port, tells the parent process which one it got, and never outlives that process.
import net from 'node:net';

const listen = net.Server.prototype.listen;
net.Server.prototype.listen = function listenOnLoopback(_port, ...rest) {
  const callback = rest.find((argument) => typeof argument === 'function');
  this.once('listening', () => process.send?.({ port: this.address().port }));
  return listen.call(this, { port: 0, host: '127.0.0.1' }, callback);
};
process.on('disconnect', () => process.exit());
